"""Errors of the assistant. Stops a citizen can meet are statuses of an Answer, not exceptions; these are for callers.

AssistantError
└── UnknownAnswer   feedback or a look-up names an answer that does not exist
"""

from __future__ import annotations


class AssistantError(Exception):
    """Base; `str(error)` is a Chinese sentence."""


class UnknownAnswer(AssistantError):
    def __init__(self, answer_id: str) -> None:
        super().__init__(f"没有编号为“{answer_id}”的答复。")
        self.answer_id = answer_id
