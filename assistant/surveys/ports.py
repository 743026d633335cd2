"""What surveys need from outside."""

from __future__ import annotations

from typing import Protocol

from assistant.surveys.models import SurveyResponse, SurveySubject


class SurveyStore(Protocol):
    """Responses. Comments arrive masked."""

    def add(self, response: SurveyResponse) -> None:
        """Durable on return. Raises AnsweredBefore where there is one on the same subject, also across processes."""

    def of(self, subject: SurveySubject, subject_id: str) -> SurveyResponse | None: ...

    def comments(self, limit: int = 50) -> tuple[SurveyResponse, ...]:
        """Those with a comment, newest first."""
