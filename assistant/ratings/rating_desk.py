"""Rating real answers: which ones to rate, taking a rating, figures, and taking a rated answer up as a case."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from assistant.answer_status import AnswerStatus
from assistant.errors import UnknownAnswer
from assistant.models import AnswerRecord
from assistant.ports import Clock, ConversationStore
from assistant.ratings.errors import AnswerChanged, CaseIncomplete, CaseNotWritten, NotRated, RatingIncomplete
from assistant.ratings.models import RatedSentence, Rating, RatingFigures, TakenUp
from assistant.ratings.ports import CaseShelf, RatingStore
from assistant.ratings.rated_case import case_of, question_of
from assistant.ratings.rules import Grade, RatingRules
from assistant.ratings.scores import figures_by_week
from assistant.ratings.shown_sentences import shown_sentences
from knowledge_base.china_time import china_day

_LONGEST_COMMENT = 1000
_LOOKED_THROUGH = 2000
"""Answers looked at for one day or for a random one."""


@dataclass(frozen=True, slots=True)
class RatingDesk:
    """Safe to call from many threads and processes. Comments are masked here.

    `is_known` says whether a golden label names a provision or a guide; `choose` picks one of several at random.
    """

    store: RatingStore
    conversations: ConversationStore
    cases: CaseShelf
    rules: RatingRules
    mask: Callable[[str], str]
    clock: Clock
    is_known: Callable[[str], bool]
    choose: Callable[[Sequence[AnswerRecord]], AnswerRecord]

    def answers(self, status: AnswerStatus | None = None, day: date | None = None) -> tuple[AnswerRecord, ...]:
        """To rate, newest first; of one day in China where `day` is given."""
        since = self.clock() - timedelta(days=self.rules.listed_days)
        wanted = [status] if status in self.rules.kinds else list(self.rules.kinds)
        limit = self.rules.listed_answers if day is None else _LOOKED_THROUGH
        found = self.conversations.recent(since, [one for one in wanted if one], limit)
        return tuple(record for record in found if day is None or china_day(record.question.asked_at) == day)[: self.rules.listed_answers]

    def unrated_at_random(self) -> AnswerRecord | None:
        """None where everything recent is rated."""
        since = self.clock() - timedelta(days=self.rules.listed_days)
        recent = self.conversations.recent(since, list(self.rules.kinds), _LOOKED_THROUGH)
        rated = self.store.of_answers([record.answer_id for record in recent])
        unrated = [record for record in recent if record.answer_id not in rated]
        return self.choose(unrated) if unrated else None

    def ratings_of(self, answer_ids: Collection[str]) -> Mapping[str, tuple[Rating, ...]]:
        return self.store.of_answers(answer_ids)

    def sentences(self, record: AnswerRecord) -> tuple[RatedSentence, ...]:
        return shown_sentences(record.answer, self.rules)

    def rate(self, answer_id: str, by: str, sentences: Sequence[str], citations: Sequence[str], comment: str = "") -> Rating:
        """Points as typed, in the order shown. Raises UnknownAnswer, RatingIncomplete, AnswerChanged."""
        record = self._record(answer_id)
        shown = len(self.sentences(record))
        if len(sentences) != shown or len(citations) != len(record.answer.citations):
            raise AnswerChanged
        given = (_points(sentences, self.rules.sentence_grades), _points(citations, self.rules.citation_grades))
        if missing := sum(points is None for column in given for points in column):
            raise RatingIncomplete(missing)
        whole = [tuple(points for points in column if points is not None) for column in given]
        rating = Rating(answer_id, by, self.clock(), whole[0], whole[1], self.mask(comment.strip())[:_LONGEST_COMMENT])
        self.store.add(rating)
        return rating

    def weekly(self) -> tuple[RatingFigures, ...]:
        """Newest week first."""
        return figures_by_week(self.recent_ratings(), self.rules)

    def recent_ratings(self) -> tuple[Rating, ...]:
        """Those that stand, of the weeks that figures are made of."""
        return self.store.since(self.clock() - timedelta(weeks=self.rules.figure_weeks))

    def take_up(self, answer_id: str, by: str, expect: str, labels: Sequence[str]) -> TakenUp:
        """Writes the case. Raises UnknownAnswer, NotRated, CaseIncomplete, TakenUpBefore, CaseNotWritten."""
        record = self._record(answer_id)
        if not self.store.of(answer_id):
            raise NotRated
        if expect not in list(AnswerStatus):
            raise CaseIncomplete("请选择这个问题应有的结果。")
        first = self.conversations.records_of(record.conversation_id, _LOOKED_THROUGH)[0]
        question = question_of(record, first.answer_id == answer_id)
        case = case_of(record, question, AnswerStatus(expect), self._known(labels), self.rules)
        taken = self.store.take_up(answer_id, by, self.clock())
        try:
            self.cases.write(taken.case_id, answer_id, case)
        except CaseNotWritten:
            self.store.leave(answer_id)
            raise
        return taken

    def _known(self, labels: Sequence[str]) -> tuple[str, ...]:
        """Each once. Raises CaseIncomplete."""
        chosen = tuple(dict.fromkeys(label for one in labels if (label := one.strip())))
        if unknown := [label for label in chosen if not self.is_known(label)]:
            raise CaseIncomplete(f"没有找到“{unknown[0]}”。请写成“文件编号#条款路径”或办事指南的编号，每行一个。")
        return chosen

    def _record(self, answer_id: str) -> AnswerRecord:
        record = self.conversations.get(answer_id)
        if record is None or record.answer.status not in self.rules.kinds:
            raise UnknownAnswer(answer_id)
        return record


def _points(typed: Sequence[str], grades: Sequence[Grade]) -> list[int | None]:
    """None where nothing, or nothing that can be given, was chosen."""
    allowed = {str(grade.points): grade.points for grade in grades}
    return [allowed.get(value) for value in typed]
