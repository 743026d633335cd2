"""The search tester: a question as a citizen would ask it, and every step towards its answer. Nothing of it is kept."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse

from api.asking import build_question
from api.container import Container
from api.dependencies import UsedContainer
from api.error_statuses import status_of
from api.pages.admin.console import ConsoleReader, admin_page
from api.pages.admin.search_ranking import rank_passages
from assistant.models import AnswerRecord
from indexing.errors import IndexingError
from indexing.models import RankingMode
from knowledge_base.errors import UnknownRegion

router = APIRouter(include_in_schema=False)
_PAGE = "/admin/search"
ORDERS = {RankingMode.DEFAULT: "综合", RankingMode.LEXICAL: "关键词", RankingMode.VECTOR: "语义"}
STEPS = {
    "privacy_screen": "遮盖个人信息",
    "safety_screen": "安全检查",
    "intent_screen": "判断意图",
    "rewriter": "理解问题",
    "evidence_finder": "检索并筛选依据",
    "absence_explainer": "说明没有的原因",
    "composer": "组织答复",
    "checker": "核对答复",
}


@router.get(_PAGE)
def show_tester(request: Request, _reader: ConsoleReader) -> HTMLResponse:
    return _page(request, _asked("", "", "", RankingMode.DEFAULT))


@router.post(_PAGE)
def try_question(
    request: Request,
    container: UsedContainer,
    _reader: ConsoleReader,
    question: Annotated[str, Form(max_length=2000)] = "",
    region: Annotated[str, Form(max_length=60)] = "",
    day: Annotated[str, Form(max_length=10)] = "",
    order: Annotated[RankingMode, Form()] = RankingMode.DEFAULT,
) -> HTMLResponse:
    """By POST, so that no question ever stands in an address."""
    asked = _asked(container.mask(question.strip()), region.strip(), day.strip(), order)
    if not question.strip():
        return _page(request, asked | {"fault": "请先输入要测试的问题。"}, status=422)
    try:
        as_of = date.fromisoformat(day.strip()) if day.strip() else None
        posed = build_question(container, question.strip(), region=region.strip(), as_of=as_of)
    except UnknownRegion as error:
        return _page(request, asked | {"fault": str(error)}, status=422)
    except ValueError:
        return _page(request, asked | {"fault": "日期请写成 2026-11-22 这样。"}, status=422)
    record = container.assistant().tried(posed)
    try:
        ranking, fault, status = rank_passages(container, record, order), "", 200
    except IndexingError as error:
        ranking, fault, status = None, str(error), status_of(error)
    return _page(request, asked | _shown(container, record) | {"ranking": ranking, "fault": fault}, status=status)


def _asked(question: str, region: str, day: str, order: RankingMode) -> dict[str, Any]:
    return {"question": question, "region": region, "day": day, "order": order, "orders": ORDERS, "record": None, "fault": ""}


def _shown(container: Container, record: AnswerRecord) -> dict[str, Any]:
    search = record.search
    return {
        "record": record,
        "question": record.question.text,
        "place": container.place_name(search.jurisdiction if search else record.question.jurisdiction),
        "as_of": search.as_of if search else record.question.as_of,
        "steps": [(STEPS.get(name, name), ms) for name, ms in record.timings_ms.items()],
    }


def _page(request: Request, facts: dict[str, Any], status: int = 200) -> HTMLResponse:
    return admin_page(request, "search.html", facts, status=status, styles=("admin-search",))
