"""Replaying the answer to a message with several questions: every search is repeated, not the first one alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from api.replay import Repetition, replay
from assistant.models import SearchTrace
from tests.assistant.in_memory import Counter, a_counter
from tests.factories import a_revision
from tests.fakes.containers import a_container

TEXT = "第一条 申领居住证，应当提交身份证明和居住地址证明。\n第二条 本办法自2024年1月1日起施行。\n"
QUESTION = "申领居住证应当提交什么材料？另外，火星移民的飞船怎么申请？"


def repeated(counter: Counter, *further: SearchTrace) -> Repetition:
    container = a_container(snapshot_id="memory")
    index = replace(container.index, searcher_of=lambda _name: counter.assistant.finder.searcher)
    console = replace(container, conversations=counter.conversations, index=index, assistant=lambda: counter.assistant)
    record = counter.ask(QUESTION)
    return replay(console, replace(record, further_searches=further or record.further_searches)).repetition


def a_text_on_residence() -> Counter:
    return a_counter([a_revision(text=TEXT, effective_on=date(2024, 1, 1))])


def test_where_every_search_gives_the_same_the_answer_can_be_repeated() -> None:
    assert repeated(a_text_on_residence()) is Repetition.SAME


def test_a_second_search_that_gives_something_else_is_noticed() -> None:
    counter = a_text_on_residence()
    (second,) = counter.ask(QUESTION).further_searches
    moved = tuple(replace(passage, score=passage.score + 0.5) for passage in second.ranked)
    assert moved
    assert repeated(counter, replace(second, ranked=moved)) is Repetition.DIFFERENT
