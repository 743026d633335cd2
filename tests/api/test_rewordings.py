"""Text of a language model over HTTP: in JSON, as events and on the page, always with its label, and never in the way of the quotes."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import pytest
from fastapi.testclient import TestClient
from selectolax.lexbor import LexborHTMLParser as Page
from sqlalchemy import Engine
from structlog.testing import capture_logs

from api.app import create_app
from api.container import Container
from api.settings import Settings
from api.wiring.language_model import rewording_on
from assistant.adapters.sql import prepare_conversations
from assistant.errors import GenerationFailed
from assistant.ports import AnswerGenerator
from tests.api.test_chat import events
from tests.assistant.generation.rewordings import a_rewording
from tests.fakes.answer_generator import ScriptedGenerator, as_lines
from tests.fakes.containers import NOW, a_container
from tests.fakes.embedder import FakeEmbedder

SENTENCE = "您申领居住证需要提交身份证明和居住地址证明。"
LIE = "您申领居住证不需要提交身份证明和居住地址证明。"
STREAM = {"Accept": "text/event-stream"}
QUESTION = {"message": "居住证怎么办？"}


def with_model(generator: AnswerGenerator) -> Container:
    container = a_container(llm_provider="示范市政务服务数据管理局")
    rewording, _ = a_rewording(generator, conversations=container.conversations)  # type: ignore[arg-type]  # in memory
    return replace(container, rewording=lambda: rewording)


def honest() -> ScriptedGenerator:
    return ScriptedGenerator(as_lines([(LIE, [1]), (SENTENCE, [1])]))


@pytest.fixture
def container() -> Container:
    return with_model(honest())


@pytest.fixture
def client(container: Container) -> TestClient:
    return TestClient(create_app(container), follow_redirects=False)


def test_json_says_what_was_generated_and_carries_the_mark(client: TestClient) -> None:
    answer = client.post("/api/v1/chat", json=QUESTION).json()
    block = answer["blocks"][0]
    assert (block["kind"], block["lines"], block["line_citations"]) == ("generated", [SENTENCE], [[1]])
    assert answer["contains_generated"] is True
    assert answer["AIGC"]["Label"] == "1"
    assert answer["AIGC"]["ContentProducer"] == "示范市政务服务数据管理局"
    assert answer["AIGC"]["ProduceID"] == answer["answer_id"]
    assert answer["text"].startswith("人工智能生成")
    assert answer["citations"][0]["quote"] in answer["text"]


def test_an_answer_of_quotes_alone_carries_no_mark() -> None:
    answer = TestClient(create_app(a_container())).post("/api/v1/chat", json=QUESTION).json()
    assert (answer["contains_generated"], answer["AIGC"]) == (False, None)


def test_events_give_the_quotes_first(client: TestClient) -> None:
    received = events(client.post("/api/v1/chat", json=QUESTION, headers=STREAM).text)
    names = [name for name, _ in received]
    assert names[:3] == ["status", "block", "citations"]
    assert set(names[3:-1]) == {"generated"}
    assert received[-2][1]["lines"] == [SENTENCE]  # type: ignore[index]  # JSON
    assert received[-1][1]["contains_generated"] is True  # type: ignore[index]  # JSON
    assert LIE not in str(received)


@pytest.mark.parametrize("generator", [ScriptedGenerator(as_lines([(LIE, [1])])), ScriptedGenerator("", GenerationFailed("timed_out"))])
def test_where_nothing_passes_the_answer_is_the_one_without_a_model(generator: AnswerGenerator) -> None:
    container = with_model(generator)
    received = events(TestClient(create_app(container)).post("/api/v1/chat", json=QUESTION, headers=STREAM).text)
    assert [name for name, _ in received] == ["status", "block", "citations", "done"]
    assert container.conversations.get("a-1").generation is not None  # type: ignore[union-attr]  # it was kept


def test_the_page_without_javascript_shows_the_label_the_sentence_and_the_quote(client: TestClient) -> None:
    address = client.post("/ask", data=QUESTION).headers["location"]
    page = Page(client.get(address).text)
    generated = page.css_first(".block--generated")
    assert "人工智能生成" in generated.css_first(".generated__label").text()
    assert SENTENCE in generated.css_first(".generated__line").text()
    assert generated.css_first("a.note-ref").attributes["href"] == "#note-a-1-1"
    assert page.css_first(".answer > :first-child").attributes["class"] == "block block--generated"
    assert page.css_first("blockquote")


def test_the_page_gets_the_whole_answer_before_anything_generated(client: TestClient) -> None:
    text = client.post("/ask", data=QUESTION, headers=STREAM).text.replace("\r\n", "\n")
    received = [(event.split("\n")[0].removeprefix("event: "), event) for event in text.strip().split("\n\n") if event.startswith("event")]
    names = [name for name, _ in received]
    assert names[-2:] == ["generated", "generated"]
    assert "generated" not in names[: names.index("done") + 1]
    assert "正在由人工智能整理" in next(event for name, event in received if name == "done").encode().decode()
    assert SENTENCE in json.loads(received[-1][1].split("data: ", 1)[1])["html"]
    assert LIE not in text


def test_what_came_of_it_is_counted(client: TestClient, container: Container) -> None:
    client.post("/api/v1/chat", json=QUESTION)
    page = container.metrics.page().decode()
    assert 'zhengwen_rewordings_total{outcome="used"} 1.0' in page
    assert 'zhengwen_generated_sentences_total{fate="shown"} 1.0' in page
    assert 'zhengwen_generated_sentences_total{fate="dropped"} 1.0' in page


def test_a_model_that_raises_leaves_the_answer() -> None:
    def broken(_: object) -> str:
        raise RuntimeError

    answer = TestClient(create_app(with_model(ScriptedGenerator(broken)))).post("/api/v1/chat", json=QUESTION)
    assert answer.status_code == 200
    assert answer.json()["contains_generated"] is False


Wire = Callable[..., object]


@pytest.fixture
def wire(sqlite_engine: Engine) -> Wire:
    prepare_conversations(sqlite_engine)
    container = a_container()

    def make(**settings: object) -> object:
        used = Settings(_env_file=None, **settings)  # type: ignore[arg-type, call-arg]  # settings by name
        wording = with_model(honest()).rewording().wording  # type: ignore[union-attr]  # there is one
        return rewording_on(used, sqlite_engine, container.conversations, FakeEmbedder, wording, str, lambda: NOW)

    return make


def test_without_an_address_there_is_no_model(wire: Wire) -> None:
    assert wire() is None


def test_with_an_address_there_is_one(wire: Wire) -> None:
    rewording = wire(llm_url="http://127.0.0.1:9/v1", llm_model="m-1", llm_key="k-1")
    assert rewording.generator.model == "m-1"  # type: ignore[attr-defined]  # a Rewording


def test_without_the_parts_answers_are_given_in_quotes_and_the_log_says_what_to_do(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "assistant.adapters.language_model", None)
    with capture_logs() as logs:
        assert wire(llm_url="http://127.0.0.1:9/v1", llm_model="m-1") is None
    assert "zhengwen[llm]" in str(logs)


@pytest.mark.parametrize(
    "settings", [{"llm_url": "127.0.0.1:9"}, {"llm_url": "http://127.0.0.1:9/v1"}, {"llm_url": "ftp://a/v1", "llm_model": "m"}]
)
def test_an_address_without_a_name_or_of_another_kind_is_refused(settings: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"地址|名称"):
        Settings(_env_file=None, **settings)  # type: ignore[arg-type, call-arg]  # settings by name


def test_the_key_is_never_printed() -> None:
    assert "k-secret" not in repr(Settings(_env_file=None, llm_key="k-secret"))  # type: ignore[arg-type, call-arg]  # settings by name
