"""How a trial under load counts: what is lost, tried again, turned away or answered otherwise than before."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import httpx
import pytest

from evaluation.golden_files import load_golden
from evaluation.trials.citizens import Citizens, Patience
from evaluation.trials.errands import Errand, Step, errands_of, said_in
from evaluation.trials.nginx_front import sent_again
from evaluation.trials.tally import Attempt, Request, broken_after, percentile, recovered_s, tally

QUESTION = Errand("g-1", (Step("g-1", "POST", "/api/v1/chat", {"message": "居住证怎么办？"}),))
ANSWER = {"status": "answered", "citations": [{"document_id": "a", "edition": 1, "provision": "第一条"}], "answer_id": "1"}


def a_request(*statuses: int, errand: str = "g-1", said: str = "same", begun_s: float = 0.0) -> Request:
    """One attempt a second, each taking half of it."""
    attempts = [Attempt(begun_s + place, begun_s + place + 0.5, status, 1.0) for place, status in enumerate(statuses)]
    return Request(errand, tuple(attempts), said if statuses[-1] == 200 else "")


def test_what_was_never_answered_is_lost_and_what_was_asked_again_is_not() -> None:
    counted = tally([a_request(200), a_request(0, 200), a_request(503, 503)], lambda _: True)
    assert (counted["asked"], counted["answered"], counted["lost"], counted["tried_again"]) == (3, 2, 1, 2)
    assert counted["attempts"] == {"broken": 1, "200": 2, "503": 2}


def test_another_answer_than_before_is_counted_and_a_lost_one_is_not_wrong() -> None:
    asked = [a_request(200), a_request(200, said="other"), a_request(503)]
    assert tally(asked, lambda request: request.said == "same")["wrong"] == 1


def test_the_time_of_a_person_holds_the_waiting_and_that_of_an_admitted_request_does_not() -> None:
    counted = tally([a_request(503, 200)], lambda _: True)
    assert counted["answered_ms"] == {"p50": 1500.0, "p95": 1500.0, "max": 1500.0}
    assert counted["admitted_ms"] == counted["refused_ms"] == {"p50": 500.0, "p95": 500.0, "max": 500.0}


def test_percentiles_are_values_that_occurred() -> None:
    assert [percentile([5, 1, 4, 2, 3], share) for share in (0.5, 0.95, 0.01)] == [3, 5, 1]
    assert percentile([], 0.5) is None


def test_only_what_was_under_way_may_break_when_a_process_dies() -> None:
    under_way, sent_to_the_dead = a_request(0, 200, begun_s=9.8), a_request(502, 200, begun_s=10.2)
    assert broken_after([under_way], 10.0) == 0
    assert broken_after([under_way, sent_to_the_dead], 10.0) == 1


def test_recovered_is_when_the_last_refusal_ended() -> None:
    asked = [a_request(503, 503, 200, begun_s=10.0), a_request(200, begun_s=30.0), a_request(503, begun_s=90.0)]
    assert recovered_s(asked, from_s=9.0, to_s=60.0, back_s=11.0) == 0.5
    assert recovered_s([a_request(200)], 0.0, 60.0, 11.0) == 0.0


@pytest.mark.parametrize(
    ("changed", "same"),
    [
        ({"text": "别的说法", "answer_id": "2"}, True),
        ({"status": "no_evidence"}, False),
        ({"citations": [{"document_id": "a", "edition": 2, "provision": "第一条"}]}, False),
        ({"citations": []}, False),
    ],
)
def test_answers_are_the_same_where_they_end_alike_and_cite_the_same(changed: dict[str, object], same: bool) -> None:
    assert (said_in(ANSWER) == said_in(ANSWER | changed)) is same


def test_errands_are_questions_conversations_and_searches_and_always_the_same() -> None:
    golden = load_golden()
    errands = errands_of(golden, 100)
    kinds = {"search": 0, "turns": 0, "question": 0}
    for errand in errands:
        kinds["search" if errand.steps[0].method == "GET" else "turns" if len(errand.steps) > 1 else "question"] += 1
    assert kinds == {"question": 70, "turns": 10, "search": 20}
    assert errands == errands_of(golden, 100)
    names = [step.name for errand in errands for step in errand.steps]
    assert len(set(names)) == len(names)


def played(answer: Callable[[int], httpx.Response], patience: Patience, monkeypatch: pytest.MonkeyPatch) -> tuple[Request, list[float]]:
    """One question to a service that answers its attempts one after the other; and how long the citizen waited between them."""
    waits, asked = [], 0

    def respond(_request: httpx.Request) -> httpx.Response:
        nonlocal asked
        asked += 1
        return answer(asked)

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    async def play() -> Request:
        async with httpx.AsyncClient(base_url="http://test", transport=httpx.MockTransport(respond)) as client:
            citizens = Citizens(client, lambda: float(asked), patience)
            await citizens.run(QUESTION)
            return citizens.requests[0]

    monkeypatch.setattr("evaluation.trials.citizens.asyncio.sleep", sleep)
    return asyncio.run(play()), waits


def test_a_citizen_waits_as_told_and_asks_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def answer(number: int) -> httpx.Response:
        return httpx.Response(200, json=ANSWER) if number == 3 else httpx.Response(503, headers={"Retry-After": "7"})

    request, waits = played(answer, Patience(), monkeypatch)
    assert ([attempt.status for attempt in request.attempts], waits, request.answer_id) == ([503, 503, 200], [7.0, 7.0], "1")
    assert request.said == said_in(ANSWER)


def test_a_citizen_asks_again_where_the_connection_broke(monkeypatch: pytest.MonkeyPatch) -> None:
    def answer(number: int) -> httpx.Response:
        if number == 1:
            raise httpx.RemoteProtocolError("gone")
        return httpx.Response(200, json=ANSWER)

    request, _ = played(answer, Patience(), monkeypatch)
    assert [attempt.status for attempt in request.attempts] == [0, 200]


@pytest.mark.parametrize("refusal", [httpx.Response(503), httpx.Response(500, headers={"Retry-After": "1"})])
def test_nobody_asks_again_who_was_not_told_to(refusal: httpx.Response, monkeypatch: pytest.MonkeyPatch) -> None:
    request, waits = played(lambda _: refusal, Patience(), monkeypatch)
    assert (len(request.attempts), request.answered, waits) == (1, False, [])


def test_nobody_asks_twice_without_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    refused = httpx.Response(503, headers={"Retry-After": "1"})
    assert len(played(lambda _: refused, Patience(gives_up_s=0.0), monkeypatch)[0].attempts) == 1


def test_what_nginx_sent_again_is_told_apart_by_whether_somebody_had_taken_it() -> None:
    lines = [
        '{"upstream": "127.0.0.1:1", "upstream_seconds": "0.400"}',
        '{"upstream": "127.0.0.1:1, 127.0.0.1:2", "upstream_seconds": "0.000, 0.400"}',
        '{"upstream": "127.0.0.1:1, 127.0.0.1:2", "upstream_seconds": "0.731, 0.400"}',
        '{"upstream": "-", "upstream_seconds": "-"}',
    ]
    assert sent_again(lines) == {"broken": 1, "not_connected": 1}
