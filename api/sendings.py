"""Tells one sending of a form from another, so that a double click or a reloaded answer does not do the same work twice."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from hashlib import sha256


def new_form_key() -> str:
    """Goes into a form when it is shown, and comes back with it."""
    return secrets.token_urlsafe(16)


def sending_of(form_key: str, fields: Mapping[str, object]) -> str:
    """Equal for the same form with the same content; a form somebody went back to and changed is another one. "" without a key.

    Says nothing of the fields: without the key, which is kept nowhere, they cannot be guessed from it.
    """
    if not form_key:
        return ""
    return sha256(json.dumps([form_key, fields], ensure_ascii=False, sort_keys=True, default=str).encode()).hexdigest()
