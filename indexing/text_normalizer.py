"""Bring text into one form for search. Never used on what is quoted: quotes stay as printed."""

from __future__ import annotations

import re
import unicodedata

# NFKC would turn these into ASCII or into several characters; 文号 and list numbers are matched by them as printed.
_FOLDED = re.compile(r"[^〔〕（），。；：！？、《》〈〉「」『』【】“”‘’…—·]+")
# "总 则", "通 知": words set wide. Spaces between longer words are kept, since they often stand where a line ended.
_HAN = r"[\u3400-\u9fff〇]"
_WIDE_SET_WORD = re.compile(rf"(?<!{_HAN}){_HAN}(?: {_HAN}(?!{_HAN}))+")
_SPACES = re.compile(r"[^\S\n]+")
_BLANK_LINES = re.compile(r"\s*\n\s*")
_INVISIBLE = re.compile(r"[\u200b-\u200f\u2060\ufeff\u00ad]")


def normalize(text: str) -> str:
    """NFKC (full-width digits and letters become ASCII, ㎡ becomes m2) except for Chinese punctuation and 〔〕; white space is folded.

    Simplified and traditional characters are left as they are. Applying it twice changes nothing.
    """
    folded = _FOLDED.sub(lambda found: unicodedata.normalize("NFKC", found.group()), _INVISIBLE.sub("", text))
    spaced = _BLANK_LINES.sub("\n", _SPACES.sub(" ", folded))
    return _WIDE_SET_WORD.sub(lambda found: found.group().replace(" ", ""), spaced).strip()
