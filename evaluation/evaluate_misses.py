"""Where questions of a labelled set are lost, by cause: `zhengwen evaluate misses`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from api.container import Container
from api.settings import Settings
from evaluation.datasets import CorpusDocument, Dataset, LabelledQuestion, load_dataset
from evaluation.evaluate_retrieval import rank_documents
from evaluation.miss_causes import MissCause, MissedQuestion, cause_of
from evaluation.workspace import open_workspace
from indexing.models import RankingMode
from indexing.passage_splitter import split_edition
from indexing.ports import Progress
from knowledge_base.region_names import load_place_words, short_names
from knowledge_base.validity import editions

_EXAMPLES = 10
_NEAR = 5
_ROUNDING = 4


def evaluate_misses(folder: Path, settings: Settings, progress: Progress) -> dict[str, Any]:
    """The JSON of the command: {"dataset", "queries", "missed", "hit@1", "causes"}, causes by name.

    Each cause: {"label", "count", "share", "past_5", "examples": [{"question", "right", "first", "place"}]}. A question is missed where
    no right document stands first. "share" is of all questions; "past_5" counts those whose right document is not among the first five.
    Causes and their order: miss_causes. Raises DatasetUnreadable and what open_workspace raises.
    """
    dataset = load_dataset(folder)
    container = open_workspace(dataset, settings, progress)
    found = defaultdict[MissCause, list[MissedQuestion]](list)
    documents = {document.id: document for document in dataset.documents}
    for done, question in enumerate(dataset.questions, start=1):
        ranked = rank_documents(container.searcher(), question.text, RankingMode.DEFAULT)
        if not ranked or ranked[0] not in question.relevant:
            missed = _missed(container, documents, question, ranked)
            found[cause_of(missed)].append(missed)
        progress("检索", done, len(dataset.questions))
    return _summary(dataset, found)


def _missed(container: Container, documents: Mapping[str, CorpusDocument], question: LabelledQuestion, ranked: list[str]) -> MissedQuestion:
    place = next((number for number, name in enumerate(ranked, start=1) if name in question.relevant), None)
    right = documents[ranked[place - 1] if place else next(iter(question.relevant))]
    first = documents[ranked[0]] if ranked else CorpusDocument("", "", "")
    return MissedQuestion(
        question=question.text,
        answer=question.answer,
        places=_places(container, question.text),
        right_title=right.title,
        right_text=right.text,
        right_passages=_passages(container, right.id),
        first_title=first.title,
        first_text=first.text,
        place=place,
    )


def _passages(container: Container, document_id: str) -> tuple[str, ...]:
    found = editions(container.documents.revisions(document_id))
    return tuple(passage.search_text for edition in found for passage in split_edition(edition))


def _places(container: Container, text: str) -> tuple[str, ...]:
    """The shortest name of every place in the question, which is part of the longer ones."""
    words = load_place_words()
    return tuple(min((region.name, *short_names(region, words)), key=len) for region in container.regions.find_in_text(text))


def _summary(dataset: Dataset, found: Mapping[MissCause, list[MissedQuestion]]) -> dict[str, Any]:
    asked, missed = len(dataset.questions), sum(map(len, found.values()))
    return {
        "dataset": dataset.name,
        "queries": asked,
        "missed": missed,
        "hit@1": round(1 - missed / asked, _ROUNDING),
        "causes": {cause.value: _of_cause(cause, found[cause], asked) for cause in MissCause if found.get(cause)},
    }


def _of_cause(cause: MissCause, missed: list[MissedQuestion], asked: int) -> dict[str, Any]:
    return {
        "label": cause.label,
        "count": len(missed),
        "share": round(len(missed) / asked, _ROUNDING),
        "past_5": sum(one.place is None or one.place > _NEAR for one in missed),
        "examples": [
            {"question": one.question, "right": one.right_title, "first": one.first_title, "place": one.place} for one in missed[:_EXAMPLES]
        ],
    }
