"""What a message is for: the values and the port. What of a matter is asked (materials, fee, …) is a Facet, not an intent."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class RequestType(StrEnum):
    """诉求类型 of the 12345 hotlines (GB/T 33358)."""

    INQUIRY = "inquiry"
    HELP = "help"
    COMPLAINT = "complaint"
    REPORT = "report"
    SUGGESTION = "suggestion"
    PRAISE = "praise"

    @property
    def label(self) -> str:
        return _REQUEST_LABELS[self]


_REQUEST_LABELS = {
    RequestType.INQUIRY: "咨询",
    RequestType.HELP: "求助",
    RequestType.COMPLAINT: "投诉",
    RequestType.REPORT: "举报",
    RequestType.SUGGESTION: "建议",
    RequestType.PRAISE: "表扬",
}


class ConversationAct(StrEnum):
    """What a message does in the conversation; only a MATTER or a FOLLOW_UP is ever searched for."""

    MATTER = "matter"
    FOLLOW_UP = "follow_up"
    GREETING = "greeting"
    THANKS = "thanks"
    HANDOFF = "handoff"
    PROGRESS = "progress"
    OUT_OF_SCOPE = "out_of_scope"
    EMERGENCY = "emergency"

    @property
    def label(self) -> str:
        return _ACT_LABELS[self]


_ACT_LABELS = {
    ConversationAct.MATTER: "办事或诉求",
    ConversationAct.FOLLOW_UP: "追问",
    ConversationAct.GREETING: "问候",
    ConversationAct.THANKS: "感谢",
    ConversationAct.HANDOFF: "转人工",
    ConversationAct.PROGRESS: "查进度",
    ConversationAct.OUT_OF_SCOPE: "与政务无关",
    ConversationAct.EMERGENCY: "紧急情况",
}


@dataclass(frozen=True, slots=True)
class Intent:
    """Confidences in 0..1, calibrated. `request_type` None: not sure. An act not certain enough is MATTER with `act_certain` False."""

    act: ConversationAct
    act_confidence: float
    act_certain: bool
    request_type: RequestType | None
    type_confidence: float


def more_than_words(intent: Intent | None) -> RequestType | None:
    """The type of a request that somebody has to act on; None for an inquiry and where the type is not sure."""
    return intent.request_type if intent and intent.request_type is not RequestType.INQUIRY else None


class IntentRecogniser(Protocol):
    """Safe to call from many threads."""

    def recognise(self, text: str, *, in_conversation: bool = False) -> Intent:
        """`text` is masked. `in_conversation`: an answered turn came before, so that a follow-up is possible. Never searches."""
