"""Errors of evaluation, with Chinese messages that can be shown.

EvaluationError
└── DatasetUnreadable   a file of the dataset is missing, broken, or labels nothing
"""

from __future__ import annotations


class EvaluationError(Exception):
    """Base; `str(error)` is a Chinese sentence."""


class DatasetUnreadable(EvaluationError):
    def __init__(self, where: str, reason: str) -> None:
        super().__init__(f"评测数据“{where}”读不出来：{reason}")
        self.where, self.reason = where, reason
