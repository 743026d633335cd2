"""Bytes of Chinese text to characters: marks first, then strict decodings judged by how common their characters are."""

from __future__ import annotations

import codecs
from dataclasses import dataclass

from charset_normalizer import from_bytes

from knowledge_base.errors import UnreadableDocument

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CANDIDATES = ("gb18030", "big5hkscs", "utf-16-le", "utf-16-be")
_SAMPLE = 20_000
_ENOUGH = 0.75
_DAMAGE = 0.002
_PUNCTUATION = frozenset("，。、；：？！“”‘’（）《》〈〉〔〕【】—…·　")
# Among encodings that read equally well, the letters every Chinese text is full of decide.
_EVERYDAY = frozenset(
    "的一是不在人有我他这中大来上个国和地到以说时要就出会可也你对生能子那得于着下自之年过发后作里用道行所然家种事成方多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心她本前开但因只从想实日军者意无力它与长把机十民第公此已工使情明性知全三又关点正业外将两高间由问很最重并物手应战向头文体政美相见被利什二等产或新己制身果加西斯月话合回特代内信表化老给世位次度门任常先海通教儿原东声提立及比员解水名真论处走义各入几口认条平系气题活尔更别打女变四神总何电数安少报才结反受目太量再感建务做接必场件计管期市直德资命山金指克许统区保至队形社便空决治展马科司五基眼书非则听白却界达光放强即像难且权思王象完设式色路记南品住告类求据程北边死张该交规万取拉格望觉术领共确传师观清今切院让识候带导争运來個們這國說時會對學過動開發後從實現長業門問題條"
)


@dataclass(frozen=True, slots=True)
class DecodedText:
    """`warnings` say in Chinese what could not be read cleanly."""

    text: str
    encoding: str
    warnings: tuple[str, ...] = ()


def decode_chinese(name: str, content: bytes) -> DecodedText:
    """Decode text in UTF-8, GB18030/GBK, Big5 or UTF-16, with or without a byte order mark. Raises UnreadableDocument."""
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return _tolerant(name, content, encoding)
    if b"\x00" not in content and (text := _strict(content, "utf-8")) is not None:
        return DecodedText(text, "utf-8")
    readable = [(_commonness(text), encoding, text) for encoding in _CANDIDATES if (text := _strict(content, encoding)) is not None]
    best = max(readable, key=lambda entry: entry[0], default=None)
    if best and best[0][0] >= _ENOUGH:
        return DecodedText(best[2], best[1])
    return _damaged(name, content) or _guess(name, content)


def _strict(content: bytes, encoding: str) -> str | None:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        return None


def _tolerant(name: str, content: bytes, encoding: str) -> DecodedText:
    text = _strict(content, encoding)
    if text is not None:
        return DecodedText(text, encoding)
    return _replaced(content, encoding) or _refuse(name)


def _damaged(name: str, content: bytes) -> DecodedText | None:
    """Text that breaks off inside a character or carries a few broken bytes."""
    readable = [decoded for encoding in ("utf-8", "gb18030", "big5hkscs") if (decoded := _replaced(content, encoding))]
    return max(readable, key=lambda decoded: _commonness(decoded.text), default=None)


def _replaced(content: bytes, encoding: str) -> DecodedText | None:
    text = content.decode(encoding, errors="replace")
    broken = text.count("\ufffd")
    if broken > max(1, len(text) * _DAMAGE) or "\x00" in text or _commonness(text)[0] < _ENOUGH:
        return None
    return DecodedText(text, encoding, (f"有{broken}处字符损坏，已用“\ufffd”代替，请核对原文。",))


def _guess(name: str, content: bytes) -> DecodedText:
    match = from_bytes(content).best()
    if match is None or "\x00" in (text := str(match)) or _commonness(text)[0] < _ENOUGH:
        return _refuse(name)
    return DecodedText(text, match.encoding, (f"文字编码按 {match.encoding} 猜测，请核对原文。",))


def _refuse(name: str) -> DecodedText:
    raise UnreadableDocument(name, "认不出文字编码，可能不是文本文件或已损坏。请用记事本打开，另存为 UTF-8 编码后重新导入。")


def _commonness(text: str) -> tuple[float, float]:
    """Share of characters a Chinese text is usually made of, then share of its everyday characters; both 0 to 1."""
    sample = text[:_SAMPLE]
    if not sample:
        return 1.0, 1.0
    return sum(map(_is_common, sample)) / len(sample), sum(char in _EVERYDAY for char in sample) / len(sample)


def _is_common(char: str) -> bool:
    if char in _PUNCTUATION or " " <= char <= "~" or char in "\r\n\t\ufeff" or "！" <= char <= "～":
        return True
    return _first_level(char, "gb2312", 0xB0, 0xD7) or _first_level(char, "big5", 0xA4, 0xC6)


def _first_level(char: str, charset: str, first: int, last: int) -> bool:
    """Both standards put the commonest characters first: GB 2312 rows 16-55, Big5 lead bytes A4-C6."""
    try:
        encoded = char.encode(charset)
    except UnicodeEncodeError:
        return False
    return len(encoded) == 2 and first <= encoded[0] <= last
