"""The numbered places of one text and what stands around them: questions that need no decision yet. Read-only."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from functools import cached_property

from knowledge_base.outline_blocks import find_blocks
from knowledge_base.outline_grammar import Candidate, Style, inner_candidates, line_candidate, quotation_depth, speaks_of_provision
from knowledge_base.outline_lines import Line, is_wrapped, read_lines

_LONG_LINE = 50
_FULL_LINE = 0.7
_UNFINISHED = "、，,的和与及或至"


class NumberedLines:
    """Lines of `source`, the candidates on them and the blocks among them."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.lines = read_lines(source)
        self.wrapped = is_wrapped(self.lines)
        self.first = self._first_candidates()
        self.blocks = find_blocks(self.lines, self.first)

    def line_of(self, candidate: Candidate) -> Line:
        return self.lines[candidate.line]

    def inner(self, index: int) -> list[Candidate]:
        """Candidates inside the line."""
        return self._inner.get(index, [])

    def rest_of_line(self, candidate: Candidate) -> str:
        return self.source[candidate.label_end : self.line_of(candidate).end].strip()

    def is_reference(self, candidate: Candidate) -> bool:
        return speaks_of_provision(self.source, candidate)

    def is_continued(self, candidate: Candidate, *, same_line: bool = False) -> bool:
        """True if the next candidate of this style carries the next number."""
        starts, found = self._by_style.get(candidate.style, ([], []))
        position = bisect_right(starts, candidate.start)
        if position == len(found) or (same_line and found[position].line != candidate.line):
            return False
        return found[position].number in successors(candidate.number)

    def runs_on(self, candidate: Candidate) -> bool:
        """True if the line before stops in mid-sentence, so that this one may be its wrapped rest."""
        line, before = self.lines[candidate.line], self._worded_before(candidate.line)
        if before is None:
            return False
        if self._quoted[candidate.line]:
            return True
        if before.ends_clause or line.after_blank or line.is_heading_markup or before.is_heading_markup:
            return False
        if self.wrapped:
            return not line.indented and len(before.text) >= _FULL_LINE * self._width
        return len(before.text) >= _LONG_LINE or before.text[-1] in _UNFINISHED

    def _worded_before(self, index: int) -> Line | None:
        """The last line before that is no page number."""
        return next((self.lines[n] for n in range(index - 1, max(-1, index - 4), -1) if not self.lines[n].is_wordless), None)

    @cached_property
    def _width(self) -> int:
        """The usual length of a line that was cut."""
        lengths = sorted(len(line.text) for line in self.lines)
        return lengths[len(lengths) * 4 // 5]

    def _first_candidates(self) -> dict[int, Candidate]:
        plain = [line_candidate(line, index, bare_digits=False) for index, line in enumerate(self.lines)]
        bare = any(c is not None and c.style is Style.DECIMAL and c.number == (1, 1) for c in plain)
        if bare:
            plain = [line_candidate(line, index, bare_digits=True) for index, line in enumerate(self.lines)]
        return {candidate.line: candidate for candidate in plain if candidate is not None}

    @cached_property
    def _inner(self) -> dict[int, list[Candidate]]:
        found = {index: list(inner_candidates(line, index, self._quoted[index])) for index, line in enumerate(self.lines)}
        return {index: candidates for index, candidates in found.items() if candidates}

    @cached_property
    def _quoted(self) -> tuple[int, ...]:
        """Quotation marks still open where each line begins. Only wrapped text carries them over; a new paragraph closes them."""
        depths: list[int] = []
        depth = 0
        for line in self.lines:
            if not self.wrapped or line.indented or line.after_blank:
                depth = 0
            depths.append(depth)
            depth = quotation_depth(line.text, depth)
        return tuple(depths)

    @cached_property
    def _by_style(self) -> dict[Style, tuple[list[int], list[Candidate]]]:
        """Per style, the starts and the candidates in source order: for looking one ahead."""
        grouped: dict[Style, list[Candidate]] = defaultdict(list)
        for index in range(len(self.lines)):
            for candidate in (self.first.get(index), *self._inner.get(index, ())):
                if candidate is not None and not (candidate.style is Style.ARTICLE and self.is_reference(candidate)):
                    grouped[candidate.style].append(candidate)
        return {style: ([c.start for c in found], found) for style, found in grouped.items()}


def successors(number: tuple[int, ...]) -> tuple[tuple[int, ...], ...]:
    """第十七条 is followed by 第十八条 or 第十七条之一; 1.4 by 1.5."""
    following = (*number[:-1], number[-1] + 1)
    return (following, (number[0] + 1, 0)) if len(number) == 2 and number[-1] < 100 else (following,)
