"""The JSON interface against its own OpenAPI document: no server error, no undocumented status, answers shaped as declared."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
import structlog
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import (
    content_type_conformance,
    not_a_server_error,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from api.app import create_app
from tests.fakes.containers import a_container

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
# Made-up names reach nothing: about every second one is replaced by one that exists, so that answers are looked at as well as refusals.
APP = create_app(a_container(max_request_kb=64))
KNOWN: dict[str, Any] = {
    "document_id": "d-residence",
    "region": "990102",
    "request_type": "help",
    "content": "中心路路灯不亮，请派人修理。",
    "phone": "0900-8880199",
    "message": "居住证怎么办？",
}


def what_exists() -> dict[str, Any]:
    """An answer, a hand-over with its token, an order with the digits that open it."""
    client = TestClient(APP)
    answer = client.post("/api/v1/chat", json={"message": KNOWN["message"]}).json()
    ticket = client.post("/api/v1/handoffs", json={"answer_id": answer["answer_id"]}).json()
    request = {name: KNOWN[name] for name in ("request_type", "content", "region", "phone")}
    order = client.post("/api/v1/orders", json=request | {"name": "张三"}).json()
    return {
        "answer_id": answer["answer_id"],
        "handoff_id": ticket["id"],
        "X-Handoff-Token": ticket["token"],
        "number": order["number"],
        "suffix": KNOWN["phone"][-4:],
    }


KNOWN |= what_exists()
schema = schemathesis.openapi.from_asgi("/api/openapi.json", APP)


def with_known(context: Any, fields: Any) -> Any:
    # The stream of a hand-over that exists would not end.
    if not isinstance(fields, dict) or len(str(fields)) % 2 or context.operation.path.endswith("/events"):
        return fields
    return {name: KNOWN.get(name, value) for name, value in fields.items()}


for part in ("path_parameters", "query", "headers", "body"):
    schema.hook(f"map_{part}")(with_known)


@pytest.fixture(autouse=True)
def quiet() -> None:
    """A line for each of a thousand requests takes longer than answering them."""
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory(), cache_logger_on_first_use=False)


@schema.parametrize()
@settings(
    max_examples=40, derandomize=True, deadline=None, phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck)
)
def test_every_answer_is_one_that_the_document_declares(case: schemathesis.Case) -> None:
    case.call_and_validate(checks=CHECKS)


def test_every_operation_of_the_interface_is_tried() -> None:
    operations = [operation.ok() for operation in schema.get_all_operations()]
    assert len([operation for operation in operations if operation.path.startswith("/api/v1/")]) >= 15


@pytest.mark.parametrize("text", ["\\ud800", "\\u0000", "居住\\u0000证\\udfff怎么办"])
def test_half_characters_and_zero_bytes_in_json_do_no_harm(text: str) -> None:
    body = f'{{"message": "{text}", "region": "{text}"}}'.encode()
    answer = TestClient(APP).post("/api/v1/chat", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code in {200, 422}
