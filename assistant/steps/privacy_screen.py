"""Mask personal data before anything is stored, logged or sent on. The values themselves leave no trace here."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.models import CitizenQuestion, MaskedSpan, ScreenedQuestion
from assistant.privacy_rules import PrivacyRules

# Same length before and after, so that places in the narrowed text are places in the original.
_FULL_WIDTH = {0xFF01 + offset: chr(0x21 + offset) for offset in range(94)}
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−－ー"), "-")
_BLANKS = dict.fromkeys(map(ord, "　\u00a0\u2002\u2003\u2009\u200b\u200c\u200d\u2060\ufeff\t"), " ")
_NARROW: dict[int, str] = {**_FULL_WIDTH, **_DASHES, **_BLANKS}


@dataclass(frozen=True, slots=True)
class PrivacyScreen:
    """Safe to call from many threads."""

    rules: PrivacyRules

    def screen(self, question: CitizenQuestion) -> ScreenedQuestion:
        text, masked = self.mask(question.message)
        return ScreenedQuestion(text, question.conversation_id, question.jurisdiction, question.as_of, question.asked_at, masked)

    def mask(self, text: str) -> tuple[str, tuple[MaskedSpan, ...]]:
        """The text with each personal value replaced by a readable mark (【手机号】), and where the values stood in the original."""
        spans = self._spans(text.translate(_NARROW))
        pieces, place = [], 0
        for span, mask in spans:
            pieces += [text[place : span.start], mask]
            place = span.end
        return "".join([*pieces, text[place:]]), tuple(span for span, _ in spans)

    def _spans(self, narrow: str) -> list[tuple[MaskedSpan, str]]:
        """Accepted spans with their masks, in order and without overlaps; earlier patterns win."""
        claimed: list[tuple[MaskedSpan, str]] = []
        taken = bytearray(len(narrow))
        for pattern in self.rules.patterns:
            group = "value" if "value" in pattern.pattern.groupindex else 0
            for match in pattern.pattern.finditer(narrow):
                start, end = match.span(group)
                if not any(taken[start:end]) and pattern.accepts(narrow, start, end):
                    taken[start:end] = b"\x01" * (end - start)
                    claimed.append((MaskedSpan(pattern.kind, start, end), pattern.mask))
        return sorted(((span, mask) for span, mask in claimed if mask), key=lambda entry: entry[0].start)
