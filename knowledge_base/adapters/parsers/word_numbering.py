"""Numbers Word shows in front of automatically numbered paragraphs; they stand in numbering.xml only, not in the text."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import cn2an
from docx.document import Document
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement

_PLACE = re.compile(r"%(\d)")
# Full-width marks bring their own space.
_SELF_SPACED = ("、", "．", "）", "，", "：", "】", "〕")
_STEMS, _BRANCHES = "甲乙丙丁戊己庚辛壬癸", "子丑寅卯辰巳午未申酉戌亥"
_ROMAN = (
    (1000, "m"),
    (900, "cm"),
    (500, "d"),
    (400, "cd"),
    (100, "c"),
    (90, "xc"),
    (50, "l"),
    (40, "xl"),
    (10, "x"),
    (9, "ix"),
    (5, "v"),
    (4, "iv"),
    (1, "i"),
)


@dataclass(frozen=True, slots=True)
class _Level:
    form: str
    pattern: str
    start: int
    suffix: str
    legal: bool


@dataclass(slots=True)
class ParagraphNumbers:
    """Counts through one document; ask once per paragraph, in order."""

    levels: Mapping[str, Mapping[int, _Level]]
    abstract_of: Mapping[str, str]
    style_numbers: Mapping[str, tuple[str | None, int | None]]
    style_parents: Mapping[str, str]
    default_style: str
    _counts: dict[str, dict[int, int]] = field(default_factory=dict)

    @classmethod
    def of(cls, document: Document) -> ParagraphNumbers:
        abstract_of, levels = _read_numbering(document)
        numbers, parents, default = _read_styles(document)
        return cls(levels, abstract_of, numbers, parents, default)

    def number(self, paragraph: BaseOxmlElement) -> str:
        """The number as Word prints it ("第一条　", "一、", "1. "), "" for bullets and unnumbered paragraphs."""
        number_id, depth = self._place(paragraph)
        level = self.levels.get(number_id or "0", {}).get(depth)
        if number_id is None or level is None:
            return ""
        counts = self._counts.setdefault(self.abstract_of.get(number_id, number_id), {})
        counts[depth] = counts.get(depth, level.start - 1) + 1
        for deeper in [other for other in counts if other > depth]:
            del counts[deeper]
        return "" if level.form in {"bullet", "none"} else self._shown(number_id, depth, counts) + _gap(level)

    def _shown(self, number_id: str, depth: int, counts: Mapping[int, int]) -> str:
        levels = self.levels[number_id]

        def digit(match: re.Match[str]) -> str:
            place = int(match.group(1)) - 1
            level = levels.get(place)
            if level is None:
                return ""
            form = "decimal" if levels[depth].legal else level.form
            return written_number(counts.get(place, level.start), form)

        return _PLACE.sub(digit, levels[depth].pattern)

    def _place(self, paragraph: BaseOxmlElement) -> tuple[str | None, int]:
        properties = paragraph.find(qn("w:pPr"))
        number_id, depth = _number_reference(properties)
        style_node = None if properties is None else properties.find(qn("w:pStyle"))
        style = self.default_style if style_node is None else style_node.get(qn("w:val"), "")
        for _ in range(20):
            if number_id is not None or not style:
                break
            styled_id, styled_depth = self.style_numbers.get(style, (None, None))
            number_id, depth = styled_id, depth if depth is not None else styled_depth
            style = self.style_parents.get(style, "")
        return (None if number_id == "0" else number_id), depth or 0


def written_number(value: int, form: str) -> str:
    """A counter in one of Word's number formats (ECMA-376 part 1, 17.18.59); unknown formats in digits."""
    writer = _FORMS.get(form)
    return writer(value) if writer and value > 0 else str(value)


