"""Addresses for operators: alive, ready, metrics."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse

from api.dependencies import UsedContainer
from api.errors import RETRY_AFTER_S
from api.metric_gauges import metrics_page
from api.metrics import CONTENT_TYPE
from indexing.errors import IndexingError
from knowledge_base.errors import KnowledgeBaseError

router = APIRouter(tags=["运行状况"])


@router.get("/healthz", summary="进程是否在运行")
async def alive() -> dict[str, str]:
    return {"status": "ok"}


@router.get("/readyz", summary="是否可以回答问题", responses={503: {"description": "索引、记录、共用的 Valkey 或向量服务不可用"}})
def ready(container: UsedContainer) -> JSONResponse:
    """Ready when an index is open, and the records, the embedding service and what several processes share can be reached."""
    faults: dict[str, str] = {}
    facts: dict[str, Any] = {}
    try:
        facts["policies"] = container.documents.count()
    except KnowledgeBaseError as error:
        faults["records"] = str(error)
    try:
        facts["snapshot"] = container.answering_snapshot().snapshot_id
    except (IndexingError, KnowledgeBaseError) as error:
        faults["index"] = str(error)
    try:
        container.check_shared()
    except KnowledgeBaseError as error:
        faults["shared"] = str(error)
    try:
        container.check_embedder()
    except IndexingError as error:
        faults["embedder"] = str(error)
    if faults:
        return JSONResponse({"status": "unavailable", **faults}, 503, {"Retry-After": str(RETRY_AFTER_S)})
    return JSONResponse({"status": "ready", **facts})


@router.get("/metrics", summary="Prometheus 指标", response_class=Response)
def metrics(container: UsedContainer) -> Response:
    return Response(metrics_page(container), media_type=CONTENT_TYPE)
