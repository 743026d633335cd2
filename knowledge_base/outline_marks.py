"""Starts of provisions as they are accepted, with those still open. Keeps order and nesting; decides nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace

from knowledge_base.models import ProvisionLevel
from knowledge_base.outline_grammar import Candidate, Style
from knowledge_base.outline_lines import Line

ARTICLE_RANK = 20.0
ITEM_RANK = 22.0
"""Added to the rank of lists inside an article."""
_PARAGRAPH_RANK = 21.0
_TEXT_RANK = 0.5


@dataclass(frozen=True, slots=True)
class Mark:
    """The start of a provision. `level` ITEM or HEADING for lists is settled by the tree builder from depth and shape.

    `rank` orders nesting: a mark ends every open one of equal or higher rank. `body` is where the words after the number begin.
    `in_article` is true for 款 and for lists inside an article, `nested_inline` for a list in the running text of another.
    """

    start: int
    body: int
    line_end: int
    level: ProvisionLevel
    rank: float
    label: str
    style: Style | None
    in_article: bool = False
    nested_inline: bool = False
    title: str = ""


@dataclass(frozen=True, slots=True)
class OpenProvision:
    """A mark that is still open, with its number."""

    rank: float
    level: ProvisionLevel
    style: Style | None
    number: tuple[int, ...]
    line_start: bool


@dataclass(frozen=True, slots=True)
class _ListPosition:
    """Where an article's list stood after its newest item."""

    mark: int
    number: int
    open: tuple[OpenProvision, ...]


class OutlineMarks:
    """Grows by one mark at a time."""

    def __init__(self) -> None:
        self.marks: list[Mark] = []
        self.open: list[OpenProvision] = []
        self.last_article: tuple[int, int] = (0, 0)
        self.last_number: dict[Style, int] = {}
        self._lists: dict[Style, _ListPosition] = {}

    @property
    def in_article(self) -> bool:
        return any(o.level is ProvisionLevel.ARTICLE for o in self.open)

    def open_of(self, style: Style) -> list[OpenProvision]:
        """Open provisions of a style, innermost first."""
        return [o for o in reversed(self.open) if o.style is style]

    def add(self, candidate: Candidate, line: Line, level: ProvisionLevel, rank: float) -> None:
        self._push(candidate, level, rank)
        self.marks.append(Mark(candidate.start, candidate.label_end, line.end, level, rank, candidate.label, candidate.style))

    def add_article(self, candidate: Candidate, line: Line) -> None:
        self.add(candidate, line, ProvisionLevel.ARTICLE, ARTICLE_RANK)
        self.last_article = (candidate.number[0], candidate.number[1])
        self._forget_lists()

    def add_attachment(self, candidate: Candidate, line: Line) -> None:
        self.add(candidate, line, ProvisionLevel.ATTACHMENT, float(Style.ATTACHMENT))
        self._forget_articles()

    def add_list(self, candidate: Candidate, line: Line, rank: float, *, in_article: bool) -> None:
        level = ProvisionLevel.ITEM if in_article else ProvisionLevel.HEADING
        nested = not candidate.line_start and rank != float(candidate.style)
        self._push(candidate, level, rank)
        self.marks.append(
            Mark(candidate.start, candidate.label_end, line.end, level, rank, candidate.label, candidate.style, in_article, nested)
        )
        self.last_number[candidate.style] = candidate.number[-1]
        if in_article:
            self._lists[candidate.style] = _ListPosition(len(self.marks) - 1, candidate.number[-1], tuple(self.open))

    def add_paragraph(self, line: Line) -> None:
        self.close(_PARAGRAPH_RANK)
        self.open.append(OpenProvision(_PARAGRAPH_RANK, ProvisionLevel.PARAGRAPH, None, (), True))
        self.marks.append(Mark(line.start, line.start, line.end, ProvisionLevel.PARAGRAPH, _PARAGRAPH_RANK, "", None, in_article=True))

    def add_text(self, line: Line, label: str) -> None:
        """A block that is no provision; whatever comes next ends it."""
        self.close(_TEXT_RANK)
        self.open.append(OpenProvision(_TEXT_RANK, ProvisionLevel.TEXT, None, (), True))
        self.marks.append(Mark(line.start, line.end, line.end, ProvisionLevel.TEXT, _TEXT_RANK, label, None))

    def add_inner_title(self, first: Line, last: Line, title: str) -> None:
        """The title of a text printed inside this one; right below "附件" it is the annex's own."""
        if not self.marks or self.marks[-1].style is not Style.ATTACHMENT:
            rank = float(Style.ATTACHMENT)
            self.close(rank)
            self.open.append(OpenProvision(rank, ProvisionLevel.ATTACHMENT, None, (), True))
            self.marks.append(Mark(first.start, first.start, last.end, ProvisionLevel.ATTACHMENT, rank, "", None))
            self._forget_articles()
        self.name_last(title)

    def name_last(self, title: str) -> None:
        self.marks[-1] = replace(self.marks[-1], title="".join(title.split()))

    def sign(self) -> None:
        """After a signature the numbers of articles start anew."""
        self._forget_articles()

    def resume_list(self, candidate: Candidate, line: Line) -> bool:
        """Goes on with an article's list after unnumbered lines, which then belong to the item before and are no 款."""
        earlier = self._lists.get(candidate.style)
        if earlier is None or candidate.number != (earlier.number + 1,):
            return False
        self.marks[earlier.mark + 1 :] = [m for m in self.marks[earlier.mark + 1 :] if m.level is not ProvisionLevel.PARAGRAPH]
        self.open = list(earlier.open)
        self.add_list(candidate, line, earlier.open[-1].rank, in_article=True)
        return True

    def close(self, rank: float) -> None:
        while self.open and (self.open[-1].rank >= rank or self.open[-1].level is ProvisionLevel.TEXT):
            self.open.pop()

    def _push(self, candidate: Candidate, level: ProvisionLevel, rank: float) -> None:
        self.close(rank)
        self.open.append(OpenProvision(rank, level, candidate.style, candidate.number, candidate.line_start))

    def _forget_articles(self) -> None:
        self.last_article = (0, 0)
        self._forget_lists()

    def _forget_lists(self) -> None:
        self._lists = {}
        self.last_number = {}