def _letters(value: int) -> str:
    return chr(ord("a") + (value - 1) % 26) * ((value - 1) // 26 + 1)


def _roman(value: int) -> str:
    parts = []
    for worth, sign in _ROMAN:
        parts.append(sign * (value // worth))
        value %= worth
    return "".join(parts)


def _chinese(value: int) -> str:
    return str(cn2an.an2cn(value, "low"))


def _circled(value: int) -> str:
    return chr(0x2460 + value - 1) if value <= 20 else str(value)


_FORMS: Mapping[str, Callable[[int], str]] = {
    "chineseCounting": _chinese,
    "chineseCountingThousand": _chinese,
    "japaneseCounting": _chinese,
    "taiwaneseCountingThousand": _chinese,
    "taiwaneseCounting": _chinese,
    "ideographDigital": lambda value: "".join("〇一二三四五六七八九"[int(digit)] for digit in str(value)),
    "chineseLegalSimplified": lambda value: str(cn2an.an2cn(value, "up")),
    "ideographTraditional": lambda value: _STEMS[(value - 1) % 10],
    "ideographZodiac": lambda value: _BRANCHES[(value - 1) % 12],
    "decimalZero": lambda value: f"{value:02d}",
    "decimalFullWidth": lambda value: str(value).translate({ord("0") + digit: ord("０") + digit for digit in range(10)}),
    "decimalEnclosedCircle": _circled,
    "decimalEnclosedCircleChinese": _circled,
    "decimalEnclosedParen": lambda value: f"（{value}）",
    "lowerLetter": _letters,
    "upperLetter": lambda value: _letters(value).upper(),
    "lowerRoman": _roman,
    "upperRoman": lambda value: _roman(value).upper(),
}


def _gap(level: _Level) -> str:
    if level.suffix == "nothing" or level.pattern.rstrip().endswith(_SELF_SPACED):
        return ""
    return "　" if level.pattern.startswith("第") else " "


def _read_numbering(document: Document) -> tuple[dict[str, str], dict[str, dict[int, _Level]]]:
    relation = next((rel for rel in document.part.rels.values() if rel.reltype.endswith("/numbering") and not rel.is_external), None)
    if relation is None:
        return {}, {}
    root = relation.target_part.element
    abstract = {node.get(qn("w:abstractNumId")): _levels(node) for node in root.findall(qn("w:abstractNum"))}
    abstract_of, levels = {}, {}
    for number in root.findall(qn("w:num")):
        reference = number.find(qn("w:abstractNumId"))
        number_id, base = number.get(qn("w:numId")), "" if reference is None else reference.get(qn("w:val"))
        overrides = _overrides(number, abstract.get(base, {}))
        levels[number_id] = {**abstract.get(base, {}), **overrides}
        # Numbers of one list run on across its instances, unless an instance starts anew.
        abstract_of[number_id] = f"own:{number_id}" if overrides else base
    return abstract_of, levels


def _levels(node: BaseOxmlElement) -> dict[int, _Level]:
    return {int(level.get(qn("w:ilvl"), "0")): _level(level) for level in node.findall(qn("w:lvl"))}


def _level(node: BaseOxmlElement) -> _Level:
    def value(tag: str, default: str) -> str:
        found = node.find(qn(tag))
        return default if found is None else found.get(qn("w:val"), default)

    start = value("w:start", "1")
    legal = node.find(qn("w:isLgl")) is not None
    return _Level(value("w:numFmt", "decimal"), value("w:lvlText", ""), int(start) if start.isdigit() else 1, value("w:suff", "tab"), legal)


def _overrides(number: BaseOxmlElement, base: Mapping[int, _Level]) -> dict[int, _Level]:
    found: dict[int, _Level] = {}
    for override in number.findall(qn("w:lvlOverride")):
        depth = int(override.get(qn("w:ilvl"), "0"))
        full, start = override.find(qn("w:lvl")), override.find(qn("w:startOverride"))
        if full is not None:
            found[depth] = _level(full)
        elif start is not None and depth in base:
            level = base[depth]
            found[depth] = _Level(level.form, level.pattern, int(start.get(qn("w:val"), "1")), level.suffix, level.legal)
    return found


def _read_styles(document: Document) -> tuple[dict[str, tuple[str | None, int | None]], dict[str, str], str]:
    numbers: dict[str, tuple[str | None, int | None]] = {}
    parents: dict[str, str] = {}
    default = ""
    for style in document.styles.element.findall(qn("w:style")):
        name = style.get(qn("w:styleId"), "")
        numbers[name] = _number_reference(style.find(qn("w:pPr")))
        parent = style.find(qn("w:basedOn"))
        parents[name] = "" if parent is None else parent.get(qn("w:val"), "")
        if style.get(qn("w:type")) == "paragraph" and style.get(qn("w:default")) in {"1", "true"}:
            default = name
    return numbers, parents, default


def _number_reference(properties: BaseOxmlElement | None) -> tuple[str | None, int | None]:
    node = None if properties is None else properties.find(qn("w:numPr"))
    if node is None:
        return None, None
    number, depth = node.find(qn("w:numId")), node.find(qn("w:ilvl"))
    return (None if number is None else number.get(qn("w:val"))), (None if depth is None else int(depth.get(qn("w:val"), "0")))
