"""A whole run of the real application with personal data put in wherever citizens can: none of it stays anywhere, none goes out."""

from __future__ import annotations

import io
import logging
import socket
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from functools import partial
from urllib.parse import quote

import pytest
import structlog
from fastapi.testclient import TestClient
from httpx import Response
from pydantic import SecretStr

from api.access.models import Role
from api.app import create_app
from api.container import build_container
from api.logs import configure_logs
from api.settings import Settings
from evaluation.privacy_probes import generate_probes
from tests.acceptance import desk_work
from tests.acceptance.personal_traces import Outgoing, files_under, forms_of, traces, values_of
from tests.acceptance.webhook_receiver import a_receiver
from tests.demonstration import Home
from tests.staff_clients import a_staff_client, a_staff_member

STREAM = {"Accept": "text/event-stream"}
TOGETHER = 8
WEBHOOK_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def ask(client: TestClient, text: str) -> list[Response]:
    return [client.post("/api/v1/chat", json={"message": text})]


def ask_streamed(client: TestClient, text: str) -> list[Response]:
    return [client.post("/api/v1/chat", json={"message": text}, headers=STREAM)]


def ask_again(client: TestClient, text: str) -> list[Response]:
    first = client.post("/api/v1/chat", json={"message": "居住证怎么办？"})
    follow_up = {"message": f"那要多少钱？{text}", "conversation_id": first.json()["conversation_id"]}
    return [first, client.post("/api/v1/chat", json=follow_up)]


def ask_for_an_emergency(client: TestClient, text: str) -> list[Response]:
    """Endings before any search are kept as well."""
    return [client.post("/api/v1/chat", json={"message": f"着火了！{text}"})]


def ask_on_the_page(client: TestClient, text: str) -> list[Response]:
    return [client.post("/ask", data={"message": text})]


def ask_on_the_page_streamed(client: TestClient, text: str) -> list[Response]:
    return [client.post("/ask", data={"message": text}, headers=STREAM)]


def comment(client: TestClient, text: str) -> list[Response]:
    answer = client.post("/api/v1/chat", json={"message": "居住证怎么办？"})
    address = f"/api/v1/answers/{answer.json()['answer_id']}/feedback"
    return [answer, client.post(address, json={"kind": "not_helpful", "comment": text})]


def comment_on_the_page(client: TestClient, text: str) -> list[Response]:
    answer = client.post("/api/v1/chat", json={"message": "居住证怎么办？"})
    address = f"/answers/{answer.json()['answer_id']}/feedback"
    return [answer, client.post(address, data={"kind": "helpful", "comment": text})]


def say_to_a_person(client: TestClient, text: str) -> list[Response]:
    answer = client.post("/api/v1/chat", json={"message": text})
    opened = client.post(f"/answers/{answer.json()['answer_id']}/handoff")
    page = opened.url.path
    said = client.post(f"{page}/messages", data={"text": text})
    client.post(f"{page}/end")
    return [answer, opened, said, client.post(f"{page}/rating", data={"satisfaction": "satisfied", "comment": text})]


def search(client: TestClient, text: str) -> list[Response]:
    return [client.get("/api/v1/search", params={"q": text})]


# Add here whatever takes in words of citizens: (client, text) -> the responses, which must have succeeded.
ENTRY_POINTS: Sequence[Callable[[TestClient, str], list[Response]]] = (
    ask,
    ask_streamed,
    ask_again,
    ask_for_an_emergency,
    ask_on_the_page,
    ask_on_the_page_streamed,
    comment,
    comment_on_the_page,
    say_to_a_person,
    search,
    *desk_work.BY_CITIZENS,
)


def with_wrong_input(client: TestClient, text: str) -> None:
    """Refused requests are logged too."""
    client.post("/api/v1/chat", json={"message": "居住证", "region": text})
    client.post("/api/v1/chat", json={"message": "居住证", text: text})
    client.post("/api/v1/chat", content=text.encode())
    client.get(f"/api/v1/policies/{quote(text)}")
    client.get("/", params={"answer": text})
    client.post(f"/api/v1/answers/{quote(text)}/feedback", json={"kind": "helpful", "comment": text})
    client.post("/requests", data={"request_type": "complaint", "content": text, "jurisdiction": text[:40]})
    client.post("/api/v1/orders", json={"request_type": text[:20], "content": text, "region": text})
    client.post("/progress", data={"number": text[:40], "suffix": text[:20]})
    client.get("/healthz", headers={"X-Request-ID": desk_work.PHONE})


@dataclass(frozen=True)
class WholeRun:
    """What the run left: changed files of ZHENGWEN_HOME, log lines, bytes sent, the page of metrics, refused requests, webhooks.

    `exported` are the list of orders in every form it can be taken away in.
    """

    values: tuple[str, ...]
    files: dict[str, bytes]
    logs: bytes
    sent: bytes
    metrics: bytes
    refused: list[str]
    webhooks: list[bytes]
    exported: dict[str, bytes]


def messages() -> tuple[list[str], tuple[str, ...]]:
    """One probe of every kind and shape, several in a message; and the values in them."""
    by_label = {probe.label: probe for probe in generate_probes() if len(probe.values) == 1}
    probes = list(by_label.values())
    groups = [probes[start : start + TOGETHER] for start in range(0, len(probes), TOGETHER)]
    return ["。".join(probe.text for probe in group) for group in groups], tuple(value for probe in probes for value in values_of(probe))


