"""kill -9 while policy files are imported, from the command line's own use case."""

from __future__ import annotations

import hashlib
import os
import random
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from knowledge_base.adapters.file_originals import FileOriginals
from knowledge_base.adapters.parsers import default_parsers
from knowledge_base.adapters.sql import SqlDocumentStore, open_records
from knowledge_base.document_catalog import DocumentCatalog
from knowledge_base.import_documents import ImportReport, import_documents
from tests.fakes.containers import REGIONS
from tests.faults.killed_process import killed, run
from tests.faults.small_disk import fill, small_disk

FILES = 16


def write_files(folder: Path) -> None:
    folder.mkdir()
    for number in range(FILES):
        body = "".join(f"第{article}条 本办法第{article}项规定，{number}号事项应当提交材料。\n" for article in range(1, 40))
        head = f"示范市第{number}号事项管理办法\n示政发〔2024〕{number + 1}号\n"
        (folder / f"{number:02}.txt").write_text(f"{head}{body}第四十条 本办法自2024年1月1日起施行。\n", encoding="utf-8")


def take_in(home: Path, files: Path) -> ImportReport:
    engine = open_records(f"sqlite:///{home / 'records.sqlite3'}")
    try:
        catalog = DocumentCatalog(SqlDocumentStore(engine), lambda: datetime.now(UTC))
        return import_documents([files], default_parsers(), REGIONS, catalog, "li.si", originals=FileOriginals(home / "originals"))
    finally:
        engine.dispose()


def import_quietly(home: Path, files: Path) -> None:
    take_in(home, files)


def revisions(home: Path) -> dict[str, int]:
    engine = open_records(f"sqlite:///{home / 'records.sqlite3'}")
    store = SqlDocumentStore(engine)
    found = {history[0].document_id: len(history) for history in store.histories()}
    engine.dispose()
    return found


def assert_originals_are_whole(home: Path) -> None:
    for path in (home / "originals").glob("[0-9a-f]*"):
        assert hashlib.sha256(path.read_bytes()).hexdigest() == path.stem


def test_a_killed_import_loses_nothing_and_doubles_nothing(tmp_path: Path) -> None:
    files, home, empty = tmp_path / "files", tmp_path / "home", tmp_path / "empty"
    write_files(files)
    # With its tables made, so that every kill falls into the work itself.
    empty.mkdir()
    open_records(f"sqlite:///{empty / 'records.sqlite3'}").dispose()
    shutil.copytree(empty, tmp_path / "first")
    shutil.copytree(empty, home)
    takes_s = run(import_quietly, tmp_path / "first", files)
    # A second import has less to do: each kill begins on a home of its own, where half of the files stand already or none.
    halves = random.Random(3)  # noqa: S311 - which half, not a secret
    for number, attempt in enumerate(killed(import_quietly, home, files, takes_s=takes_s)):
        before = revisions(home)
        assert set(before.values()) <= {1}, attempt
        assert_originals_are_whole(home)
        report = take_in(home, files)
        assert report.failed == ()
        assert report.imported + report.unchanged == FILES
        assert revisions(home) == dict.fromkeys(revisions(tmp_path / "first"), 1)
        home.rename(tmp_path / f"done-{number}")
        shutil.copytree(empty, home)
        if halves.random() < 0.5:
            some = tmp_path / f"some-{number}"
            some.mkdir()
            for path in sorted(files.iterdir())[: FILES // 2]:
                (some / path.name).write_bytes(path.read_bytes())
            take_in(home, some)


@pytest.mark.skipif(os.name != "posix", reason="mounting is a matter of POSIX systems")
def test_a_full_disk_stops_an_import_with_a_clear_word_and_it_goes_on_once_there_is_space(tmp_path: Path) -> None:
    write_files(tmp_path / "files")
    with small_disk(tmp_path / "home", megabytes=6) as home:
        ballast = fill(home, leave_bytes=700_000)
        report, refused = None, ""
        try:
            report = take_in(home, tmp_path / "files")
        except Exception as error:  # whatever it is, its words are what is looked at
            refused = str(error)
        said = refused or " ".join(failure.reason for failure in (report.failed if report else ()))
        assert "磁盘" in said
        ballast.unlink()
        assert take_in(home, tmp_path / "files").failed == ()
        assert len(revisions(home)) == FILES
        assert set(revisions(home).values()) == {1}
        assert_originals_are_whole(home)
