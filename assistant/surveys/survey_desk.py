"""Inviting to a survey, and taking what was said: once for each conversation, hand-over or order."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from assistant.hotline.order_terms import Satisfaction
from assistant.ports import Clock
from assistant.surveys.errors import AnsweredBefore, NothingChosen
from assistant.surveys.models import Invitation, QuestionKind, Questionnaire, SurveyQuestion, SurveyResponse, SurveySubject
from assistant.surveys.ports import SurveyStore

_LONGEST_COMMENT = 500


@dataclass(frozen=True, slots=True)
class SurveyDesk:
    """Safe to call from many threads and processes. Comments are masked here."""

    store: SurveyStore
    questionnaire: Questionnaire
    mask: Callable[[str], str]
    clock: Clock

    def invitation(self, subject: SurveySubject, subject_id: str) -> Invitation | None:
        """None where it was answered before."""
        if self.store.of(subject, subject_id) is not None:
            return None
        return Invitation(subject, subject_id, self.questionnaire.asked[subject], self.questionnaire.words)

    def answer(self, subject: SurveySubject, subject_id: str, given: Mapping[str, str], jurisdiction: str | None = None) -> SurveyResponse:
        """`given` by question id; what was not asked and what cannot be chosen is left out.

        Raises NothingChosen where a required question is open or nothing at all was said, AnsweredBefore.
        """
        if self.store.of(subject, subject_id) is not None:
            raise AnsweredBefore
        asked = self.questionnaire.asked[subject]
        said = {question.id: value for question in asked if (value := self._taken(question, given.get(question.id, "")))}
        if not said or any(question.required and question.id not in said for question in asked):
            raise NothingChosen
        response = SurveyResponse(
            subject=subject,
            subject_id=subject_id,
            version=self.questionnaire.version,
            grade=Satisfaction(said["grade"]) if "grade" in said else None,
            resolved=said.get("resolved", ""),
            comment=said.get("comment", ""),
            jurisdiction=jurisdiction or "",
            at=self.clock(),
        )
        self.store.add(response)
        return response

    def answer_if_said(self, subject: SurveySubject, subject_id: str, given: Mapping[str, str], jurisdiction: str | None = None) -> bool:
        """Beside another form, where the survey is optional: whether anything was kept. Raises nothing of its own."""
        try:
            self.answer(subject, subject_id, given, jurisdiction)
        except (NothingChosen, AnsweredBefore):
            return False
        return True

    def _taken(self, question: SurveyQuestion, value: str) -> str:
        if question.kind is QuestionKind.TEXT:
            return self.mask(value.strip())[:_LONGEST_COMMENT]
        return value if value in question.values else ""
