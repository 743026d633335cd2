"""This installation's models as a service: OpenAI's /v1/embeddings, for other processes of Zhengwen and any client that speaks it."""

from __future__ import annotations

import base64
import hmac
import os
from collections.abc import Sequence
from typing import Annotated, Any, Literal

import numpy as np
import orjson
import structlog
from anyio import CapacityLimiter, to_thread
from fastapi import FastAPI, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field, ValidationError

from api.logs import where
from indexing.offered_models import PASSAGE, QUERY, OfferedModel, embed_marked, offered_models
from indexing.ports import Embedder, Vectors

log = structlog.get_logger()

_BODY_BYTES = 8 << 20
_TEXTS = 2048
# One batch fills all cores by itself; questions have seats of their own and never wait behind an index that is being built.
_BATCHES = 1
_WAITING = {True: 256, False: 8}
_RETRY_AFTER_S = "1"


class EmbeddingRequest(BaseModel):
    """As OpenAI lays down, without tokens in place of text; `dimensions`, `user` and what else there may be is left aside."""

    model: str
    input: Annotated[str, Field(min_length=1)] | Annotated[list[str], Field(min_length=1, max_length=_TEXTS)]
    encoding_format: Literal["float", "base64"] = "float"

    @property
    def texts(self) -> list[str]:
        return [self.input] if isinstance(self.input, str) else self.input


class Refused(Exception):
    """`message` is a Chinese sentence."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class EmbeddingRoom:
    """Seats for questions and for batches; who would wait too long is sent away at once."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._seats = {True: CapacityLimiter(os.cpu_count() or 1), False: CapacityLimiter(_BATCHES)}

    async def vectors(self, texts: Sequence[str]) -> Vectors:
        """Raises Refused."""
        alone = len(texts) == 1
        seats = self._seats[alone]
        if seats.available_tokens <= 0 and seats.statistics().tasks_waiting >= _WAITING[alone]:
            raise Refused(503, "正在排队的请求太多，请稍后再试。")
        return await to_thread.run_sync(embed_marked, self._embedder, texts, limiter=seats)


def create_embedding_app(embedder: Embedder, key: str = "") -> FastAPI:
    """`key`: what callers must show as a bearer token; "" for none."""
    app = FastAPI(title="政问向量服务", docs_url=None, redoc_url=None, openapi_url=None)
    models, room = {model.name: model for model in offered_models(embedder)}, EmbeddingRoom(embedder)

    @app.get("/healthz")
    async def alive() -> Response:
        return _json({"status": "ok"})

    @app.get("/v1/models")
    async def list_models(request: Request) -> Response:
        _check_key(request, key)
        return _json({"object": "list", "data": [_entry(model) for model in models.values()]})

    @app.post("/v1/embeddings")
    async def embed(request: Request) -> Response:
        _check_key(request, key)
        asked = await _read(request)
        model = models.get(asked.model)
        if model is None:
            raise Refused(404, f"没有模型“{asked.model}”。现有：{'、'.join(models)}。")
        rows = (await room.vectors(asked.texts))[:, model.columns]
        return _json(_answer(model, rows, asked))

    @app.exception_handler(Refused)
    async def refused(_request: Request, error: Refused) -> Response:
        return _problem(error.status, str(error))

    @app.exception_handler(Exception)
    async def failed(_request: Request, error: Exception) -> Response:
        log.error("embedding_failed", error=where(error))
        return _problem(500, "向量没有算出来，请查看向量服务的日志。")

    return app


def _check_key(request: Request, key: str) -> None:
    shown = request.headers.get("authorization", "").removeprefix("Bearer ")
    if key and not hmac.compare_digest(shown.encode(), key.encode()):
        raise Refused(401, "密钥不对。请在请求头 Authorization 里写 Bearer 和密钥。")


async def _read(request: Request) -> EmbeddingRequest:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > _BODY_BYTES:
            raise Refused(413, f"请求体超过 {_BODY_BYTES >> 20} MB，请分批发送。")
    try:
        return EmbeddingRequest.model_validate_json(bytes(body))
    except ValidationError as error:
        raise Refused(422, f"请求不对：应有 model 和 input（一段文字，或至多 {_TEXTS} 段文字的列表，不能是词元编号）。") from error


def _entry(model: OfferedModel) -> dict[str, Any]:
    """What other processes of Zhengwen go by stands beside what OpenAI lays down."""
    own = {"fingerprint": model.fingerprint, "dimension": model.dimension, "prefixes": {"query": QUERY, "passage": PASSAGE}}
    return {"id": model.name, "object": "model", "created": 0, "owned_by": "zhengwen", **own}


def _answer(model: OfferedModel, rows: Vectors, asked: EmbeddingRequest) -> dict[str, Any]:
    vectors = np.ascontiguousarray(rows, "<f4")
    shown = [base64.b64encode(row.tobytes()).decode() for row in vectors] if asked.encoding_format == "base64" else vectors
    characters = sum(map(len, asked.texts))
    return {
        "object": "list",
        "model": model.name,
        "system_fingerprint": model.fingerprint,
        "data": [{"object": "embedding", "index": place, "embedding": vector} for place, vector in enumerate(shown)],
        "usage": {"prompt_tokens": characters, "total_tokens": characters},
    }


def _json(content: dict[str, Any], status: int = 200) -> Response:
    return Response(orjson.dumps(content, option=orjson.OPT_SERIALIZE_NUMPY), status, media_type="application/json")


def _problem(status: int, message: str) -> Response:
    kind = "server_error" if status >= 500 else "invalid_request_error"
    response = _json({"error": {"message": message, "type": kind, "param": None, "code": None}}, status)
    if status == 503:
        response.headers["Retry-After"] = _RETRY_AFTER_S
    return response
