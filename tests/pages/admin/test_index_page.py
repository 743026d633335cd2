"""The index in the console: asked for, watched, decided on; every change with its reason in the audit trail."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.access.models import Role
from api.container import Container
from indexing.indexing_run import RunCounts, RunState
from tests.fakes.containers import NOW, a_container
from tests.staff_clients import a_staff_client, a_staff_member


@pytest.fixture
def container() -> Container:
    return a_container()


@pytest.fixture
def client(container: Container) -> TestClient:
    return a_staff_client(container, a_staff_member(container, Role.ADMINISTRATOR))


def submitted(container: Container) -> list[tuple[str, str]]:
    work: Any = container.work
    return list(work.submitted)


def acts(container: Container) -> list[str]:
    return [event.action for event in container.audit.events(limit=20) if event.action.startswith("index")]


def test_it_shows_what_answers_and_what_is_pending(client: TestClient) -> None:
    page = client.get("/admin/index").text
    assert "20261122-1" in page
    assert "3 件文件和指南，10 段" in page


def test_a_run_is_asked_for_and_noted(client: TestClient, container: Container) -> None:
    response = client.post("/admin/index", data={"why": "改了词表，电话 13800138000"})
    assert response.status_code == 303
    assert submitted(container) == [("refresh_index", "asked_for")]
    run = container.index.history()[0]
    assert (run.asked_by, run.why, run.compare) == ("zhang.san", "改了词表，电话 【手机号】", False)
    assert acts(container) == ["index_requested"]
    assert "等待开始" in client.get("/admin/index").text


def test_it_can_be_asked_to_stop_before_the_switch(client: TestClient, container: Container) -> None:
    client.post("/admin/index", data={"compare": "yes"})
    assert container.index.history()[0].compare


def test_progress_is_shown_in_words_and_numbers_and_kept_fresh(client: TestClient, container: Container) -> None:
    run = container.index.request("zhang.san", "更新")
    container.index.runs.save(replace(run, state=RunState.RUNNING, step="计算向量", done=3, total=9))
    fragment = client.get("/admin/index/runs").text
    assert "计算向量 3 / 9" in fragment
    assert 'max="9" value="3"' in fragment
    assert "data-busy" in fragment
    assert "<html" not in fragment


def test_a_run_is_cancelled(client: TestClient, container: Container) -> None:
    run = container.index.request("zhang.san", "更新")
    assert client.post(f"/admin/index/runs/{run.id}/cancel").status_code == 303
    assert container.index.get(run.id).state is RunState.CANCELLED
    assert acts(container) == ["index_cancelled"]


def test_what_cannot_be_done_any_more_says_so(client: TestClient, container: Container) -> None:
    run = container.index.request("zhang.san", "更新")
    container.index.runs.save(replace(run, state=RunState.DONE))
    response = client.post(f"/admin/index/runs/{run.id}/switch")
    assert response.status_code == 409
    assert "现在是“已完成”，不能切换" in response.text
    assert client.post("/admin/index/runs/404/cancel").status_code == 404
    assert acts(container) == []


def test_a_snapshot_is_only_used_with_a_reason(client: TestClient, container: Container) -> None:
    refused = client.post("/admin/index/use", data={"snapshot": "20261122-1", "reason": " "})
    assert (refused.status_code, "请写明理由" in refused.text) == (422, True)
    assert client.post("/admin/index/use", data={"snapshot": "20261122-1", "reason": "新索引有误"}).status_code == 303
    assert container.index.history()[0].why == "换用快照：新索引有误"
    assert acts(container) == ["index_switched"]


def test_a_snapshot_that_is_gone_cannot_be_used(client: TestClient, container: Container) -> None:
    response = client.post("/admin/index/use", data={"snapshot": "../../etc", "reason": "试"})
    assert (response.status_code, "已经不在了" in response.text) == (422, True)
    assert acts(container) == []


def test_two_snapshots_are_compared_question_by_question(client: TestClient) -> None:
    page = client.get("/admin/index/compare?before=20261122-1&after=20261122-1").text
    assert "1 个对照问题：变好 0 个、变差 0 个" in page
    assert "居住证怎么办？" in page


def test_the_history_tells_each_result(client: TestClient, container: Container) -> None:
    run = container.index.request("li.si", "发布《办法》")
    container.index.runs.save(
        replace(
            run, state=RunState.FAILED, started_at=NOW, ended_at=NOW, counts=RunCounts(), sentence="磁盘空间已满。请清理磁盘后重新运行。"
        )
    )
    page = client.get("/admin/index").text
    assert "li.si：发布《办法》" in page
    assert "磁盘空间已满。请清理磁盘后重新运行。" in page


def test_an_auditor_looks_and_changes_nothing(container: Container) -> None:
    run = container.index.request("zhang.san", "更新")
    auditor = a_staff_client(container, a_staff_member(container, Role.AUDITOR, name="shen.ji"))
    page = auditor.get("/admin/index").text
    assert "立即更新" not in page
    assert f"/runs/{run.id}/cancel" not in page
    assert auditor.post("/admin/index").status_code == 403
    assert auditor.post(f"/admin/index/runs/{run.id}/cancel").status_code == 403
    assert auditor.post("/admin/index/use", data={"snapshot": "20261122-1", "reason": "试"}).status_code == 403


def test_without_an_index_it_says_what_to_do() -> None:
    container = a_container(snapshot_id=None)
    page = a_staff_client(container, a_staff_member(container, Role.ADMINISTRATOR)).get("/admin/index").text
    assert "还没有可用的索引" in page
