"""What can go wrong with surveys.

AssistantError
└── SurveyError
    ├── AnsweredBefore
    └── NothingChosen
"""

from __future__ import annotations

from assistant.errors import AssistantError


class SurveyError(AssistantError):
    pass


class AnsweredBefore(SurveyError):
    def __init__(self) -> None:
        super().__init__("这次服务您已经评价过了，不必再填。")


class NothingChosen(SurveyError):
    def __init__(self) -> None:
        super().__init__("请先选择一项，再提交。")
