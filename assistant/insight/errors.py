"""What can go wrong with insight.

AssistantError
└── InsightError
    ├── UnknownIssue
    ├── ReasonMissing
    └── InvalidSpan
"""

from __future__ import annotations

from assistant.errors import AssistantError


class InsightError(AssistantError):
    pass


class UnknownIssue(InsightError):
    def __init__(self) -> None:
        super().__init__("没有找到这组问题：可能刚刚重新归并过。请回到列表，从最新的一组打开。")


class ReasonMissing(InsightError):
    def __init__(self) -> None:
        super().__init__("请写明理由再提交，以后查看的人要知道为什么这样处理。")


class InvalidSpan(InsightError):
    def __init__(self, longest: int) -> None:
        super().__init__(f"日期不对：起止日期都要填，起在前、止在后，最长 {longest} 天。请改正后再查。")