@pytest.fixture(scope="module")
def run(demonstration: Home) -> Iterator[WholeRun]:
    before = files_under(demonstration.path)
    texts, drawn = messages()
    drawn += desk_work.CONTACT_VALUES
    known = {value for _, value in traces(drawn, before)}
    said = io.StringIO()
    with (
        pytest.MonkeyPatch.context() as patch,
        redirect_stderr(said),
        redirect_stdout(said),
        _library_logs(said),
        a_receiver() as receiver,
    ):
        outgoing = Outgoing(patch)
        configure_logs("debug")
        container = build_container(_settings(demonstration, receiver.address))
        with TestClient(create_app(container)) as client:
            responses = []
            for number, text in enumerate(texts):
                # Each message from an address of its own: nobody may register that much.
                citizen = TestClient(client.app, client=(f"10.0.0.{number}", 50000))
                responses += [response for enter in ENTRY_POINTS for response in enter(citizen, text)]
                with_wrong_input(citizen, text)
            staff = a_staff_client(container, a_staff_member(container, Role.OPERATOR, Role.SUPERVISOR))
            responses += [response for text in texts for enter in desk_work.BY_STAFF for response in enter(staff, text)]
            while container.courier and container.courier.deliver_due():
                continue
            exported = {suffix: staff.get(f"/desk/orders/export.{suffix}?show=open").content for suffix in container.exporters}
            yield WholeRun(
                values=tuple(value for value in drawn if value not in known),
                # What is as it was before holds nothing of this run; the index alone is tens of megabytes.
                files={path: content for path, content in files_under(demonstration.path).items() if before.get(path) != content},
                logs=said.getvalue().encode(),
                sent=bytes(outgoing.sent),
                metrics=client.get("/metrics").content,
                refused=[f"{one.status_code} {one.request.url.path}" for one in responses if one.status_code >= 400],
                webhooks=receiver.bodies,
                exported=exported,
            )
    structlog.reset_defaults()


def _settings(home: Home, webhook: str) -> Settings:
    """Whenever the test runs, people are there to be talked to; webhooks are sent when the test says so."""
    changes = {"service_hours": "每天 0:00-24:00", "jobs": "off", "webhook_urls": webhook, "webhook_secret": SecretStr(WEBHOOK_SECRET)}
    return home.settings().model_copy(update=changes)


def _unpacked(exported: dict[str, bytes]) -> Iterator[tuple[str, str, bytes]]:
    for suffix, content in exported.items():
        if suffix != "xlsx":
            yield suffix, "", content
            continue
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            yield from ((suffix, name, book.read(name)) for name in book.namelist())


class _library_logs:  # noqa: N801 - used as a context, like those of the standard library
    """Log lines of all libraries at every level, but for those of the test's own client."""

    def __init__(self, stream: io.StringIO) -> None:
        self.handler = logging.StreamHandler(stream)
        self.handler.addFilter(lambda record: not record.name.startswith(("httpx", "httpcore")))

    def __enter__(self) -> None:
        root = logging.getLogger()
        self.level = root.level
        root.addHandler(self.handler)
        root.setLevel(logging.DEBUG)

    def __exit__(self, *_: object) -> None:
        logging.getLogger().removeHandler(self.handler)
        logging.getLogger().setLevel(self.level)


@pytest.mark.model
def test_the_run_took_everything_in_and_left_records_and_log_lines(run: WholeRun) -> None:
    assert run.refused == []
    assert len(run.values) >= 40
    assert len(run.logs.splitlines()) > 100
    assert b"zhengwen_answers_total" in run.metrics
    assert any("【身份证号】".encode() in content for content in run.files.values())
    assert len(run.webhooks) > 50
    assert all("【".encode() in content for content in run.exported.values() if not content.startswith(b"PK"))


@pytest.mark.model
def test_no_personal_value_stays_in_any_file(run: WholeRun) -> None:
    assert traces(run.values, run.files) == set()


@pytest.mark.model
def test_no_personal_value_is_logged_or_measured(run: WholeRun) -> None:
    assert traces(run.values, {"logs": run.logs, "metrics": run.metrics}) == set()


@pytest.mark.model
def test_no_personal_value_goes_out(run: WholeRun) -> None:
    assert traces(run.values, {"sent": run.sent}) == set()


@pytest.mark.model
def test_no_personal_value_reaches_other_systems(run: WholeRun) -> None:
    assert traces(run.values, {str(number): body for number, body in enumerate(run.webhooks)}) == set()
    assert traces(run.values, {f"{suffix} {name}": content for suffix, name, content in _unpacked(run.exported)}) == set()


@pytest.mark.parametrize("written", ["13800001234", "１３８００００１２３４", r"{\"to\": \"\u5f20\u4f1f\"}", "%E5%BC%A0%E4%BC%9F"])
def test_a_value_is_recognised_however_it_is_written(written: str) -> None:
    values = ("张伟", "138-0000-1234")
    found = partial(traces, values)
    assert found({"file": b"nothing"}) == set()
    assert found({"file": written.encode()}) != set()


def test_what_is_sent_over_a_socket_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    outgoing = Outgoing(monkeypatch)
    here, there = socket.socketpair()
    with here, there:
        here.sendall("手机13800001234".encode())
    assert any(form in outgoing.sent for form in forms_of("13800001234"))
