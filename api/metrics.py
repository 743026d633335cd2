"""Prometheus metrics of one service process: requests, endings of answers, durations of steps."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from assistant.models import AnswerRecord

CONTENT_TYPE = CONTENT_TYPE_LATEST

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0)


class ServiceMetrics:
    """Own registry, so that two applications in one process (tests) do not collide."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter("zhengwen_requests", "HTTP requests", ["method", "route", "status"], registry=self.registry)
        self.request_seconds = Histogram(
            "zhengwen_request_seconds", "Duration of HTTP requests", ["route"], buckets=_SECONDS, registry=self.registry
        )
        self.answers = Counter("zhengwen_answers", "Answers by ending", ["status"], registry=self.registry)
        self.step_seconds = Histogram(
            "zhengwen_answer_step_seconds", "Duration of the steps of an answer", ["step"], buckets=_SECONDS, registry=self.registry
        )
        self.surveys = Counter("zhengwen_surveys", "Surveys answered, by what they are about", ["subject"], registry=self.registry)
        self.feedback = Counter("zhengwen_feedback", "Feedback on answers", ["kind"], registry=self.registry)

    def count_answer(self, record: AnswerRecord) -> None:
        self.answers.labels(record.answer.status.value).inc()
        for step, duration_ms in record.timings_ms.items():
            self.step_seconds.labels(step).observe(duration_ms / 1000)

    def page(self) -> bytes:
        return generate_latest(self.registry)
