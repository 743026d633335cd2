"""The adapter against a real server: what it sends, and that no server can hold it, flood it or make it repeat itself for ever."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from assistant.adapters.language_model import Endpoint, OpenAIGenerator
from assistant.errors import GenerationFailed
from tests.fakes.language_model_server import (
    Behaviour,
    LanguageModelServer,
    bad_json,
    breaks_off,
    drips,
    fails,
    floods,
    one_endless_line,
    redirects,
    says,
    stalls,
)

MATERIAL = json.dumps({"question": "居住证怎么办？", "passages": []}, ensure_ascii=False)
Serve = Callable[..., LanguageModelServer]


@pytest.fixture
def serve() -> Iterator[Serve]:
    with ExitStack() as stack:
        yield lambda *behaviours: stack.enter_context(LanguageModelServer(*behaviours).running())


def a_generator(server: LanguageModelServer, **limits: object) -> OpenAIGenerator:
    quick = {"connect_s": 5.0, "first_s": 5.0, "total_s": 10.0, "retries": 0}
    return OpenAIGenerator(Endpoint(server.url, "m-1", "k-1", **{**quick, **limits}))  # type: ignore[arg-type]  # limits by name


def written(generator: OpenAIGenerator) -> str:
    return "".join(generator.write("写几句", MATERIAL))


def failure(generator: OpenAIGenerator) -> str:
    with pytest.raises(GenerationFailed) as caught:
        written(generator)
    return caught.value.reason


def test_pieces_come_as_the_server_sends_them(serve: Serve) -> None:
    assert list(a_generator(serve(says("第一句。第二句。", piece=4))).write("写几句", MATERIAL)) == ["第一句。", "第二句。"]


def test_nothing_leaves_but_the_instructions_and_the_material(serve: Serve) -> None:
    server = serve(says("好"))
    written(a_generator(server))
    assert server.asked[0]["messages"] == [{"role": "system", "content": "写几句"}, {"role": "user", "content": MATERIAL}]
    assert set(server.asked[0]) == {"messages", "model", "stream", "temperature", "max_tokens"}
    assert server.keys == ["Bearer k-1"]


@pytest.mark.parametrize("status", [429, 500, 503])
def test_what_may_pass_is_tried_again(serve: Serve, status: int) -> None:
    server = serve(fails(status, retry_after_ms="1"), fails(status, retry_after_ms="1"), says("好"))
    assert written(a_generator(server, retries=2)) == "好"
    assert len(server.asked) == 3


@pytest.mark.parametrize(
    ("behaviour", "reason"),
    [
        (fails(500), "unavailable"),
        (fails(401), "unavailable"),
        (fails(404), "unavailable"),
        (breaks_off("第一句"), "broken_off"),
        (bad_json, "broken_off"),
        (one_endless_line, "broken_off"),
        (stalls(), "timed_out"),
        (stalls("第一句"), "timed_out"),
        (drips, "timed_out"),
    ],
    ids=["500", "401", "404", "breaks off", "bad JSON", "endless line", "stalls", "stalls midway", "drips"],
)
def test_whatever_the_server_does_it_ends_with_a_reason(serve: Serve, behaviour: Behaviour, reason: str) -> None:
    assert failure(a_generator(serve(behaviour), first_s=0.5, total_s=1.0)) == reason


def test_a_server_that_is_not_there_is_unavailable(serve: Serve) -> None:
    server = LanguageModelServer(says("好"))
    with server.running():
        pass
    assert failure(a_generator(server)) == "unavailable"


def test_a_flood_ends_at_the_longest_text_allowed(serve: Serve) -> None:
    assert len(written(a_generator(serve(floods), max_characters=1000))) <= 1350


def test_a_redirect_is_not_followed(serve: Serve) -> None:
    elsewhere = serve(says("好"))
    assert failure(a_generator(serve(redirects(f"{elsewhere.url}/chat/completions")))) == "unavailable"
    assert elsewhere.keys == []


def test_whoever_stops_listening_hangs_up(serve: Serve) -> None:
    server = serve(floods)
    pieces = a_generator(server, max_characters=10_000_000).write("写几句", MATERIAL)
    next(pieces)
    pieces.close()  # type: ignore[attr-defined]  # a generator
    assert server.gone.wait(20)


def test_a_server_that_goes_on_failing_is_left_in_peace(serve: Serve) -> None:
    server = serve(fails(500))
    generator = a_generator(server, failures_to_rest=2, rest_s=60)
    assert [failure(generator) for _ in range(4)] == ["unavailable", "unavailable", "resting", "resting"]
    assert len(server.asked) == 2


def test_one_good_answer_forgives_earlier_failures(serve: Serve) -> None:
    server = serve(fails(500), says("好"), fails(500), says("好"))
    generator = a_generator(server, failures_to_rest=2, rest_s=60)
    assert failure(generator) == "unavailable"
    assert written(generator) == "好"
    assert failure(generator) == "unavailable"
    assert written(generator) == "好"


def test_the_key_is_not_shown() -> None:
    assert "k-1" not in repr(Endpoint("http://127.0.0.1:1/v1", "m-1", "k-1"))
