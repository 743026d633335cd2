"""Makes a case of a rated answer: what was asked as a question of its own, and what a right answer to it looks like."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import unquote

from assistant.answer_status import AnswerStatus
from assistant.models import AnswerRecord, Citation
from assistant.ratings.errors import CaseIncomplete
from assistant.ratings.models import RatedCase, Rating
from assistant.ratings.rules import RatingRules

_REGION = re.compile(r"\d{6}")
_EDITION = re.compile(r"\.e(\d+)(?=#|$)")
_ANSWERED = (AnswerStatus.ANSWERED, AnswerStatus.ANSWERED_FROM_GUIDE)


def label_of(citation: Citation) -> str:
    """As golden labels are written: "sf-juzhuzheng-2024#第十三条/第二款"; the bare id for a guide."""
    path = unquote(citation.link.partition("#")[2])
    return f"{citation.document_id}#{path}" if path and citation.edition else citation.document_id


def label_of_passage(passage_id: str) -> str:
    """Of "sf-juzhuzheng-2024.e1#第十三条~2", as golden labels are written; the bare id for a guide (edition 0)."""
    edition = _EDITION.search(passage_id)
    if edition is None or edition[1] == "0":
        return passage_id[: edition.start()] if edition else passage_id.partition("#")[0]
    return (passage_id[: edition.start()] + passage_id[edition.end() :]).partition("~")[0]


def right_labels(record: AnswerRecord, ratings: Sequence[Rating]) -> tuple[str, ...]:
    """Of citations to which every rater gave points, in the order shown, each once."""
    right = (
        label_of(citation)
        for place, citation in enumerate(record.answer.citations)
        if all(place < len(rating.citations) and rating.citations[place] for rating in ratings)
    )
    return tuple(dict.fromkeys(right)) if ratings else ()


def is_right(record: AnswerRecord, ratings: Sequence[Rating]) -> bool:
    """Nobody gave a sentence nothing, and where it cites, something cited is right: its own ending is what to expect."""
    cited = not record.answer.citations or bool(right_labels(record, ratings))
    return bool(ratings) and cited and all(points for rating in ratings for points in rating.sentences)


def question_of(record: AnswerRecord, is_first: bool) -> str:
    """As the citizen put it where it stood first in its conversation or asked several things, else its standalone form."""
    return record.question.text if is_first or record.answer.parts else record.standalone_text


def case_of(record: AnswerRecord, question: str, expect: AnswerStatus, labels: Sequence[str], rules: RatingRules) -> RatedCase:
    """`labels` as in `label_of`: what a right answer rests on, known to exist. Raises CaseIncomplete."""
    if expect not in rules.kinds:
        raise CaseIncomplete("请选择这个问题应有的结果。")
    if expect in _ANSWERED and not labels:
        raise CaseIncomplete("请选出应当依据的条款或办事指南，再作为用例；还没有想好的，可以以后再来。")
    search = record.search
    region = (search.jurisdiction if search else None) or record.question.jurisdiction
    return RatedCase(
        question=question,
        region=region if region and _REGION.fullmatch(region) else None,
        as_of=search.as_of if search else record.question.as_of,
        kind=rules.kinds[expect],
        expect=(AnswerStatus.ANSWERED.value if expect in _ANSWERED else expect.value,),
        provisions=tuple(label for label in labels if "#" in label) if expect in _ANSWERED else (),
        guides=tuple(label for label in labels if "#" not in label) if expect in _ANSWERED else (),
    )
