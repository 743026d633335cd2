"""kill -9 between receiving a file and publishing what is in it; then the work is taken up again."""

from __future__ import annotations

import io
import shutil
from datetime import UTC, datetime
from pathlib import Path

from api.settings import Settings
from api.wiring.intake import intake_on
from knowledge_base.adapters.sql import SqlDocumentStore, open_records
from knowledge_base.intake.intake_desk import IntakeDesk
from knowledge_base.intake.models import DraftFilter, DraftState, UploadState
from tests.fakes.containers import REGIONS
from tests.faults.killed_process import killed, run
from tests.faults.small_disk import fill, small_disk

FILES = 2


def content(number: int) -> bytes:
    body = "".join(f"第{article}条 本办法第{article}项规定，第{number}号事项应当提交材料。\n" for article in range(1, 20))
    head = f"示范市第{number}号事项管理办法\n示政发〔2024〕{number + 1}号\n"
    return f"{head}{body}第二十条 本办法自2024年1月1日起施行。\n".encode()


def desk_in(home: Path) -> IntakeDesk:
    settings = Settings(_env_file=None, home=home)
    engine = open_records(settings.records_address)
    return intake_on(engine, settings, SqlDocumentStore(engine), REGIONS, lambda: datetime.now(UTC))


def copy(home: Path, target: Path) -> Path:
    shutil.copytree(home, target)
    return target


def go_on(desk: IntakeDesk) -> None:
    """What a server does after a start: reads what was left, and a person publishes what waits."""
    known = {upload.name for upload in desk.uploads(limit=1000)}
    for number in range(FILES):
        if f"{number}.txt" not in known:
            desk.receive(f"{number}.txt", io.BytesIO(content(number)), by="li.si")
    for upload in desk.unfinished():
        desk.read(upload.id)
    for draft in desk.drafts(DraftFilter(state=DraftState.WAITING, limit=100)):
        desk.publish(draft.id, draft.version, "li.si", "核对无误")


def take_in_all(home: Path) -> None:
    go_on(desk_in(home))


def revisions(home: Path) -> list[int]:
    engine = open_records(f"sqlite:///{home / 'records.sqlite3'}")
    found = [len(history) for history in SqlDocumentStore(engine).histories()]
    engine.dispose()
    return found


def test_a_killed_intake_is_taken_up_again_and_nothing_is_lost_or_doubled(tmp_path: Path) -> None:
    # With its tables made, so that every kill falls into the work itself.
    empty, home = tmp_path / "empty", tmp_path / "home"
    empty.mkdir()
    open_records(f"sqlite:///{empty / 'records.sqlite3'}").dispose()
    takes_s = run(take_in_all, copy(empty, tmp_path / "first"))
    copy(empty, home)
    for number, attempt in enumerate(killed(take_in_all, home, takes_s=takes_s, times=8)):
        assert set(revisions(home)) <= {1}, attempt
        desk = desk_in(home)
        go_on(desk)
        uploads = desk.uploads(limit=1000)
        assert [upload.state for upload in uploads] == [UploadState.READ] * FILES, [upload.reason for upload in uploads]
        assert revisions(home) == [1] * FILES
        assert desk.count_drafts(DraftFilter(state=DraftState.PUBLISHED)) == FILES
        assert desk.count_drafts(DraftFilter(state=DraftState.WAITING)) == 0
        home.rename(tmp_path / f"done-{number}")
        copy(empty, home)


def test_a_full_disk_refuses_a_file_in_words_and_keeps_what_was_there(tmp_path: Path) -> None:
    with small_disk(tmp_path / "home", megabytes=6) as home:
        desk = desk_in(home)
        kept = desk.receive("0.txt", io.BytesIO(content(0)), by="li.si")
        ballast = fill(home, leave_bytes=40_000)
        refused = ""
        for number in range(1, 50):
            try:
                desk.receive(f"{number}.txt", io.BytesIO(content(number) * 20), by="li.si")
            except Exception as error:  # whatever it is, its words are what is looked at
                refused = str(error)
                break
        ballast.unlink()
        assert "磁盘" in refused
        desk.read(kept.id)
        assert desk.upload(kept.id).state is UploadState.READ
        again = desk.receive("later.txt", io.BytesIO(content(99)), by="li.si")
        assert desk.read(again.id).state is UploadState.READ
