"""Errors of hand-over; messages are Chinese sentences.

HandoffError
├── UnknownHandoff    no such hand-over, or the token does not fit
├── HandoffChanged    somebody else was faster
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
