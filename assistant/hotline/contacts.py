"""Phone numbers, and what of a contact everyone may see. Keeps and finds nothing."""

from __future__ import annotations

import re
import unicodedata

from assistant.hotline.models import Caller, Contact
from assistant.hotline.ports import ContactVault

_CHINESE_DIGITS = str.maketrans("零〇一二三四五六七八九幺", "001234567891")
_EXTENSION = re.compile(r"(?:转|分机|ext\.?|#).*$", re.IGNORECASE)
_COUNTRY = re.compile(r"^(?:00)?86(?=1\d{10}$)")


def normalised_phone(phone: str) -> str:
    """Digits only, without country code and extension, so that one number is written one way; "" where there are none."""
    narrow = unicodedata.normalize("NFKC", phone).translate(_CHINESE_DIGITS)
    digits = "".join(char for char in _EXTENSION.sub("", narrow) if char.isdigit())
    return _COUNTRY.sub("", digits)


def is_phone(phone: str) -> bool:
    """True for 5 (12345) to 15 digits (ITU-T E.164)."""
    return 5 <= len(normalised_phone(phone)) <= 15


def phone_suffix(phone: str) -> str:
    """The last four digits, "" for fewer."""
    digits = normalised_phone(phone)
    return digits[-4:] if len(digits) >= 4 else ""


def masked_phone(phone: str) -> str:
    """138****5678: the last four stay, and the first three of a long number."""
    digits = normalised_phone(phone)
    if len(digits) < 8:
        return "*" * len(digits)
    return digits[:3] + "*" * (len(digits) - 7) + digits[-4:]


def masked_name(name: str) -> str:
    """王**, whatever the length, so that the length says nothing either."""
    return name.strip()[:1] + "**" if name.strip() else ""


def masked_address(address: str) -> str:
    """示范市明德区****: the divisions in front stay."""
    address = address.strip()
    if not address:
        return ""
    end = max((match.end() for match in re.finditer(r"街道|[省市区县镇乡]", address[:20])), default=0)
    return address[:end] + "****"


def sealed_caller(contact: Contact, vault: ContactVault) -> Caller:
    """The contact as it may be stored: masked for everyone, sealed for those with a reason."""
    return Caller(
        name=masked_name(contact.name),
        phone=masked_phone(contact.phone),
        address=masked_address(contact.address),
        sealed=vault.seal(contact) if contact != Contact() else "",
        phone_digest=vault.digest(normalised_phone(contact.phone)),
    )


def opened_contact(caller: Caller, vault: ContactVault) -> Contact:
    """Raises SealBroken."""
    return vault.open(caller.sealed) if caller.sealed else Contact()
