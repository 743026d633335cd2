"""What recognises personal data, for everybody the same."""

from __future__ import annotations

from functools import cache

from assistant.hotline.contact_finder import ContactFinder, load_contact_finder
from assistant.hotline.models import Contact
from assistant.privacy_rules import load_privacy_rules
from assistant.steps.privacy_screen import PrivacyScreen


@cache  # Reading the rules takes milliseconds; the screen is immutable and the same for everybody.
def privacy_screen() -> PrivacyScreen:
    return PrivacyScreen(load_privacy_rules())


def mask(text: str) -> str:
    """The text without personal data."""
    return privacy_screen().mask(text)[0]


@cache
def _contact_finder() -> ContactFinder:
    return load_contact_finder(privacy_screen())


def contact_in(text: str) -> Contact:
    """Who calls, as far as an operator's notes say."""
    return _contact_finder().contact_in(text)
