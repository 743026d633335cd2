"""kill -9 while the audit trail is written by several threads: what was acknowledged is there once, and the chain holds."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from api.access.assembly import Access
from api.settings import Settings
from api.wiring.trust import access_on
from knowledge_base.adapters.sql import open_records
from knowledge_base.errors import StoreUnavailable
from tests.faults.killed_process import killed, run
from tests.faults.small_disk import fill, small_disk

ROWS = 40


def access_in(home: Path) -> Access:
    settings = Settings(_env_file=None, home=home)
    return access_on(settings, open_records(settings.records_address), lambda: datetime.now(UTC))


def write_rows(home: Path, acknowledged: Path) -> None:
    trail, run_id = access_in(home).audit, datetime.now(UTC).strftime("%H%M%S%f")

    def write(number: int) -> None:
        trail.record("li.si", "policy_published", f"{run_id}-{number}")
        with acknowledged.open("a", encoding="utf-8") as file:
            file.write(f"{run_id}-{number}\n")

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(ROWS)))


def write_until_full(access: Access) -> None:
    for number in range(200):
        access.audit.record("li.si", "policy_published", f"{number}", before="长" * 400)


def subjects(home: Path) -> list[str]:
    return [event.subject for event in access_in(home).audit.events(limit=100_000)]


def test_no_acknowledged_row_is_lost_or_doubled_and_the_chain_holds(tmp_path: Path) -> None:
    acknowledged = tmp_path / "acknowledged"
    acknowledged.touch()
    takes_s = run(write_rows, tmp_path, acknowledged)
    for _attempt in killed(write_rows, tmp_path, acknowledged, takes_s=takes_s):
        verdict = access_in(tmp_path).checks.run("test", noted=False)
        assert verdict.is_whole, str(verdict)
    # A kill may cut the last line of the list itself.
    said = {line for line in acknowledged.read_text(encoding="utf-8").splitlines() if line.count("-") == 1 and line[-1].isdigit()}
    kept = subjects(tmp_path)
    assert len(kept) == len(set(kept))
    assert {line for line in said if line not in kept} == set()


def test_a_full_disk_refuses_the_row_and_leaves_the_chain_whole(tmp_path: Path) -> None:
    with small_disk(tmp_path / "home", megabytes=3) as home:
        access = access_in(home)
        access.audit.record("li.si", "policy_published", "before")
        ballast = fill(home)
        with pytest.raises(StoreUnavailable, match="磁盘"):
            write_until_full(access)
        ballast.unlink()
        access.audit.record("li.si", "policy_published", "after")
        verdict = access.checks.run("test", noted=False)
        assert verdict.is_whole, str(verdict)
