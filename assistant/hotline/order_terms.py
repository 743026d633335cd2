"""Words of hotline work: states, actions, channels, urgency, confidentiality, satisfaction; each with its name in Chinese."""

from __future__ import annotations

from enum import StrEnum


class OrderState(StrEnum):
    """受理 → 派单 → 办理 → 答复 → 回访 → 办结; 退单 leads back from 派单 or 办理 to 受理."""

    ACCEPTED = "accepted"
    DISPATCHED = "dispatched"
    IN_PROGRESS = "in_progress"
    REPLIED = "replied"
    FOLLOWED_UP = "followed_up"
    CLOSED = "closed"

    @property
    def label(self) -> str:
        return _STATE_LABELS[self]


_STATE_LABELS = {
    OrderState.ACCEPTED: "已受理",
    OrderState.DISPATCHED: "已派单",
    OrderState.IN_PROGRESS: "办理中",
    OrderState.REPLIED: "已答复",
    OrderState.FOLLOWED_UP: "已回访",
    OrderState.CLOSED: "已办结",
}


class OrderAction(StrEnum):
    """Everything that can be done to an order; which of them are allowed in which state stands in life_cycle.toml."""

    SUBMIT = "submit"
    CLAIM = "claim"
    RELEASE = "release"
    CORRECT = "correct"
    RECLASSIFY = "reclassify"
    DISPATCH = "dispatch"
    SEND_BACK = "send_back"
    START = "start"
    REPLY = "reply"
    FOLLOW_UP = "follow_up"
    REOPEN = "reopen"
    CLOSE = "close"
    SUPERVISE = "supervise"
    ESCALATE = "escalate"
    OPEN_CONTACT = "open_contact"

    @property
    def label(self) -> str:
        return _ACTION_LABELS[self]


_ACTION_LABELS = {
    OrderAction.SUBMIT: "受理",
    OrderAction.CLAIM: "领取",
    OrderAction.RELEASE: "放回",
    OrderAction.CORRECT: "更正",
    OrderAction.RECLASSIFY: "更改诉求类型",
    OrderAction.DISPATCH: "派单",
    OrderAction.SEND_BACK: "退单",
    OrderAction.START: "签收办理",
    OrderAction.REPLY: "答复",
    OrderAction.FOLLOW_UP: "回访",
    OrderAction.REOPEN: "重新办理",
    OrderAction.CLOSE: "办结",
    OrderAction.SUPERVISE: "督办",
    OrderAction.ESCALATE: "临期预警",
    OrderAction.OPEN_CONTACT: "查看联系方式",
}


class Channel(StrEnum):
    PHONE = "phone"
    WEB = "web"

    @property
    def label(self) -> str:
        return "电话" if self is Channel.PHONE else "网站"


class Urgency(StrEnum):
    NORMAL = "normal"
    URGENT = "urgent"
    CRITICAL = "critical"

    @property
    def label(self) -> str:
        return {"normal": "一般", "urgent": "紧急", "critical": "特急"}[self.value]


class Confidentiality(StrEnum):
    """PROTECTED: the department handling it must not learn who called."""

    OPEN = "open"
    PROTECTED = "protected"

    @property
    def label(self) -> str:
        return "公开" if self is Confidentiality.OPEN else "为来电人保密"


class Satisfaction(StrEnum):
    """满意度评价, the five steps of the 好差评 rules."""

    VERY_SATISFIED = "very_satisfied"
    SATISFIED = "satisfied"
    FAIR = "fair"
    DISSATISFIED = "dissatisfied"
    VERY_DISSATISFIED = "very_dissatisfied"

    @property
    def label(self) -> str:
        return {
            "very_satisfied": "非常满意",
            "satisfied": "满意",
            "fair": "基本满意",
            "dissatisfied": "不满意",
            "very_dissatisfied": "非常不满意",
        }[self.value]
