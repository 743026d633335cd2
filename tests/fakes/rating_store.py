"""A RatingStore and a CaseShelf in memory; the store passes the same contract suite as the SQL one."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from itertools import count

from assistant.errors import UnknownAnswer
from assistant.ports import ConversationStore
from assistant.ratings.errors import TakenUpBefore
from assistant.ratings.models import RatedCase, Rating, TakenUp


class MemoryRatingStore:
    def __init__(self, conversations: ConversationStore) -> None:
        self._conversations, self._numbers = conversations, count(1)
        self.given: list[Rating] = []
        self.cases: dict[str, TakenUp] = {}

    def add(self, rating: Rating) -> None:
        if self._conversations.get(rating.answer_id) is None:
            raise UnknownAnswer(rating.answer_id)
        self.given.append(rating)

    def of(self, answer_id: str) -> tuple[Rating, ...]:
        return tuple(rating for rating in self._standing() if rating.answer_id == answer_id)

    def history(self, answer_id: str) -> tuple[Rating, ...]:
        return tuple(rating for rating in self.given if rating.answer_id == answer_id)

    def of_answers(self, answer_ids: Collection[str]) -> Mapping[str, tuple[Rating, ...]]:
        return {answer_id: found for answer_id in answer_ids if (found := self.of(answer_id))}

    def since(self, moment: datetime) -> tuple[Rating, ...]:
        return tuple(rating for rating in self._standing() if rating.at >= moment)

    def take_up(self, answer_id: str, by: str, at: datetime) -> TakenUp:
        if answer_id in self.cases:
            raise TakenUpBefore
        return self.cases.setdefault(answer_id, TakenUp(answer_id, next(self._numbers), by, at))

    def leave(self, answer_id: str) -> None:
        self.cases.pop(answer_id, None)

    def taken_up(self, answer_id: str) -> TakenUp | None:
        return self.cases.get(answer_id)

    def _standing(self) -> tuple[Rating, ...]:
        newest = {(rating.answer_id, rating.by): place for place, rating in enumerate(self.given)}
        return tuple(self.given[place] for place in sorted(newest.values()))


class MemoryCases:
    place = "golden/ratings.jsonl"

    def __init__(self) -> None:
        self.written: dict[str, tuple[str, RatedCase]] = {}

    def write(self, case_id: str, answer_id: str, case: RatedCase) -> None:
        self.written[answer_id] = (case_id, case)

    def remove(self, answer_ids: Collection[str]) -> int:
        return sum(self.written.pop(answer_id, None) is not None for answer_id in answer_ids)
