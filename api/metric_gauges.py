"""What operators watch beside counters: people waiting, open and late orders, the age of the index, failed jobs. Read at each scrape."""

from __future__ import annotations

from datetime import timedelta

from prometheus_client import CollectorRegistry, Gauge, generate_latest

from api.container import Container
from assistant.hotline.models import OrderFilter, OrderState
from assistant.insight.issue_finder import ANSWERED
from assistant.insight.models import IssueKind
from indexing.errors import IndexingError
from knowledge_base.errors import KnowledgeBaseError

_OPEN = tuple(state for state in OrderState if state is not OrderState.CLOSED)


def metrics_page(container: Container) -> bytes:
    """The counters of this process, and gauges of the whole installation. Where the records are away, the gauges are left out."""
    registry = CollectorRegistry()
    gauges = _Gauges(registry)
    try:
        gauges.read_records(container)
    except KnowledgeBaseError:
        gauges.records.set(0)
    gauges.read_index(container)
    return container.metrics.page() + generate_latest(registry)


class _Gauges:
    def __init__(self, registry: CollectorRegistry) -> None:
        self._registry = registry
        self.records = Gauge("zhengwen_records_up", "1 where the records database answers", registry=registry)

    def read_records(self, container: Container) -> None:
        now = container.clock()
        self._set("handoffs_waiting", "People waiting for an operator", len(container.handoffs.waiting()))
        orders = self._labelled("orders", "Work orders by state; closed ones are left out", "state")
        for state in _OPEN:
            orders.labels(state.value).set(container.work_orders.count(OrderFilter(states=(state,))))
        late = OrderFilter(states=(OrderState.ACCEPTED, OrderState.DISPATCHED, OrderState.IN_PROGRESS), due_before=container.today())
        self._set("orders_overdue", "Work orders past their deadline without a reply", container.work_orders.count(late))
        self._set("documents", "Policy documents", container.documents.count())
        self._set("work_waiting", "Background work that waits or is being done", container.work.waiting())
        self._read_jobs(container)
        report = container.insight.board.report(IssueKind.UNANSWERED)
        unanswered = [issue for issue in report.issues if issue.answered_now not in ANSWERED] if report else []
        self._set("unanswered_issues", "Matters citizens asked about without an answer", len(unanswered))
        if report:
            self._set("unanswered_age_seconds", "Since they were last put together", (now - report.made_at) / timedelta(seconds=1))
        self.records.set(1)

    def read_index(self, container: Container) -> None:
        try:
            manifest = container.current_snapshot()
        except IndexingError:
            self._set("snapshot_up", "1 where there is a snapshot to answer from", 0)
            return
        self._set("snapshot_up", "1 where there is a snapshot to answer from", 1)
        self._set("snapshot_passages", "Passages of the current snapshot", manifest.passage_count)
        age = (container.clock() - manifest.created_at) / timedelta(seconds=1)
        self._set("snapshot_age_seconds", "Since the current snapshot was built", age)

    def _read_jobs(self, container: Container) -> None:
        failed = self._labelled("job_failed", "1 where the last run of a periodic job failed", "job")
        since = self._labelled("job_started_seconds", "Unix time at which a periodic job last began", "job")
        for run in container.job_runs.all():
            failed.labels(run.name).set(int(bool(run.failure)))
            since.labels(run.name).set(run.started_at.timestamp())

    def _set(self, name: str, words: str, value: float) -> None:
        Gauge(f"zhengwen_{name}", words, registry=self._registry).set(value)

    def _labelled(self, name: str, words: str, label: str) -> Gauge:
        return Gauge(f"zhengwen_{name}", words, [label], registry=self._registry)
