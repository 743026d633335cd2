"""What surrounds the addresses: probes, metrics, problem details, headers, logs, limits."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import structlog
from fastapi.testclient import TestClient

from api.error_statuses import status_of
from api.wording import load_web_wording
from assistant.errors import UnknownAnswer
from indexing.errors import EmbedderUnavailable, NoSnapshot, RefreshInProgress
from knowledge_base.errors import RevisionConflict, StoreUnavailable, UnknownDocument, UnknownRegion

Clients = Callable[..., TestClient]


def test_the_process_is_alive_without_an_index(client_with: Clients) -> None:
    assert client_with(snapshot_id=None).get("/healthz").status_code == 200


def test_the_service_is_ready_with_an_index_and_records(client: TestClient) -> None:
    assert client.get("/readyz").json() == {"status": "ready", "policies": 3, "snapshot": "20261122-1"}


def test_the_service_is_not_ready_without_an_index_and_says_what_to_run(client_with: Clients) -> None:
    response = client_with(snapshot_id=None).get("/readyz")
    assert response.status_code == 503
    assert "zhengwen index refresh" in response.json()["index"]
    assert response.headers["Retry-After"]


def test_metrics_count_requests_by_route_and_answers_by_ending(client: TestClient) -> None:
    client.post("/api/v1/chat", json={"message": "居住证"})
    client.get("/api/v1/policies/d-residence")
    page = client.get("/metrics").text
    assert 'zhengwen_answers_total{status="answered"} 1.0' in page
    assert 'zhengwen_requests_total{method="GET",route="/api/v1/policies/{document_id}",status="200"} 1.0' in page
    assert 'zhengwen_answer_step_seconds_count{step="search"} 1.0' in page
    assert "d-residence" not in page


@pytest.mark.parametrize(
    ("method", "address", "status"),
    [("GET", "/api/v1/nope", 404), ("DELETE", "/api/v1/chat", 405), ("GET", "/api/v1/policies?page=0", 422)],
)
def test_errors_are_problem_details_in_chinese(client: TestClient, method: str, address: str, status: int) -> None:
    response = client.request(method, address)
    problem = response.json()
    assert response.status_code == problem["status"] == status
    assert response.headers["content-type"] == "application/problem+json"
    assert problem["title"] == load_web_wording().problem(status)[0]
    assert problem["request_id"] == response.headers["X-Request-ID"]
    assert problem["instance"] == address.partition("?")[0]


@pytest.mark.parametrize("chunked", [False, True])
def test_too_large_a_body_is_refused_whether_or_not_it_says_its_length(client: TestClient, chunked: bool) -> None:
    body = b'{"message": "' + b"a" * 300_000 + b'"}'
    content = (body[at : at + 50_000] for at in range(0, len(body), 50_000)) if chunked else body
    response = client.post("/api/v1/chat", content=content, headers={"Content-Type": "application/json"})
    assert response.status_code == 413
    assert "256 KB" in response.json()["detail"]


def test_what_nobody_foresaw_is_told_in_chinese_without_details(client_with: Clients) -> None:
    response = client_with(answers={"坏": RuntimeError("秘密")}).post("/api/v1/chat", json={"message": "坏"})
    assert response.status_code == 500
    assert response.headers["content-type"] == "application/problem+json"
    assert "秘密" not in response.text


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (UnknownDocument("x"), 404),
        (UnknownAnswer("x"), 404),
        (UnknownRegion("x"), 422),
        (RevisionConflict("x", 2), 409),
        (RefreshInProgress(), 409),
        (NoSnapshot(), 503),
        (EmbedderUnavailable("x", "y"), 503),
        (StoreUnavailable("x"), 503),
        (RuntimeError(), 500),
    ],
)
def test_every_domain_error_has_its_status(error: Exception, status: int) -> None:
    assert status_of(error) == status


@pytest.mark.parametrize("given", ["0af7651916cd43dd8448eb211c80319c", "F81D4FAE-7DEC-11D0-A765-00A0C91E6BF6"])
def test_a_request_id_made_by_a_program_is_taken_over(client: TestClient, given: str) -> None:
    assert client.get("/healthz", headers={"X-Request-ID": given}).headers["X-Request-ID"] == given


@pytest.mark.parametrize(
    "given",
    ["<script>alert(1)", "13800138000", "tel-13800138000", "11010519491231002X", "6222021234567890123", "zhangsan-13800138000", "1" * 32],
)
def test_a_request_id_that_could_be_somebodys_number_or_name_is_not_logged(client: TestClient, given: str) -> None:
    used = client.get("/healthz", headers={"X-Request-ID": given}).headers["X-Request-ID"]
    assert len(used) == 32
    assert used != given


@pytest.mark.parametrize("address", ["/", "/policies", "/api/v1/policies", "/nope", "/static/css/base.css"])
def test_every_response_carries_the_security_headers(client: TestClient, address: str) -> None:
    headers = client.get(address, headers={"Accept": "text/html"}).headers
    assert "script-src 'self'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"


def test_logs_never_hold_what_was_asked(client_with: Clients) -> None:
    client = client_with(answers={"坏": ValueError("坏消息：张三的病历")}, passages=())
    with structlog.testing.capture_logs() as lines:
        client.post("/api/v1/chat", json={"message": "张三的居住证"})
        client.post("/api/v1/chat", json={"message": "坏"})
        client.get("/api/v1/search?q=张三")
        client.post("/ask", data={"message": "张三的居住证"})
    assert len(lines) >= 4
    assert "张三" not in str(lines)


def test_static_files_with_their_digest_are_kept_and_others_asked_again(client: TestClient) -> None:
    address = next(line.split('"')[3] for line in client.get("/").text.splitlines() if "css/base.css" in line)
    assert "immutable" in client.get(address).headers["Cache-Control"]
    # The second is the address of another version, as pages name it while an upgrade is under way.
    for other in ("/static/css/base.css", "/static/css/base.css?v=0123456789", "/static/swagger/swagger-ui.css?v=0123456789"):
        assert client.get(other).headers["Cache-Control"] == "no-cache"


def test_the_reference_of_the_interface_needs_no_other_server(client: TestClient) -> None:
    page = client.get("/docs").text
    assert "//" not in page.replace("<!doctype html>", "")
    for address in ("/static/swagger/swagger-ui-bundle.js", "/static/swagger/swagger-ui.css", "/api/openapi.json"):
        assert client.get(address).status_code == 200


def test_the_description_of_the_interface_names_every_address(client: TestClient) -> None:
    paths = client.get("/api/openapi.json").json()["paths"]
    assert {
        "/api/v1/chat",
        "/api/v1/answers/{answer_id}/feedback",
        "/api/v1/handoffs",
        "/api/v1/handoffs/{handoff_id}",
        "/api/v1/handoffs/{handoff_id}/messages",
        "/api/v1/handoffs/{handoff_id}/end",
        "/api/v1/handoffs/{handoff_id}/rating",
        "/api/v1/handoffs/{handoff_id}/events",
        "/api/v1/orders",
        "/api/v1/orders/progress",
        "/api/v1/orders/rating",
        "/api/v1/search",
        "/api/v1/policies",
        "/api/v1/policies/{document_id}",
        "/api/v1/regions",
        "/api/v1/widget",
        "/healthz",
        "/readyz",
        "/metrics",
    } == set(paths)


def test_every_sentence_of_the_wording_file_can_be_said() -> None:
    wording = load_web_wording()
    facts = dict.fromkeys(("limit", "min_length", "max_length", "ge", "le", "expected", "region"), "1")
    for sentence in (*wording.validation.values(), *wording.steps.values(), *(detail for _, detail in wording.problems.values())):
        assert "{" not in sentence.format(**facts)
