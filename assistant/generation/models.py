"""Frozen values of generated text: what is kept, what was dropped and why, and how the attempt ended."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Outcome(StrEnum):
    """How an attempt ended; only USED shows anything. The value is a label of metrics and of the record."""

    USED = "used"
    TOO_LITTLE = "too_little"
    TIMED_OUT = "timed_out"
    BROKEN_OFF = "broken_off"
    UNAVAILABLE = "unavailable"
    RESTING = "resting"
    BUSY = "busy"
    OVER_BUDGET = "over_budget"
    SUSPICIOUS = "suspicious"
    FAILED = "failed"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {
    Outcome.USED: "已采用",
    Outcome.TOO_LITTLE: "通过核对的太少，没有采用",
    Outcome.TIMED_OUT: "超时",
    Outcome.BROKEN_OFF: "中途断开",
    Outcome.UNAVAILABLE: "语言模型不可用",
    Outcome.RESTING: "语言模型连续出错，暂停使用",
    Outcome.BUSY: "同时进行的已达上限",
    Outcome.OVER_BUDGET: "当天的次数已用完",
    Outcome.SUSPICIOUS: "依据中有像指令的文字，没有使用语言模型",
    Outcome.FAILED: "处理时出错",
}


@dataclass(frozen=True, slots=True)
class WrittenSentence:
    """As parsed from the model: not yet checked. `passages` are the numbers it named."""

    text: str
    passages: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class DroppedSentence:
    """`text` with personal data masked; `reason` in Chinese, for staff."""

    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class GenerationTrace:
    """What an attempt leaves in the record. `first_ms` until the first piece of text came, None where none came."""

    model: str
    prompt_version: str
    checker_version: str
    outcome: Outcome
    kept: int
    dropped: tuple[DroppedSentence, ...] = ()
    first_ms: float | None = None
    total_ms: float = 0.0
    detail: str = field(default="")
