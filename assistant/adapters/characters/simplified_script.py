"""Traditional characters as simplified ones, by OpenCC's tables."""

from __future__ import annotations

import opencc


class OpenCcScript:
    """Implements Script. Safe to call from many threads."""

    def __init__(self) -> None:
        self._converter = opencc.OpenCC("t2s")

    def simplified(self, text: str) -> str:
        return str(self._converter.convert(text))
