"""Addresses of other systems as they may be shown and written down: receivers often keep a key in theirs."""

from __future__ import annotations

import re

_CREDENTIALS = re.compile(r"(?<=://)([^/@\s:]*):[^/@\s]*(?=@)")
_QUERY = re.compile(r"\?[^,\s]*")


def shown_address(text: str) -> str:
    """One or several with commas between them, without passwords and without what stands behind the question mark."""
    return _QUERY.sub("?…", _CREDENTIALS.sub(r"\1:…", text))
