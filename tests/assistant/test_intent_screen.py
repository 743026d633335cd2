"""What is answered without a search, and what a request for more than words is offered."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.answer_status import AnswerStatus
from assistant.intents import ConversationAct, Intent, RequestType
from assistant.models import AnswerRecord
from indexing.models import RankingMode, SearchQuery, SearchResult
from tests.assistant.in_memory import Counter, a_counter
from tests.factories import a_revision

Act = ConversationAct


class Told:
    """Implements IntentRecogniser: the intent given, whatever is said."""

    def __init__(self, act: Act, kind: RequestType | None = None) -> None:
        self._intent = Intent(act, 0.9, True, kind, 0.8 if kind else 0.3)
        self.in_conversation: list[bool] = []

    def recognise(self, text: str, *, in_conversation: bool = False) -> Intent:
        self.in_conversation.append(in_conversation)
        return self._intent


class NoSearch:
    """Implements PassageSearcher for what must not be searched."""

    def search(self, query: SearchQuery, mode: RankingMode = RankingMode.DEFAULT) -> SearchResult:
        raise AssertionError(f"searched for {query.text}")


def told(counter: Counter, act: Act, kind: RequestType | None = None) -> Counter:
    assistant = counter.assistant
    return replace(counter, assistant=replace(assistant, intents=replace(assistant.intents, recogniser=Told(act, kind))))


def asked(message: str, kind: RequestType | None) -> AnswerRecord:
    return told(a_counter([a_revision()]), Act.MATTER, kind).ask(message)


@pytest.mark.parametrize(
    ("act", "status"),
    [
        (Act.GREETING, AnswerStatus.GREETING),
        (Act.THANKS, AnswerStatus.THANKS),
        (Act.HANDOFF, AnswerStatus.HANDOFF_REQUESTED),
        (Act.PROGRESS, AnswerStatus.PROGRESS_QUERY),
        (Act.OUT_OF_SCOPE, AnswerStatus.OUT_OF_SCOPE),
        (Act.EMERGENCY, AnswerStatus.EMERGENCY),
    ],
)
def test_what_is_no_matter_is_never_searched_for(act: Act, status: AnswerStatus) -> None:
    record = told(a_counter(searcher=NoSearch()), act).ask("随便说的一句话")
    assert record.answer.status is status
    assert record.answer.text
    assert record.intent == Intent(act, 0.9, True, None, 0.3)


@pytest.mark.parametrize("message", ["您好", "谢谢", "转人工", "家里着火了！"])
def test_what_rules_are_certain_of_is_never_searched_for_either(message: str) -> None:
    record = a_counter(searcher=NoSearch()).ask(message)
    assert record.intent is not None
    assert record.intent.act_certain


def test_an_emergency_of_no_known_kind_is_given_every_number() -> None:
    answer = told(a_counter(searcher=NoSearch()), Act.EMERGENCY).ask("快来人他不对劲").answer
    assert all(number in answer.text for number in ("110", "119", "120", "122"))


def test_an_emergency_is_met_with_the_number_its_words_call_for() -> None:
    answer = told(a_counter(searcher=NoSearch()), Act.EMERGENCY).ask("仓库那边一直冒浓烟呢").answer
    assert "119" in answer.text
    assert "122" not in answer.text


def test_talk_of_other_things_is_told_what_can_be_asked() -> None:
    answer = told(a_counter(searcher=NoSearch()), Act.OUT_OF_SCOPE).ask("放首歌").answer
    assert any("居住证" in step for step in answer.next_steps)
    assert answer.department is not None


def test_the_way_to_look_up_progress_is_told() -> None:
    assert "后四位" in told(a_counter(searcher=NoSearch()), Act.PROGRESS).ask("我上次反映的事怎么样了").answer.text


@pytest.mark.parametrize("kind", [RequestType.HELP, RequestType.COMPLAINT, RequestType.REPORT, RequestType.SUGGESTION, RequestType.PRAISE])
def test_a_request_for_more_than_words_keeps_its_quotes_and_is_offered_an_order(kind: RequestType) -> None:
    answer = asked("申领居住证要提交什么证明", kind).answer
    assert answer.status is AnswerStatus.ANSWERED
    assert answer.citations
    assert answer.offers_person
    assert f"登记为{kind.label}工单" in answer.next_steps[0]


@pytest.mark.parametrize("kind", [RequestType.INQUIRY, None])
def test_an_inquiry_or_an_unsure_type_is_answered_as_before(kind: RequestType | None) -> None:
    answer = asked("申领居住证要提交什么证明", kind).answer
    assert answer.citations
    assert not any("工单" in step for step in answer.next_steps)


def test_a_complaint_without_evidence_is_not_told_to_ask_differently() -> None:
    answer = asked("楼下烧烤店天天冒烟熏人", RequestType.COMPLAINT).answer
    assert answer.status is AnswerStatus.NO_EVIDENCE
    assert "投诉事项" in answer.text
    assert "登记为投诉工单" in answer.next_steps[0]
    assert not any("换一种说法" in step for step in answer.next_steps)


def test_the_recogniser_is_told_whether_something_was_said_before() -> None:
    counter = told(a_counter([a_revision()]), Act.MATTER)
    counter.ask("申领居住证要提交什么证明")
    counter.ask("那要多少钱")
    recogniser = counter.assistant.intents.recogniser
    assert isinstance(recogniser, Told)
    assert recogniser.in_conversation == [False, True]


def test_the_intent_reaches_the_later_steps_and_the_record() -> None:
    record = asked("申领居住证要提交什么证明", RequestType.COMPLAINT)
    assert record.intent is not None
    assert record.intent.request_type is RequestType.COMPLAINT
    assert "intent_screen" in record.timings_ms
