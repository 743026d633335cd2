"""Other ways to read a message whose words are hidden: without blanks between them, decoded, backwards. Judges nothing."""

from __future__ import annotations

import base64
import binascii
import re
import unicodedata
from collections.abc import Iterator
from urllib.parse import unquote

from assistant.instruction_rules import DisguiseRules

_HANZI = re.compile(r"[\u3400-\u9fff]")
_BASE64 = re.compile(r"[A-Za-z0-9+/]{12,}={0,2}")
_PERCENT = re.compile(r"(?:%[0-9A-Fa-f]{2}){4,}")
_CODE_POINTS = re.compile(r"(?:(?:U\+|\\u|&#x)([0-9A-Fa-f]{4,5});?[\s,，]*){2,}")
_CODE_POINT = re.compile(r"(?:U\+|\\u|&#x)([0-9A-Fa-f]{4,5})")
# Rules are written with Chinese signs; between Chinese characters ASCII signs mean the same.
_CHINESE_SIGNS, _ASCII_SIGNS = "，：；！？", ",:;!?"
_SIGN_IN_CHINESE = re.compile(r"(?<=[\u4e00-\u9fff])[,:;!?]|[,:;!?](?=[\u4e00-\u9fff])")
_BETWEEN = re.compile(r"[^\w]|_")
_PINYIN = re.compile(r"[a-züA-ZÜ'\s]{8,}")
# From this share on, characters standing alone between blanks or signs are spread out on purpose.
_SPREAD = 0.6
_READABLE = 0.6


def as_written(text: str, rules: DisguiseRules) -> str:
    """In one form of every character: full-width letters as ASCII, nothing invisible, simplified."""
    plain = "".join(char if char in _CHINESE_SIGNS else unicodedata.normalize("NFKC", char) for char in text)
    shown = "".join(char for char in plain if unicodedata.category(char) != "Cf").translate(dict(rules.characters))
    return _SIGN_IN_CHINESE.sub(lambda match: _CHINESE_SIGNS[_ASCII_SIGNS.index(match[0])], shown)


def hidden_readings(text: str, rules: DisguiseRules) -> Iterator[str]:
    """What the message says once its disguise is taken off; nothing for a message without one. `text` is as from `as_written`."""
    if _is_spread(text):
        yield _BETWEEN.sub("", text)
    yield from _decoded(text)
    if rules.backwards.search(text):
        yield _BETWEEN.sub("", text)[::-1]


def pinyin_in(text: str) -> Iterator[str]:
    """Runs of Latin letters without blanks, ü as v: as pinyin is typed."""
    for match in _PINYIN.finditer(text):
        yield re.sub(r"['\s]", "", match[0]).lower().replace("ü", "v")


def _is_spread(text: str) -> bool:
    places = [match.start() for match in _HANZI.finditer(text)]
    if len(places) < 4:
        return False
    taken = set(places)
    alone = sum(place - 1 not in taken and place + 1 not in taken for place in places)
    return alone / len(places) >= _SPREAD


def _decoded(text: str) -> Iterator[str]:
    for match in _BASE64.finditer(text):
        yield from _readable(_from_base64(match[0]))
    for match in _PERCENT.finditer(text):
        yield from _readable(unquote(match[0], errors="ignore"))
    for match in _CODE_POINTS.finditer(text):
        yield from _readable("".join(chr(int(code, 16)) for code in _CODE_POINT.findall(match[0])))


def _from_base64(run: str) -> str:
    bare = run.rstrip("=")
    try:
        return base64.b64decode(bare + "=" * (-len(bare) % 4)).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError):
        return ""


def _readable(decoded: str) -> Iterator[str]:
    """Only text: decoding an ordinary word gives noise."""
    known = sum(bool(_HANZI.match(char)) or (char.isascii() and char.isprintable()) for char in decoded)
    if len(decoded) >= 2 and known / len(decoded) >= _READABLE:
        yield decoded
