"""Errors of hand-over; messages are Chinese sentences.

HandoffError
├── UnknownHandoff    no such hand-over, or the token does not fit
├── HandoffChanged    somebody else was faster
├── HandoffTaken      another operator has claimed it; says who
├── HandoffElsewhere  the conversation is with a person already, and this is not the browser that asked for one
├── NothingSaid       a message without words, or with too many
├── AlreadyDecided    somebody else has released or declined the drafted answer
└── HandoffClosed     it has ended; nothing more can be said in it
"""

from __future__ import annotations

from assistant.errors import AssistantError


class HandoffError(AssistantError):
    """Base; `str(error)` is a Chinese sentence."""


class UnknownHandoff(HandoffError):
    def __init__(self) -> None:
        super().__init__("没有找到这次人工服务。请回到对话页面重新转人工，或拨打 12345。")


class HandoffChanged(HandoffError):
    def __init__(self) -> None:
        super().__init__("这次人工服务刚刚被别的坐席接入或改动。请刷新后再操作。")


class HandoffClosed(HandoffError):
    def __init__(self) -> None:
        super().__init__("这次人工服务已经结束。需要继续请重新转人工，或拨打 12345。")


class HandoffTaken(HandoffError):
    def __init__(self, holder: str) -> None:
        super().__init__(f"这次人工服务已由“{holder}”接入。请从列表中选择其他等待的市民。")
        self.holder = holder


class HandoffElsewhere(HandoffError):
    def __init__(self) -> None:
        super().__init__("这段对话已经转人工，请在当时使用的浏览器里查看。如果不是您本人操作的，请重新提问后再转人工，或拨打 12345。")


class AlreadyDecided(HandoffError):
    def __init__(self) -> None:
        super().__init__("这份答复已经有人处理过了。请刷新页面查看。")


class NothingSaid(HandoffError):
    """The message says what to change."""
