"""Refusals of the OpenAI-compatible interface, and the form in which that protocol says them. Knows nothing of HTTP's own errors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from assistant.errors import AssistantError

PREFIX = "/v1/"
MODEL = "zhengwen"

_TYPES = {401: "authentication_error", 403: "permission_error", 404: "not_found_error", 429: "rate_limit_error"}
# Codes that clients of the protocol know; other domain errors keep their own name.
_CODES = {
    "ApiKeyNeeded": "invalid_api_key",
    "ApiKeyRefused": "invalid_api_key",
    "ScopeMissing": "insufficient_scope",
    "UnknownModel": "model_not_found",
    "TooManyRequests": "rate_limit_exceeded",
}


class CompletionRefused(AssistantError):
    """Something was asked for that this service does not do; `param` is the field."""

    def __init__(self, message: str, param: str) -> None:
        super().__init__(message)
        self.param = param


class NotReady(AssistantError):
    """Where a citizen is told to come back. The protocol's clients come back by themselves, if it is said as an error."""


class UnknownModel(AssistantError):
    def __init__(self, name: str) -> None:
        super().__init__(
            f"没有模型“{name[:60]}”。请填写 {MODEL}，或者 {MODEL}: 加地区代码或名称，例如 {MODEL}:990102；全部名称见 /v1/models。"
        )


def openai_status(status: int) -> int:
    """The protocol knows no 422: what is filled in wrongly is a bad request."""
    return 400 if status == 422 else status


def openai_error(status: int, message: str, kind: str = "", faults: Sequence[Mapping[str, str]] = ()) -> dict[str, Any]:
    """The body of a refusal. `faults` as in a problem detail; the first names the parameter."""
    usual = "server_error" if status >= 500 else "invalid_request_error"
    param = faults[0]["field"].removeprefix("body.") if faults else None
    return {"error": {"message": message, "type": _TYPES.get(status, usual), "param": param, "code": _CODES.get(kind, kind or None)}}
