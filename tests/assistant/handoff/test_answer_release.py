"""Answers on sensitive topics: kept back, released or declined, by a supervisor and once."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from api.access.models import Role
from api.container import Container
from assistant.answer_status import AnswerStatus
from assistant.errors import InvalidTopics, UnknownAnswer
from assistant.handoff.errors import AlreadyDecided
from assistant.handoff.models import Speaker
from assistant.models import AnswerRecord
from assistant.sensitive_topics import TOPICS_FILE, load_sensitive_topics
from tests.factories import an_answer, an_answer_record
from tests.fakes.containers import NOW, a_container
from tests.staff_clients import a_staff_client, a_staff_member


@pytest.fixture
def container() -> Container:
    return a_container()


def a_held_answer(container: Container) -> AnswerRecord:
    record = an_answer_record("a-held", "c-1", answer=an_answer(AnswerStatus.AWAITING_RELEASE), asked_at=NOW)
    held = replace(record, withheld=an_answer(AnswerStatus.ANSWERED))
    container.conversations.save(held)
    return held


def test_a_released_answer_is_the_answer_and_is_said_in_the_hand_over(container: Container) -> None:
    held = a_held_answer(container)
    ticket = container.handoffs.request("c-1", "a-held", "敏感事项", None)
    released = container.releases.release("a-held", "zhang.san")
    assert released.answer == held.withheld
    assert released.release
    assert released.release.by == "zhang.san"
    said = container.handoffs.transcript(ticket.handoff.id).messages[-1]
    assert said.speaker is Speaker.OPERATOR
    assert held.withheld is not None
    assert said.text.startswith(held.withheld.text)
    assert container.releases.waiting() == ()


def test_a_declined_answer_is_never_said(container: Container) -> None:
    a_held_answer(container)
    ticket = container.handoffs.request("c-1", "a-held", "敏感事项", None)
    declined = container.releases.decline("a-held", "zhang.san", "依据已过时")
    assert declined.answer.status is AnswerStatus.AWAITING_RELEASE
    assert declined.withheld is None
    assert declined.release
    assert declined.release.reason == "依据已过时"
    assert all(message.speaker is not Speaker.OPERATOR for message in container.handoffs.transcript(ticket.handoff.id).messages)


def test_it_is_decided_once(container: Container) -> None:
    a_held_answer(container)
    container.releases.release("a-held", "zhang.san")
    with pytest.raises(AlreadyDecided):
        container.releases.decline("a-held", "li.si", "不同意")
    with pytest.raises(UnknownAnswer):
        container.releases.release("nowhere", "li.si")


def test_release_needs_no_open_hand_over(container: Container) -> None:
    a_held_answer(container)
    assert container.releases.release("a-held", "zhang.san").answer.status is AnswerStatus.ANSWERED


def test_a_supervisor_reads_the_draft_and_releases_it_on_the_page(container: Container) -> None:
    held = a_held_answer(container)
    client = a_staff_client(container, a_staff_member(container, Role.SUPERVISOR))
    assert held.withheld is not None
    assert held.withheld.text in client.get("/desk/supervision").text
    assert client.post("/desk/supervision/answers/a-held/release").status_code == 303
    again = client.post("/desk/supervision/answers/a-held/release")
    assert again.status_code == 409
    assert "已经有人处理过" in again.text
    assert any(event.action == "answer_released" for event in container.audit.events())


def test_an_operator_may_not_release(container: Container) -> None:
    a_held_answer(container)
    client = a_staff_client(container, a_staff_member(container, Role.OPERATOR))
    assert client.post("/desk/supervision/answers/a-held/release").status_code == 403
    assert container.releases.waiting()


def test_every_shipped_topic_is_touched_by_each_of_its_words() -> None:
    topics = load_sensitive_topics(TOPICS_FILE)
    for topic in topics.topics:
        assert all(topics.of(f"请问{word}怎么办") == topic.name for word in topic.words)
    assert topics.of("居住证怎么办") == ""


@pytest.mark.parametrize("text", ["[[topic]]\nname='一'", "[[topic]\n"])
def test_a_faulty_file_of_topics_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "topics.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InvalidTopics):
        load_sensitive_topics(path)


def test_an_empty_file_switches_the_release_off(tmp_path: Path) -> None:
    path = tmp_path / "topics.toml"
    path.write_text("", encoding="utf-8")
    assert load_sensitive_topics(path).of("拆迁补偿标准") == ""
