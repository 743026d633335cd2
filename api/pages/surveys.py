"""问卷: a citizen answers a few questions about a conversation or a closed order. Works without JavaScript by forms."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from api.dependencies import UsedContainer
from api.pages.rendering import pages_of
from assistant.errors import UnknownAnswer
from assistant.surveys.errors import AnsweredBefore, NothingChosen
from assistant.surveys.models import SurveySubject

router = APIRouter(include_in_schema=False)

Choice = Annotated[str, Form(max_length=20)]
Comment = Annotated[str, Form(max_length=500)]


@router.post("/answers/{answer_id}/survey")
def answer_survey(
    answer_id: str, request: Request, container: UsedContainer, grade: Choice = "", resolved: Choice = "", comment: Comment = ""
) -> Response:
    record = container.conversations.get(answer_id)
    if record is None:
        raise UnknownAnswer(answer_id)
    desk, given = container.insight.surveys, {"grade": grade, "resolved": resolved, "comment": comment}
    words, outcome = desk.questionnaire.words, "thanks"
    try:
        desk.answer(SurveySubject.CONVERSATION, record.conversation_id, given, record.question.jurisdiction)
        container.metrics.surveys.labels(SurveySubject.CONVERSATION.value).inc()
    except AnsweredBefore:
        outcome = "again"
    except NothingChosen:
        outcome = "nothing"
    if request.headers.get("x-fragment"):
        pages = pages_of(request)
        return pages.render(request, "parts/survey_outcome.html", {"words": words[outcome]}, 422 if outcome == "nothing" else 200)
    return RedirectResponse(f"/?answer={answer_id}&survey={outcome}#survey", 303)
