"""答复评分: which answers to rate and what ratings come to; one answer rated sentence by sentence, and taken up as a case."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.access.guards import signed_in
from api.access.models import Account, Role
from api.container import Container
from api.dependencies import UsedContainer
from api.error_statuses import status_of
from api.errors import PageNotFound
from api.pages.admin.console import admin_page, done, note_act
from api.pages.admin.rating_view import Given, candidates, listed_views
from assistant.answer_status import AnswerStatus
from assistant.models import AnswerRecord
from assistant.ratings.errors import RatingError
from assistant.ratings.rated_case import is_right
from assistant.ratings.scores import agreement, figures_of, is_replaced, score_of

router = APIRouter(include_in_schema=False)

_PAGE = "/admin/ratings"
_STYLES = ("admin-audit", "admin-ratings")
_STANDS = {"all": "全部", "unrated": "没有人评过", "open": "我还没有评", "mine": "我评过的"}
_MOST_PROVISIONS = 20

Rater = Annotated[Account, Depends(signed_in(Role.SUPERVISOR, Role.ADMINISTRATOR))]
Reader = Annotated[Account, Depends(signed_in(Role.SUPERVISOR, Role.ADMINISTRATOR, Role.AUDITOR))]
Word = Annotated[str, Query(max_length=30)]
Labels = Annotated[list[str] | None, Form(max_length=_MOST_PROVISIONS)]


@router.get(_PAGE)
def show_ratings(
    request: Request, container: UsedContainer, reader: Reader, status: Word = "", day: Word = "", who: Word = "all"
) -> Response:
    desk, wanted, on = container.ratings, _status(status), _day(day)
    ratings = desk.recent_ratings()
    facts = {
        "views": listed_views(container, reader, desk.answers(wanted, on), who),
        "figures": figures_of(ratings, desk.rules),
        "weeks": desk.weekly(),
        "rules": desk.rules,
        "status": wanted or "",
        "day": on.isoformat() if on else "",
        "who": who if who in _STANDS else "all",
        "stands": _STANDS,
        "may_rate": _may_rate(reader),
        "may_change": _may_rate(reader),
    }
    return admin_page(request, "ratings.html", facts, styles=_STYLES)


@router.get(_PAGE + "/sample")
def pick_one(container: UsedContainer, _reader: Reader) -> RedirectResponse:
    """An answer that nobody has rated, at random."""
    record = container.ratings.unrated_at_random()
    if record is None:
        return done(_PAGE, "最近的答复都有人评过了。可以在下面选一条，再评一次以便比较。")
    return RedirectResponse(f"{_PAGE}/{record.answer_id}", 303)


@router.get(_PAGE + "/{answer_id}")
def show_answer(request: Request, container: UsedContainer, reader: Reader, answer_id: str) -> HTMLResponse:
    return _answer_page(request, container, reader, answer_id)


@router.post(_PAGE + "/{answer_id}")
async def rate(request: Request, container: UsedContainer, rater: Rater, answer_id: str) -> Response:
    """Fields "sentence-1"…, "citation-1"… and "shown" (how many there were of each): a page that is out of date is refused."""
    form = await request.form()
    given = Given.read({name: value for name, value in form.items() if isinstance(value, str)})
    try:
        rating = container.ratings.rate(answer_id, rater.name, given.sentences, given.citations, given.comment)
    except RatingError as error:
        return _answer_page(request, container, rater, answer_id, fault=error, given=given)
    score = f"{score_of(rating, container.ratings.rules):.0f}"
    note_act(request, container, rater, "answer_rated", answer_id, reason=rating.comment, after=f"{score} 分")
    return done(f"{_PAGE}/{answer_id}", f"已记下：{score} 分。可以作为用例，或者随机抽下一条。")


@router.post(_PAGE + "/{answer_id}/case")
def add_case(
    request: Request,
    container: UsedContainer,
    rater: Rater,
    answer_id: str,
    expect: Annotated[str, Form(max_length=30)] = "",
    label: Labels = None,
    others: Annotated[str, Form(max_length=2000)] = "",
) -> Response:
    """`label`: those ticked; `others`: further ones, one a line."""
    labels = [*(label or ()), *others.splitlines()]
    try:
        taken = container.ratings.take_up(answer_id, rater.name, expect, labels)
    except RatingError as error:
        return _answer_page(request, container, rater, answer_id, fault=error, chosen=(expect, label or [], others))
    note_act(request, container, rater, "answer_case_added", answer_id, after=f"{taken.case_id}：{AnswerStatus(expect).label}")
    return done(f"{_PAGE}/{answer_id}", f"已作为用例 {taken.case_id}，写进了 {container.ratings.cases.place}。")


def _answer_page(
    request: Request,
    container: Container,
    reader: Account,
    answer_id: str,
    *,
    fault: RatingError | None = None,
    given: Given | None = None,
    chosen: tuple[str, list[str], str] | None = None,
) -> HTMLResponse:
    desk, record = container.ratings, container.conversations.get(answer_id)
    if record is None or record.answer.status not in desk.rules.kinds:
        raise PageNotFound("没有这个编号的、可以评分的答复。请回到列表另选一条；超过保存期限的已经删除。")
    ratings, history = desk.store.of(answer_id), desk.store.history(answer_id)
    mine = next((rating for rating in ratings if rating.by == reader.name), None)
    facts = {
        "record": record,
        "rules": desk.rules,
        "place": container.place_name(record.question.jurisdiction),
        "sentences": desk.sentences(record),
        "given": given or Given.of(mine),
        "mine": mine,
        "history": tuple(zip(history, is_replaced(history), strict=True)),
        "score_of": lambda rating: score_of(rating, desk.rules),
        "agreement": agreement(ratings),
        "taken": desk.store.taken_up(answer_id),
        "case": _case_facts(container, record, chosen) if ratings else None,
        "may_rate": _may_rate(reader),
        "may_change": _may_rate(reader),
        "sees_audit": reader.may(Role.ADMINISTRATOR, Role.AUDITOR),
        "fault": str(fault or ""),
    }
    return admin_page(request, "rating.html", facts, status=status_of(fault) if fault else 200, styles=_STYLES)


def _case_facts(container: Container, record: AnswerRecord, chosen: tuple[str, list[str], str] | None) -> dict[str, object]:
    """What the form for a case holds: an answer rated right expects what it is, one rated wrong leaves it to whoever knows."""
    ratings = container.ratings.store.of(record.answer_id)
    offered = candidates(container, record, ratings)
    right = is_right(record, ratings)
    ticked = [one.label for one in offered if one.is_right] if right else []
    expect, labels, others = chosen or (record.answer.status.value if right else "", ticked, "")
    return {"right": right, "offered": offered, "expect": expect, "labels": labels, "others": others}


def _may_rate(account: Account) -> bool:
    return account.may(Role.SUPERVISOR, Role.ADMINISTRATOR)


def _status(typed: str) -> AnswerStatus | None:
    return AnswerStatus(typed) if typed in list(AnswerStatus) else None


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None
