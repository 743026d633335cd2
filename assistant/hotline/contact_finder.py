"""Name, phone and address out of an operator's notes, so that nobody types them twice. Sees text before it is masked; keeps nothing."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

from assistant.hotline.contacts import is_phone
from assistant.hotline.message_cues import CUES_FILE
from assistant.hotline.models import Contact
from assistant.models import MaskedSpan
from assistant.steps.privacy_screen import PrivacyScreen

_Pattern = re.Pattern[str]


@dataclass(frozen=True, slots=True)
class ContactFinder:
    """What counts as a name, a phone or a dwelling is the privacy screen's business; kinds are its names for them."""

    screen: PrivacyScreen
    name: _Pattern
    address: _Pattern
    name_kinds: frozenset[str]
    phone_kinds: frozenset[str]
    address_kinds: frozenset[str]

    def contact_in(self, text: str) -> Contact:
        """The first of each; "" for what is not said."""
        spans = self.screen.mask(text)[1]
        names = (text[span.start : span.end] for span in spans if span.kind in self.name_kinds)
        phones = (text[span.start : span.end] for span in spans if span.kind in self.phone_kinds)
        dwelling = next((span for span in spans if span.kind in self.address_kinds), None)
        return Contact(
            name=next(names, "") or self._name(text),
            phone=next((phone.strip() for phone in phones if is_phone(phone)), ""),
            address=self._whole_address(text, dwelling) if dwelling else "",
        )

    def _name(self, text: str) -> str:
        match = self.name.search(text)
        return (match["name"] or match["surname"] or "") if match else ""

    def _whole_address(self, text: str, dwelling: MaskedSpan) -> str:
        """With the region said in front of it, which the screen leaves in place."""
        before = self.address.search(text[: dwelling.start])
        return (before["region"] if before else "") + text[dwelling.start : dwelling.end]


def load_contact_finder(screen: PrivacyScreen, path: Path = CUES_FILE) -> ContactFinder:
    """Raises KeyError for a missing entry, re.error for a broken pattern."""
    table = tomllib.loads(path.read_text(encoding="utf-8"))["contact"]
    return ContactFinder(
        screen=screen,
        name=re.compile(table["name"]),
        address=re.compile(table["address"]),
        name_kinds=frozenset(table["name_kinds"]),
        phone_kinds=frozenset(table["phone_kinds"]),
        address_kinds=frozenset(table["address_kinds"]),
    )
