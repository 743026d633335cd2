"""Prometheus metrics of one service process: requests, endings of answers, durations of steps."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from api.waiting_line import WaitingLine
from assistant.answer_cache import CacheOutcome
from assistant.generation.models import GenerationTrace
from assistant.models import AnswerRecord
from indexing.reranking import RerankOutcome

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
        self.second_readings = Counter(
            "zhengwen_second_readings",
            "Searches whose best hits were reranked, or not under load",
            ["outcome"],
            registry=self.registry,
        )
        self.cached_answers = Counter(
            "zhengwen_answer_cache", "Questions answered again from what was kept, or not", ["outcome"], registry=self.registry
        )
        self._measure_rewordings()
        self.query_vectors = Counter(
            "zhengwen_query_vectors",
            "Vectors of questions: asked for, and computed as they were not kept",
            ["outcome"],
            registry=self.registry,
        )
        self.line = WaitingLine()
        waiting = Gauge("zhengwen_questions_waiting", "Questions that wait for their turn", registry=self.registry)
        waiting.set_function(lambda: len(self.line))
        self.surveys = Counter("zhengwen_surveys", "Surveys answered, by what they are about", ["subject"], registry=self.registry)
        self.feedback = Counter("zhengwen_feedback", "Feedback on answers", ["kind"], registry=self.registry)

    def _measure_rewordings(self) -> None:
        self.rewordings = Counter(
            "zhengwen_rewordings",
            "Answers a language model was asked to add text to, by what came of it",
            ["outcome"],
            registry=self.registry,
        )
        self.generated_sentences = Counter(
            "zhengwen_generated_sentences", "Sentences written by a language model", ["fate"], registry=self.registry
        )
        self.rewording_seconds = Histogram(
            "zhengwen_rewording_seconds", "Duration of rewording an answer", buckets=(*_SECONDS, 10.0, 20.0, 60.0), registry=self.registry
        )

    def count_answer(self, record: AnswerRecord) -> None:
        self.answers.labels(record.answer.status.value).inc()
        for step, duration_ms in record.timings_ms.items():
            self.step_seconds.labels(step).observe(duration_ms / 1000)

    def count_second_reading(self, outcome: RerankOutcome) -> None:
        self.second_readings.labels(outcome.value).inc()

    def count_query_vector(self, outcome: str) -> None:
        self.query_vectors.labels(outcome).inc()

    def count_cached_answer(self, outcome: CacheOutcome) -> None:
        self.cached_answers.labels(outcome.value).inc()

    def count_rewording(self, trace: GenerationTrace) -> None:
        self.rewordings.labels(trace.outcome.value).inc()
        self.generated_sentences.labels("shown").inc(trace.kept)
        self.generated_sentences.labels("dropped").inc(len(trace.dropped))
        self.rewording_seconds.observe(trace.total_ms / 1000)

    def page(self) -> bytes:
        return generate_latest(self.registry)
