"""zhengwen index runs, cancel, compare and rollback, called as a shell calls them but over fakes."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from api.commands import index
from api.container import Container
from indexing.errors import RunNotReady, UnknownRun
from indexing.indexing_run import RunState
from tests.fakes.containers import a_container


@pytest.fixture
def container(monkeypatch: pytest.MonkeyPatch) -> Container:
    made = a_container()
    monkeypatch.setattr(index, "open_container", lambda: made)
    return made


def run(*words: str) -> str:
    outcome = CliRunner().invoke(index.app, list(words))
    if outcome.exception is not None and not isinstance(outcome.exception, SystemExit):
        raise outcome.exception
    return outcome.output


def test_runs_are_listed_newest_first_with_who_and_why(container: Container) -> None:
    container.index.request("zhang.san", "发布《办法》")
    lines = run("runs").splitlines()
    assert [word in lines[0] for word in ("1", "zhang.san", "发布《办法》", "等待开始")] == [True] * 4


def test_a_waiting_run_is_cancelled(container: Container) -> None:
    asked = container.index.request("zhang.san", "")
    assert "取消，继续使用原来的索引" in run("cancel", str(asked.id))
    assert container.index.get(asked.id).state is RunState.CANCELLED


def test_what_cannot_be_cancelled_says_why(container: Container) -> None:
    with pytest.raises(UnknownRun):
        run("cancel", "404")
    asked = container.index.request("zhang.san", "")
    run("cancel", str(asked.id))
    with pytest.raises(RunNotReady, match="已取消"):
        run("cancel", str(asked.id))


def test_two_snapshots_are_compared_in_one_sentence(container: Container) -> None:
    assert "1 个对照问题：变好 0 个" in run("compare", "20261122-1")


def test_going_back_is_in_the_history_and_in_the_audit_trail(container: Container) -> None:
    run("rollback", "20261122-1", "--reason", "新索引有误")
    assert container.index.history()[0].why == "换用快照：新索引有误"
    event = container.audit.events(limit=1, action="index_switched")[0]
    assert (event.subject, event.reason) == ("20261122-1", "新索引有误")
