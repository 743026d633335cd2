"""A SurveyStore in memory; passes the same contract suite as the SQL one."""

from __future__ import annotations

from threading import Lock

from assistant.surveys.errors import AnsweredBefore
from assistant.surveys.models import SurveyResponse, SurveySubject


class MemorySurveyStore:
    def __init__(self) -> None:
        self.responses: dict[tuple[SurveySubject, str], SurveyResponse] = {}
        self._one_at_a_time = Lock()

    def add(self, response: SurveyResponse) -> None:
        with self._one_at_a_time:
            if (response.subject, response.subject_id) in self.responses:
                raise AnsweredBefore
            self.responses[response.subject, response.subject_id] = response

    def of(self, subject: SurveySubject, subject_id: str) -> SurveyResponse | None:
        return self.responses.get((subject, subject_id))

    def comments(self, limit: int = 50) -> tuple[SurveyResponse, ...]:
        return tuple([response for response in reversed(self.responses.values()) if response.comment][:limit])
