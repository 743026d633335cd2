"""An old answer shown as it was given, whatever has changed since; its search repeated where that is still possible."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from pydantic import TypeAdapter

from api.access.models import Role
from api.container import Container
from api.replay import Repetition, replay
from assistant.answer_cache import SHED
from assistant.models import AnswerRecord
from assistant.versions import version_of
from indexing.errors import SnapshotDamaged
from indexing.models import RankingMode, SearchQuery, SearchResult
from indexing.ports import PassageSearcher
from tests.assistant.generation.rewordings import a_rewording
from tests.assistant.in_memory import REGIONS, TOKENIZER, Counter, a_counter
from tests.factories import a_revision, an_answer_record
from tests.fakes.answer_generator import ScriptedGenerator, as_lines
from tests.fakes.containers import a_container
from tests.fakes.embedder import FakeEmbedder
from tests.fakes.memory_passage_searcher import MemoryPassageSearcher
from tests.passage_factory import a_passage
from tests.staff_clients import a_staff_client, a_staff_member

QUESTION = "申领居住证应当提交什么材料"
OLD_TEXT = "第一条 申领居住证，应当提交身份证明和居住地址证明。\n第二条 本办法自2024年1月1日起施行。\n"


@pytest.fixture
def counter() -> Counter:
    return a_counter([a_revision(text=OLD_TEXT, effective_on=date(2024, 1, 1))])


def the_console(counter: Counter, snapshot_id: str = "memory", searcher_of: Any = None) -> Container:
    """Over the same conversations; its shelf holds `snapshot_id`, searched by the searcher that answered."""
    container = a_container(snapshot_id=snapshot_id)
    index = replace(container.index, searcher_of=searcher_of or (lambda _name: counter.assistant.finder.searcher))
    return replace(container, conversations=counter.conversations, index=index, assistant=lambda: counter.assistant)


def page_of(container: Container, record: AnswerRecord) -> str:
    client = a_staff_client(container, a_staff_member(container, Role.AUDITOR))
    answer = client.get(f"/admin/audit/answers/{record.answer_id}")
    assert answer.status_code == 200
    return answer.text.split("<main")[1]


def test_a_record_keeps_what_was_searched_for_and_everything_that_was_found(counter: Counter) -> None:
    search = counter.ask(QUESTION).search
    assert search is not None
    assert (search.jurisdiction, search.as_of) == ("990100", date(2026, 11, 22))
    assert [passage.score for passage in search.ranked] == sorted((passage.score for passage in search.ranked), reverse=True)
    assert any(not passage.fate for passage in search.ranked)
    assert search.versions["wording"] == version_of(counter.assistant.wording)


class Hurried:
    """Ranks anew when it is asked for what serves, unless there is no time."""

    def __init__(self, plain: PassageSearcher, hurry: bool) -> None:
        self._plain, self._hurry = plain, hurry

    def search(self, query: SearchQuery, mode: RankingMode = RankingMode.DEFAULT) -> SearchResult:
        found = self._plain.search(query, mode)
        if mode is not RankingMode.DEFAULT:
            return found
        if self._hurry:
            return replace(found, timings_ms=found.timings_ms | {"rerank_shed": 0.0})
        hits = tuple(replace(hit, score=hit.score / 2) for hit in found.hits)
        return replace(found, hits=hits, timings_ms=found.timings_ms | {"rerank": 0.1})


def test_what_was_found_without_a_second_reading_is_searched_without_one_again(counter: Counter) -> None:
    plain = counter.assistant.finder.searcher
    hurried = replace(counter.assistant, finder=replace(counter.assistant.finder, searcher=Hurried(plain, hurry=True)))
    record = replace(counter, assistant=hurried).ask(QUESTION)
    assert record.search is not None
    assert record.search.versions["reranker"] == SHED
    again = replay(the_console(counter, searcher_of=lambda _name: Hurried(plain, hurry=False)), record)
    assert again.repetition is Repetition.SAME
    assert ("细排模型", SHED, "") in again.versions


def test_rejected_passages_are_kept_with_both_scores_and_the_reason() -> None:
    counter = a_counter([a_revision(text=OLD_TEXT), a_revision("d-other", title="示范市养犬办法", text="第一条 养犬应当登记。\n")])
    search = counter.ask(QUESTION).search
    assert search is not None
    rejected = [passage for passage in search.ranked if passage.fate]
    assert rejected
    assert all(passage.vector_score or passage.lexical_score for passage in rejected)


def test_the_search_gives_the_same_in_the_snapshot_of_then(counter: Counter) -> None:
    record = counter.ask(QUESTION)
    played = replay(the_console(counter), record)
    assert played.repetition is Repetition.SAME
    assert record.search is not None
    assert {passage.passage_id for passage in played.again} == {passage.passage_id for passage in record.search.ranked}
    assert all(now == then for _, then, now in played.versions)


def test_an_old_answer_looks_the_same_after_policies_wording_and_index_changed(counter: Counter) -> None:
    record = counter.ask(QUESTION)
    assert "身份证明和居住地址证明" in record.answer.text
    before = page_of(the_console(counter), record)
    counter.documents.add(a_revision(text="第一条 申领居住证，不再提交材料。\n", number=2, effective_on=date(2026, 1, 1)))
    new_words = replace(counter.assistant.wording, phrases=dict.fromkeys(counter.assistant.wording.phrases, "新的用语"))
    changed = replace(counter.assistant, wording=new_words, versions=lambda: {"wording": version_of(new_words)})
    later = Counter(changed, counter.documents, counter.conversations)
    after = page_of(the_console(later, snapshot_id="20270101-1"), record)
    kept = before.split("检索</h2>")[0].split("问题</h2>")[1]
    assert "身份证明和居住地址证明" in kept
    assert after.split("检索</h2>")[0].split("问题</h2>")[1] == kept
    assert Repetition.SNAPSHOT_GONE.value in after
    assert "现在不同" in after
    assert record.search is not None
    assert all(passage.passage_id in after for passage in record.search.ranked)


def test_another_result_in_the_same_snapshot_is_said_to_be_another(counter: Counter) -> None:
    record = counter.ask(QUESTION)
    other = MemoryPassageSearcher([a_passage("养犬应当登记。")], FakeEmbedder(), TOKENIZER, REGIONS)
    assert replay(the_console(counter, searcher_of=lambda _name: other), record).repetition is Repetition.DIFFERENT


def test_a_snapshot_that_todays_model_cannot_search_is_no_fault_of_the_record(counter: Counter) -> None:
    def damaged(name: str) -> Any:
        raise SnapshotDamaged(name, "清单缺失")

    record = counter.ask(QUESTION)
    assert replay(the_console(counter, searcher_of=damaged), record).repetition is Repetition.IMPOSSIBLE


def test_what_was_answered_without_searching_has_nothing_to_repeat(counter: Counter) -> None:
    record = counter.ask("你好")
    console = the_console(counter)
    assert replay(console, record).repetition is Repetition.NOT_SEARCHED
    assert Repetition.NOT_SEARCHED.value in page_of(console, record)


def test_a_record_from_before_searches_were_kept_is_still_shown(counter: Counter) -> None:
    kept = TypeAdapter(AnswerRecord)
    body = kept.dump_python(counter.ask(QUESTION), mode="json")
    del body["search"]
    old = kept.validate_python(body)
    counter.conversations.save(old)
    console = the_console(counter)
    assert replay(console, old).repetition is Repetition.NOT_KEPT
    assert "身份证明和居住地址证明" in page_of(console, old)


def test_an_answer_is_found_by_its_number_or_its_conversation(counter: Counter) -> None:
    record = counter.ask(QUESTION)
    console = the_console(counter)
    client = a_staff_client(console, a_staff_member(console, Role.ADMINISTRATOR))
    found = client.get(f"/admin/audit/answers?id={record.answer_id}")
    assert (found.status_code, found.headers["location"]) == (303, f"/admin/audit/answers/{record.answer_id}")
    assert QUESTION in client.get(f"/admin/audit/answers?id={record.conversation_id}").text
    assert client.get("/admin/audit/answers?id=nowhere").status_code == 404
    assert client.get("/admin/audit/answers/nowhere").status_code == 404


def test_a_conversation_is_deleted_with_a_reason_that_stays() -> None:
    container = a_container()
    client = a_staff_client(container, a_staff_member(container, Role.ADMINISTRATOR))
    client.post("/ask", data={"question": "居住证怎么办"})
    record = container.conversations.get("a-1")
    assert record is not None
    address = f"/admin/audit/conversations/{record.conversation_id}/delete"
    assert client.post(address, data={"reason": " "}).status_code == 422
    assert client.post(address, data={"reason": "当事人要求"}).status_code == 303
    assert container.conversations.get(record.answer_id) is None
    (event, *_) = container.audit.events()
    assert (event.action, event.subject, event.reason) == ("conversation_deleted", record.conversation_id, "当事人要求")
    assert client.post(address, data={"reason": "再一次"}).status_code == 404


def test_an_auditor_deletes_nothing() -> None:
    container = a_container()
    client = a_staff_client(container, a_staff_member(container, Role.AUDITOR))
    assert client.post("/admin/audit/conversations/c-1/delete", data={"reason": "x"}).status_code == 403


def test_what_a_language_model_added_and_what_of_it_was_dropped_is_shown() -> None:
    container = a_container()
    rewording, _ = a_rewording(
        ScriptedGenerator(as_lines([("您申领居住证需要提交身份证明和居住地址证明。", [1]), ("您一定能办成。", [1])])),
        conversations=container.conversations,  # type: ignore[arg-type]  # in memory
    )
    record = an_answer_record()
    container.conversations.save(record)
    rewording.reworded(record)
    page = page_of(container, record)
    assert "人工智能生成的说明" in page
    assert "已采用" in page
    assert "scripted" in page
    assert "您一定能办成。" in page
    assert "对个人下结论、作保证" in page
