"""The physical lines of a text: where each begins, what can be seen of it, whether the text was wrapped by a printer or a converter."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|$)")
_MARKUP = re.compile(r"(?:#{1,6}[ \t\u3000]*|\*\*|>[ \t]+)?")
_BLANKS = " \t\u3000\xa0\u2002\u2003\u2005\u2009\ufeff\u200b"
_SENTENCE_END = re.compile(r"[。！？!?](?:[（(][^（）()]{1,80}[）)])?[”’」』）)\]】》*]*$")
_CLAUSE_END = re.compile(r"(?:[。！？!?；;：:…][”’」』\]】》*]*|[）)])$")
_WORDS = re.compile(r"[\u3400-\u9fff]")
_WRAP_LENGTH = 25
_WIDEST_WRAP = 100
_WRAPPED_SHARE = 0.3


@dataclass(frozen=True, slots=True)
class Line:
    """`start` is the first visible character, `body` the first after Markdown marks, `end` where trailing blanks begin."""

    start: int
    body: int
    end: int
    indented: bool
    after_blank: bool
    text: str
    """The visible words: source[body:end]."""

    @property
    def is_heading_markup(self) -> bool:
        return self.body > self.start

    @property
    def ends_sentence(self) -> bool:
        return bool(_SENTENCE_END.search(self.text[-90:]))

    @property
    def ends_clause(self) -> bool:
        return bool(_CLAUSE_END.search(self.text[-8:]))

    @property
    def is_wordless(self) -> bool:
        """No Chinese character: a page number or a rule."""
        return not _WORDS.search(self.text[:200])

    @property
    def has_words(self) -> bool:
        """At least two Chinese characters: not a page number, a rule, or a row of figures."""
        return len(_WORDS.findall(self.text[:200])) >= 2


def read_lines(source: str) -> tuple[Line, ...]:
    """Every line with something to see, in order."""
    lines: list[Line] = []
    after_blank = False
    for match in _LINE.finditer(source):
        visible = match.group().strip(_BLANKS + "\r\n\f\v")
        if not visible:
            after_blank = True
            continue
        start = match.start() + match.group().index(visible)
        marks = _MARKUP.match(visible)
        body = start + (marks.end() if marks else 0)
        end = start + len(visible)
        if body >= end:
            body = start
        lines.append(Line(start, body, end, start > match.start(), after_blank, source[body:end]))
        after_blank = False
    return tuple(lines)


def is_wrapped(lines: tuple[Line, ...]) -> bool:
    """True if many long lines stop in mid-sentence: paragraphs then begin at an indent, not at every line."""
    lengths = sorted(len(line.text) for line in lines)
    if lengths and lengths[len(lengths) * 19 // 20] > _WIDEST_WRAP:
        return False
    long = [(line, following) for line, following in pairwise(lines) if len(line.text) >= _WRAP_LENGTH]
    cut = sum(1 for line, following in long if not line.ends_clause and not following.after_blank)
    return len(long) >= 4 and cut / len(long) > _WRAPPED_SHARE
