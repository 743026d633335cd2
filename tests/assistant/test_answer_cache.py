"""Answers said again: only where nothing has moved, never what must be made anew, and always as a record of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

import pytest

from assistant.answer_cache import SETTLE_S, SHED, AnswerCache, CacheOutcome
from assistant.answer_shelf import AnswerKey, Circumstances, MemoryAnswerShelf
from assistant.answer_status import AnswerStatus
from assistant.intents import ConversationAct, Intent, RequestType
from assistant.models import AnswerRecord, CitizenQuestion, MaskedSpan, SearchTrace
from assistant.sensitive_topics import SensitiveTopic, SensitiveTopics
from indexing.errors import NoSnapshot
from knowledge_base.models import ChangeKind
from tests.assistant.in_memory import TODAY, Counter, a_counter
from tests.factories import DEMO_CITY, DEMO_DISTRICT, a_guide, a_revision, an_answer, an_answer_record

TEXT = "第一条 补办居住证的工本费为每证十元。\n第二条 本办法自2024年3月1日起施行。\n"
RESIDENCE = a_revision("residence", text=TEXT, title="示范市居住证管理办法", effective_on=date(2024, 3, 1))
QUESTION = "补办居住证的工本费是多少？"
PLAIN = Intent(ConversationAct.MATTER, 1.0, True, RequestType.INQUIRY, 0.9)


@dataclass
class Moving:
    """Circumstances that a test moves, and a clock that stands well after the last move."""

    stamp: str = "1"
    snapshot_id: str = "memory"
    now_s: float = 0.0
    is_busy: bool = False
    seen: list[CacheOutcome] = field(default_factory=list)

    def cache(self, size: int = 10, shelf: MemoryAnswerShelf | None = None) -> AnswerCache:
        present = lambda: Circumstances(self.stamp, self.snapshot_id)  # noqa: E731 (as short as the others)
        made = AnswerCache(
            MemoryAnswerShelf(size) if shelf is None else shelf, present, self.seen.append, lambda: self.now_s, lambda: self.is_busy
        )
        # What is asked first is the first look at the stamp.
        recalled(made, a_record("预热", snapshot_id="none"))
        self.seen.clear()
        self.settle()
        return made

    def settle(self) -> None:
        self.now_s += SETTLE_S


class Noting(MemoryAnswerShelf):
    """Tells what was put on it."""

    def __init__(self, size: int) -> None:
        super().__init__(size)
        self.kept: list[AnswerRecord] = []

    def keep(self, key: AnswerKey, record: AnswerRecord) -> None:
        self.kept.append(record)
        super().keep(key, record)


def a_caching_counter(moving: Moving, **parts: object) -> Counter:
    counter = a_counter([RESIDENCE], **parts)  # type: ignore[arg-type]  # a test's own choice
    return replace(counter, assistant=replace(counter.assistant, cache=moving.cache()))


def a_record(text: str = QUESTION, **changes: object) -> AnswerRecord:
    record = an_answer_record(text=text)
    record = replace(record, question=replace(record.question, masked=()))
    trace = SearchTrace(DEMO_CITY, TODAY, versions={"reranker": "r1"})
    return replace(record, **{"snapshot_id": "memory", "intent": PLAIN, "search": trace, **changes})  # type: ignore[arg-type]  # as above


def recalled(cache: AnswerCache, record: AnswerRecord, *, begun: bool = False, versions: Mapping[str, str] | None = None) -> AnswerRecord:
    return cache.recalled(record.question, lambda: versions or {}, lambda: begun, lambda: record)


def test_what_must_be_released_first_decides_about_what_may_be_said_again() -> None:
    """Kept answers outlive the process in Valkey; a topic added before it starts anew must hold back the same question."""
    plain, careful = a_counter(topics=SensitiveTopics()), a_counter(topics=SensitiveTopics((SensitiveTopic("居住证", ("居住证",)),)))
    assert plain.assistant.versions() != careful.assistant.versions()
    assert plain.assistant.versions() == a_counter(topics=SensitiveTopics()).assistant.versions()


def test_the_same_question_gets_the_same_answer_in_a_record_of_its_own() -> None:
    moving = Moving()
    counter = a_caching_counter(moving)
    first, again = counter.ask(QUESTION, conversation="c-1"), counter.ask(QUESTION, conversation="c-2")
    assert again.answer == first.answer
    assert again.search == first.search
    assert again.answer_id != first.answer_id
    assert again.question.conversation_id == "c-2"
    assert "answer_cache" in again.timings_ms
    assert counter.conversations.get(again.answer_id) == again
    assert moving.seen == [CacheOutcome.MISS, CacheOutcome.HIT]


@pytest.mark.parametrize("written", ["补办居住证的工本费是多少？ ", "补办居住证的工本费是多少？\u200b"])
def test_invisible_differences_make_no_other_question(written: str) -> None:
    moving = Moving()
    counter = a_caching_counter(moving)
    counter.ask(QUESTION, conversation="c-1")
    counter.ask(written, conversation="c-2")
    assert moving.seen == [CacheOutcome.MISS, CacheOutcome.HIT]


def test_what_is_repealed_is_never_said_again() -> None:
    moving = Moving()
    counter = a_caching_counter(moving)
    assert counter.ask(QUESTION, conversation="c-1").answer.status is AnswerStatus.ANSWERED
    repealed = replace(RESIDENCE, number=2, repealed_on=date(2026, 11, 1), change=replace(RESIDENCE.change, kind=ChangeKind.REPEAL))
    counter.documents.add(repealed)
    moving.stamp = "2"
    assert counter.ask(QUESTION, conversation="c-2").answer.status is AnswerStatus.NOT_IN_FORCE


@pytest.mark.parametrize("moved", [{"stamp": "2"}, {"snapshot_id": "another"}], ids=str)
def test_a_move_of_the_policy_base_or_of_the_index_makes_the_answer_anew(moved: dict[str, str]) -> None:
    moving = Moving()
    cache = moving.cache()
    recalled(cache, a_record())
    for name, value in moved.items():
        setattr(moving, name, value)
    anew = a_record(answer_id="anew", snapshot_id=moving.snapshot_id)
    assert recalled(cache, anew) is anew


@pytest.mark.parametrize("name", ["wording", "rules", "tuning", "tokenizer", "reranker", "acts", "request_types"])
def test_another_version_of_what_decides_makes_the_answer_anew(name: str) -> None:
    cache = Moving().cache()
    recalled(cache, a_record(), versions={name: "1"})
    anew = a_record(answer_id="anew")
    assert recalled(cache, anew, versions={name: "2"}) is anew
    assert recalled(cache, anew, versions={name: "1"}) is not anew


@pytest.mark.parametrize(
    "changes",
    [
        {"jurisdiction": DEMO_DISTRICT},
        {"jurisdiction": None},
        {"as_of": TODAY - timedelta(days=1)},
        {"asked_at": datetime(2026, 11, 22, 16, 0, tzinfo=UTC)},
        {"text": "补办居住证的工本费是多少钱？"},
    ],
    ids=str,
)
def test_another_place_day_or_question_is_made_anew(changes: dict[str, object]) -> None:
    cache, record = Moving().cache(), a_record()
    asked = replace(record.question, jurisdiction=DEMO_CITY, asked_at=datetime(2026, 11, 22, 15, 59, tzinfo=UTC))
    recalled(cache, replace(record, question=asked))
    other = replace(record, answer_id="anew", question=replace(asked, **changes))  # type: ignore[arg-type]  # a test's own choice
    assert recalled(cache, other) is other


def test_within_a_conversation_nothing_is_recalled_or_kept() -> None:
    moving = Moving()
    counter = a_caching_counter(moving)
    counter.ask(QUESTION, conversation="c-1")
    again = counter.ask(QUESTION, conversation="c-1")
    assert "answer_cache" not in again.timings_ms
    assert moving.seen == [CacheOutcome.MISS, CacheOutcome.PASSED]


def test_questions_with_personal_data_are_never_kept() -> None:
    moving, record = Moving(), a_record()
    cache = moving.cache()
    masked = replace(record, question=replace(record.question, masked=(MaskedSpan("phone", 0, 11),)))
    recalled(cache, masked)
    assert len(cache) == 0
    assert moving.seen == [CacheOutcome.PASSED]


@pytest.mark.parametrize("message", ["有人要自杀，救救他", "你好", "转人工", "", "我的电话13800138000，补办居住证要多少钱"])
def test_what_is_no_plain_answer_is_made_every_time(message: str) -> None:
    moving = Moving()
    counter = a_caching_counter(moving)
    for conversation in ("c-1", "c-2"):
        assert "answer_cache" not in counter.ask(message, conversation=conversation).timings_ms
    assert CacheOutcome.HIT not in moving.seen


@pytest.mark.parametrize(
    "changes",
    [
        {"answer": an_answer(AnswerStatus.AWAITING_RELEASE), "withheld": an_answer()},
        {"answer": an_answer(AnswerStatus.NO_EVIDENCE)},
        {"answer": an_answer(AnswerStatus.EMERGENCY)},
        {"answer": an_answer(AnswerStatus.CHECK_FAILED)},
        {"intent": Intent(ConversationAct.MATTER, 1.0, True, RequestType.COMPLAINT, 0.9)},
        {"intent": None},
        {"search": None},
        {"snapshot_id": "an older one"},
    ],
    ids=str,
)
def test_what_must_not_be_said_again_unseen_is_not_kept(changes: dict[str, object]) -> None:
    cache = Moving().cache()
    recalled(cache, a_record(**changes))
    assert len(cache) == 0


@pytest.mark.parametrize("place", ["search", "further_searches"])
def test_what_was_found_in_a_hurry_is_said_again_only_while_there_is_a_hurry(place: str) -> None:
    trace = SearchTrace(DEMO_CITY, TODAY, versions={"reranker": SHED})
    hurried = a_record(**{place: trace if place == "search" else (trace,)})
    moving = Moving(is_busy=True)
    cache = moving.cache()
    recalled(cache, hurried)
    assert "answer_cache" in recalled(cache, hurried).timings_ms
    moving.is_busy = False
    careful = a_record(answer_id="careful")
    assert recalled(cache, careful) is careful
    moving.is_busy = True
    assert recalled(cache, hurried).search == careful.search


def test_while_something_has_just_moved_nothing_is_kept() -> None:
    """An edited sentence acts within half a second: an answer made meanwhile may be of the old wording under the new stamp."""
    moving = Moving()
    cache = moving.cache()
    moving.stamp = "2"
    recalled(cache, a_record())
    assert len(cache) == 0
    moving.settle()
    recalled(cache, a_record())
    assert len(cache) == 1


def test_what_is_kept_names_no_conversation() -> None:
    shelf = Noting(5)
    cache = Moving().cache(shelf=shelf)
    recalled(cache, a_record(answer_id="a-9", conversation_id="c-9"))
    kept = shelf.kept[0]
    assert (kept.answer_id, kept.conversation_id, kept.question.conversation_id) == ("", "", "")


def test_only_the_last_questions_are_kept() -> None:
    cache = Moving().cache(size=2)
    for text in ("甲", "乙", "甲", "丙"):
        recalled(cache, a_record(text))
    assert len(cache) == 2
    anew = a_record("乙", answer_id="anew")
    assert recalled(cache, anew) is anew
    assert recalled(cache, a_record("丙", answer_id="anew")).answer_id != "anew"


def test_where_the_index_cannot_be_told_the_question_is_answered_as_ever() -> None:
    def no_index() -> Circumstances:
        raise NoSnapshot

    record, seen = a_record(), list[CacheOutcome]()
    assert recalled(AnswerCache(MemoryAnswerShelf(5), no_index, seen.append), record) is record
    assert seen == [CacheOutcome.PASSED]


def test_a_guide_answers_again_on_the_same_day_only() -> None:
    moving = Moving()
    counter = a_caching_counter(moving, guides=[a_guide()])
    asked_at = datetime(2026, 11, 22, 4, tzinfo=UTC)
    question = CitizenQuestion(f"{a_guide().title}需要什么材料？", "c-1", DEMO_CITY, TODAY, asked_at)
    first = counter.assistant.answer(question)
    assert first.answer.status is AnswerStatus.ANSWERED_FROM_GUIDE
    tomorrow = counter.assistant.answer(replace(question, conversation_id="c-2", asked_at=asked_at + timedelta(days=1)))
    assert tomorrow.answer.status is not AnswerStatus.ANSWERED_FROM_GUIDE
    assert moving.seen == [CacheOutcome.MISS, CacheOutcome.MISS]
