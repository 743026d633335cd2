"""Training questions from an installation's own content: what guides and documents answer, in the words they bring along."""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from indexing.models import Passage, PassageKind
from indexing.training.models import TrainingQuestion
from indexing.training.recipe import Questions
from knowledge_base.models import ServiceGuide

_SENTENCE = re.compile(r"[^。；！？\n]+[。；！？]?")
_IN_BRACKETS = re.compile(r"（[^）]*）")  # nobody says them aloud
_HEADING_MARKS = re.compile(r"^[第一二三四五六七八九十百零〇\d]+[章节条编、.．]\s*|^[（(][一二三四五六七八九十\d]+[)）]\s*")


def own_questions(
    passages: Sequence[Passage], guides: Sequence[ServiceGuide], facets: Mapping[str, Sequence[str]], rules: Questions, seed: int
) -> tuple[TrainingQuestion, ...]:
    """Each text once, with every passage it is a question to. The same for the same content and seed."""
    rows_of: dict[str, dict[int, None]] = defaultdict(dict)
    restated: dict[str, str] = {}
    for text, rows, restates in [*_of_guides(passages, guides, facets), *_of_documents(passages, rules, seed)]:
        rows_of[text].update(dict.fromkeys(rows))
        restated.setdefault(text, restates)
    return tuple(
        TrainingQuestion(text, text, tuple(rows), restated[text] if restated[text] != text else "") for text, rows in rows_of.items()
    )


def answer_sentences(answer: str, count: int, rules: Questions) -> list[str]:
    """The first sentences of a labelled answer that say something; salutations are too short."""
    return [each for each in sentences(answer) if len(each) >= rules.shortest_sentence][:count]


_Found = tuple[str, Sequence[int], str]


def _of_guides(passages: Sequence[Passage], guides: Sequence[ServiceGuide], facets: Mapping[str, Sequence[str]]) -> Iterator[_Found]:
    rows = {passage.document_id: row for row, passage in enumerate(passages) if passage.kind is PassageKind.GUIDE}
    for guide in guides:
        row, spoken = (rows[guide.id],), _IN_BRACKETS.sub("", guide.title)
        for text in (guide.title, *guide.aliases, *guide.usual_questions):
            yield text, row, ""
        for field, phrases in facets.items():
            if getattr(guide, field):
                # Phrasings of one guide are as like as twins: none may be tested on where another taught.
                yield from ((phrase.format(title=spoken), row, guide.title) for phrase in phrases)


def _of_documents(passages: Sequence[Passage], rules: Questions, seed: int) -> Iterator[_Found]:
    of_document: dict[str, list[int]] = defaultdict(list)
    for row, passage in enumerate(passages):
        if passage.kind is PassageKind.POLICY:
            of_document[passage.document_id].append(row)
    for document_id in sorted(of_document):
        rows = of_document[document_id]
        chance = random.Random(f"{seed} {document_id}")  # noqa: S311 (a repeatable choice, not a secret)
        titles: dict[str, list[int]] = defaultdict(list)
        for row in rows:
            titles[passages[row].title].append(row)
        for title, own in titles.items():
            yield title, own, ""
        yield from _headings(passages, rows)
        found = [(each, row) for row in rows for each in sentences(passages[row].text)[1:]]
        fitting = [one for one in found if rules.shortest_sentence <= len(one[0]) <= rules.longest_sentence]
        for sentence, row in chance.sample(fitting, min(rules.sentences_per_document, len(fitting))):
            yield sentence, (row,), ""


def _headings(passages: Sequence[Passage], rows: Sequence[int]) -> Iterator[_Found]:
    by_heading: dict[str, list[int]] = defaultdict(list)
    for row in rows:
        words = [plain for heading in passages[row].heading_path if (plain := _HEADING_MARKS.sub("", heading).strip())]
        if words:
            by_heading[f"{passages[row].title} {words[-1]}"].append(row)
    for text, own in by_heading.items():
        yield text, own, ""


def sentences(text: str) -> list[str]:
    """With the mark that ends them; nothing empty."""
    return [sentence for found in _SENTENCE.findall(text) if (sentence := found.strip())]
