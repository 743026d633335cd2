"""Sentences of hand-over, loaded from wording.zh.toml; and why a person is needed, from how the answer ended."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from assistant.models import AnswerRecord, FeedbackKind

WORDING_FILE = Path(__file__).with_name("wording.zh.toml")


@dataclass(frozen=True, slots=True)
class HandoffWording:
    """`messages` by name; `reasons` by answer status, beside "asked" and "not_helpful"."""

    messages: Mapping[str, str]
    reasons: Mapping[str, str]

    def say(self, name: str, **facts: object) -> str:
        """Raises KeyError for an unknown sentence or a missing fact."""
        return self.messages[name].format(**facts)

    def reason(self, record: AnswerRecord, feedback: Collection[FeedbackKind] = ()) -> str:
        """In Chinese, for the operator: how the answer ended, else what the citizen thought of it, else that they asked."""
        ending = self.reasons.get(record.answer.status.value)
        disliked = self.reasons["not_helpful"] if FeedbackKind.NOT_HELPFUL in feedback else None
        return "；".join(dict.fromkeys(reason for reason in (ending, disliked) if reason)) or self.reasons["asked"]


def load_handoff_wording(path: Path = WORDING_FILE) -> HandoffWording:
    """Raises KeyError or tomllib.TOMLDecodeError where the file is malformed."""
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    return HandoffWording(table["message"], table["reason"])
