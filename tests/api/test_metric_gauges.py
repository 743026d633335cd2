"""What operators watch: gauges of the whole installation beside the counters of a process."""

from __future__ import annotations

from datetime import timedelta

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.container import Container
from knowledge_base.errors import StoreUnavailable
from tests.fakes.containers import NOW, a_container
from tests.hotline_factories import an_order


def gauges(container: Container) -> dict[str, float]:
    page = TestClient(create_app(container)).get("/metrics").text
    return {line.rsplit(" ", 1)[0]: float(line.rsplit(" ", 1)[1]) for line in page.splitlines() if line.startswith("zhengwen_")}


def test_orders_are_counted_by_state_and_the_late_ones_too() -> None:
    container = a_container()
    container.work_orders.intake.store.add(an_order("GD-1", due_on=container.today() - timedelta(days=1)))
    container.work_orders.intake.store.add(an_order("GD-2", due_on=container.today()))
    shown = gauges(container)
    assert shown['zhengwen_orders{state="accepted"}'] == 2
    assert shown["zhengwen_orders_overdue"] == 1
    assert 'zhengwen_orders{state="closed"}' not in shown


def test_the_age_of_the_snapshot_is_shown() -> None:
    shown = gauges(a_container(clock=lambda: NOW + timedelta(hours=2)))
    assert (shown["zhengwen_snapshot_up"], shown["zhengwen_snapshot_age_seconds"]) == (1, 7200)


def test_without_a_snapshot_that_is_said() -> None:
    assert gauges(a_container(snapshot_id=None))["zhengwen_snapshot_up"] == 0


def test_a_job_that_failed_stands_out() -> None:
    container = a_container()
    for name, failure in (("back_up", "磁盘满"), ("escalate_orders", "")):
        container.job_runs.begin(name, 1, NOW)
        container.job_runs.end(name, NOW, failure)
    shown = gauges(container)
    assert shown['zhengwen_job_failed{job="back_up"}'] == 1
    assert shown['zhengwen_job_failed{job="escalate_orders"}'] == 0
    assert shown['zhengwen_job_started_seconds{job="back_up"}'] == NOW.timestamp()


def test_what_waits_for_the_background_is_counted() -> None:
    container = a_container()
    container.work.submit("backup", "zhang.san")
    assert gauges(container)["zhengwen_work_waiting"] == 1


def test_where_the_records_are_away_metrics_still_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    container = a_container()

    def away() -> tuple[()]:
        raise StoreUnavailable("数据库连不上。")

    monkeypatch.setattr(container.handoffs.store, "find", lambda *_: away())
    shown = gauges(container)
    assert shown["zhengwen_records_up"] == 0
    assert shown["zhengwen_snapshot_up"] == 1
