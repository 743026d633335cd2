"""Frozen values of an examination."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Health(StrEnum):
    GOOD = "good"
    NOTICE = "notice"
    FAULT = "fault"

    @property
    def label(self) -> str:
        return {"good": "正常", "notice": "注意", "fault": "有问题"}[self.value]


@dataclass(frozen=True, slots=True)
class Finding:
    """`words` say what was found, `advice` what to do, "" where nothing is to be done."""

    subject: str
    health: Health
    words: str
    advice: str = ""


def good(subject: str, words: str) -> Finding:
    return Finding(subject, Health.GOOD, words)


def notice(subject: str, words: str, advice: str) -> Finding:
    return Finding(subject, Health.NOTICE, words, advice)


def fault(subject: str, words: str, advice: str) -> Finding:
    return Finding(subject, Health.FAULT, words, advice)
