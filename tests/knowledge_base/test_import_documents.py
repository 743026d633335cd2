"""Import of files and folders: with the real parsers and a real database."""

from __future__ import annotations

import gzip
import signal
import subprocess
import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine

from knowledge_base.adapters.file_originals import FileOriginals
from knowledge_base.adapters.parsers import default_parsers
from knowledge_base.adapters.sql import SqlDocumentStore
from knowledge_base.document_catalog import DocumentCatalog
from knowledge_base.errors import StoreUnavailable
from knowledge_base.import_documents import ImportReport, import_documents
from knowledge_base.models import DocumentRevision, ParsedText, RawDocument
from knowledge_base.regions import RegionDirectory
from tests.fakes.document_store import MemoryDocumentStore

ROOT = Path(__file__).parents[2]
SEEDS = ROOT / "knowledge_base" / "seeds"
A_POLICY = "# {title}\n\n示政发〔2024〕{number}号\n\n第一条 为了测试，制定本办法。\n\n第二条 本办法自2024年3月1日起施行。\n"


@pytest.fixture(scope="session")
def regions() -> RegionDirectory:
    return RegionDirectory.from_csv(SEEDS / "regions.csv", SEEDS / "demo" / "regions.csv")


@pytest.fixture
def catalog(sqlite_engine: Engine) -> DocumentCatalog:
    return DocumentCatalog(SqlDocumentStore(sqlite_engine), lambda: datetime(2024, 6, 1, tzinfo=UTC))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "policies"
    folder.mkdir()
    return folder


def a_policy_file(folder: Path, name: str, title: str = "示范市测试办法", number: int = 1, text: str = "") -> Path:
    path = folder / name
    path.write_text(text or A_POLICY.format(title=title, number=number), encoding="utf-8")
    return path


def take_in(catalog: DocumentCatalog, regions: RegionDirectory, *paths: Path, **options: object) -> ImportReport:
    return import_documents(paths, default_parsers(), regions, catalog, "王编辑", **options)  # type: ignore[arg-type]


def test_a_folder_is_read_with_all_below_it(catalog: DocumentCatalog, regions: RegionDirectory, folder: Path) -> None:
    (folder / "区").mkdir()
    a_policy_file(folder, "甲.md", "示范市甲办法", 1)
    a_policy_file(folder / "区", "乙.md", "示范市乙办法", 2)
    report = take_in(catalog, regions, folder)
    assert (report.files, report.imported, report.unchanged, report.failed) == (2, 2, 0, ())
    assert catalog.store.find_by_title("示范市乙办法") != ()


def test_every_revision_says_from_which_file_it_came_and_by_whom(catalog: DocumentCatalog, regions: RegionDirectory, folder: Path) -> None:
    take_in(catalog, regions, a_policy_file(folder, "甲.md"))
    (revision,) = catalog.store.all_latest()
    assert revision.change.by == "王编辑"
    assert "甲.md" in revision.change.reason


def test_a_second_run_finds_everything_unchanged(catalog: DocumentCatalog, regions: RegionDirectory, folder: Path) -> None:
    a_policy_file(folder, "甲.md")
    take_in(catalog, regions, folder)
    report = take_in(catalog, regions, folder)
    assert (report.imported, report.unchanged) == (0, 1)
    assert str(report) == "共处理1个文件：收录或更新0份政策文件，内容未变1份；没有失败。"


def test_files_that_cannot_be_read_are_reported_and_the_rest_goes_on(
    catalog: DocumentCatalog, regions: RegionDirectory, folder: Path
) -> None:
    (folder / "a-坏.pdf").write_bytes(b"%PDF-1.7 broken")
    (folder / "b-空.docx").write_bytes(b"")
    (folder / "c-图.psd").write_bytes(b"8BPS")
    a_policy_file(folder, "d-好.md")
    report = take_in(catalog, regions, folder, *[folder / "没有.txt"])
    assert report.imported == 1
    assert [failure.name for failure in report.failed] == ["a-坏.pdf", "b-空.docx", "c-图.psd", "没有.txt"]
    reasons = {failure.name: failure.reason for failure in report.failed}
    assert "不认识这种文件（.psd）" in reasons["c-图.psd"]
    assert "没有找到" in reasons["没有.txt"]
    assert all(reason.endswith("。") for reason in reasons.values())
    assert "有4项没有读成" in str(report)


def test_a_bug_in_a_parser_costs_one_file_only(catalog: DocumentCatalog, regions: RegionDirectory, folder: Path) -> None:
    class StumblingParser:
        suffixes = frozenset({".odd"})

        def parse(self, raw: RawDocument) -> Iterable[ParsedText]:
            raise ZeroDivisionError

    (folder / "a.odd").write_bytes(b"x")
    a_policy_file(folder, "b.md")
    report = import_documents([folder], [StumblingParser(), *default_parsers()], regions, catalog, "王编辑")
    assert report.imported == 1
    assert "ZeroDivisionError" in report.failed[0].reason


def test_one_bad_document_of_a_file_does_not_stop_the_others_in_it(
    catalog: DocumentCatalog, regions: RegionDirectory, folder: Path
) -> None:
    lines = [
        '{"_id": "d-1", "title": "甲办法", "text": "第一条 甲。", "metadata": {"effective_on": "2024-01-01"}}',
        '{"_id": "d-2", "title": "乙办法", "text": "第一条 乙。", "metadata": {"effective_on": "2024-01-01", "expires_on": "2023-01-01"}}',
        '{"_id": "d-3", "title": "丙办法", "text": "第一条 丙。", "metadata": {"effective_on": "2024-01-01"}}',
    ]
    a_policy_file(folder, "many.jsonl", text="\n".join(lines))
    report = take_in(catalog, regions, folder)
    assert [revision.document_id for revision in catalog.store.all_latest()] == ["d-1", "d-3"]
    assert [failure.name for failure in report.failed] == ["many.jsonl（乙办法）"]


def test_a_file_above_the_limit_is_refused_unread(catalog: DocumentCatalog, regions: RegionDirectory, folder: Path) -> None:
    a_policy_file(folder, "大.md", text="第一条 甲。\n" * 200_000)
    report = take_in(catalog, regions, folder, max_bytes=1 << 20)
    assert "超过1兆字节的上限" in report.failed[0].reason


def test_the_same_document_in_two_formats_is_taken_in_once(catalog: DocumentCatalog, regions: RegionDirectory, folder: Path) -> None:
    text = A_POLICY.format(title="示范市测试办法", number=1)
    a_policy_file(folder, "a.md", text=text)
    a_policy_file(folder, "b.md", text=text.replace("为了测试", "为了测试："))
    for _ in range(2):
        report = take_in(catalog, regions, folder)
        assert report.duplicates == 1
    (revision,) = catalog.store.all_latest()
    assert revision.number == 1
    assert "为了测试，" in revision.text


def test_two_editions_of_a_document_in_one_folder_are_both_taken_in(
    catalog: DocumentCatalog, regions: RegionDirectory, folder: Path
) -> None:
    edition = "---\nid: d-x\ntitle: 示范市甲办法\neffective_on: {day}\n---\n第一条 {text}。\n"
    a_policy_file(folder, "2023.md", text=edition.format(day="2023-01-01", text="旧"))
    a_policy_file(folder, "2024.md", text=edition.format(day="2024-01-01", text="新"))
    for _ in range(2):
        take_in(catalog, regions, folder)
    assert [(revision.edition, revision.number) for revision in catalog.store.revisions("d-x")] == [(1, 1), (2, 2)]


def test_progress_names_each_file_and_reaches_the_end(catalog: DocumentCatalog, regions: RegionDirectory, folder: Path) -> None:
    for name in ("a.md", "b.md"):
        a_policy_file(folder, name, name)
    told: list[tuple[str, int, int]] = []
    take_in(catalog, regions, folder, progress=lambda *step: told.append(step))
    assert ("a.md", 1, 2) in told
    assert told[-1] == ("b.md", 2, 2)


def test_hidden_files_and_lock_files_of_open_documents_are_left_out(
    catalog: DocumentCatalog, regions: RegionDirectory, folder: Path
) -> None:
    for name in (".DS_Store", "~$甲.docx"):
        (folder / name).write_bytes(b"\x00")
    (folder / ".git").mkdir()
    a_policy_file(folder / ".git", "甲.md")
    assert take_in(catalog, regions, folder).files == 0


def test_the_original_is_kept_byte_for_byte_under_its_digest(
    catalog: DocumentCatalog, regions: RegionDirectory, folder: Path, tmp_path: Path
) -> None:
    path = a_policy_file(folder, "甲.md")
    originals = tmp_path / "originals"
    for _ in range(2):
        take_in(catalog, regions, path, originals=FileOriginals(originals))
    (kept,) = originals.iterdir()
    assert kept.suffix == ".md"
    assert kept.read_bytes() == path.read_bytes()
    (revision,) = catalog.store.all_latest()
    assert kept.name[:12] in revision.change.reason


def test_a_store_that_fails_stops_the_import_and_keeps_what_was_done(regions: RegionDirectory, folder: Path) -> None:
    class FillingStore(MemoryDocumentStore):
        def add(self, revision: DocumentRevision) -> None:
            if self.count() == 2:
                raise StoreUnavailable("磁盘空间已满。")
            super().add(revision)

    for number in range(4):
        a_policy_file(folder, f"{number}.md", f"示范市{number}号办法", number)
    store = FillingStore()
    catalog = DocumentCatalog(store, lambda: datetime(2024, 6, 1, tzinfo=UTC))
    with pytest.raises(StoreUnavailable, match="磁盘空间已满"):
        take_in(catalog, regions, folder)
    assert store.count() == 2


_ENDLESS_IMPORT = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from knowledge_base.adapters.parsers import default_parsers
from knowledge_base.adapters.sql import SqlDocumentStore, open_records
from knowledge_base.document_catalog import DocumentCatalog
from knowledge_base.import_documents import import_documents
from knowledge_base.regions import RegionDirectory

url, folder, *seeds = sys.argv[1:]
catalog = DocumentCatalog(SqlDocumentStore(open_records(url)), lambda: datetime.now(UTC))

def tell(name, done, total):
    if done:
        sys.stdout.write(f"{done}\\n")
        sys.stdout.flush()

import_documents([Path(folder)], default_parsers(), RegionDirectory.from_csv(*map(Path, seeds)), catalog, "王编辑", tell)
"""


def test_a_killed_import_keeps_what_it_reported_and_a_second_run_finishes(
    catalog: DocumentCatalog, regions: RegionDirectory, folder: Path, sqlite_url: str
) -> None:
    for number in range(200):
        a_policy_file(folder, f"{number:03}.md", f"示范市{number}号办法", number)
    arguments: Sequence[str | Path] = ["-c", _ENDLESS_IMPORT, sqlite_url, folder, SEEDS / "regions.csv", SEEDS / "demo" / "regions.csv"]
    with subprocess.Popen([sys.executable, *map(str, arguments)], stdout=subprocess.PIPE, text=True, cwd=ROOT) as running:
        assert running.stdout is not None
        reported = 0
        while reported < 20:
            reported = int(running.stdout.readline())
        running.send_signal(signal.SIGKILL)
    assert 20 <= catalog.store.count() < 200
    report = take_in(catalog, regions, folder)
    assert report.unchanged >= 20
    assert catalog.store.count() == 200
    assert all(len(history) == 1 for history in catalog.store.histories())


@pytest.mark.public_data
def test_the_public_originals_are_all_read(catalog: DocumentCatalog, regions: RegionDirectory, public_data: Path) -> None:
    report = take_in(catalog, regions, public_data / "idcard_rules")
    assert (report.files, report.imported, report.duplicates, report.failed) == (12, 6, 6, ())


@pytest.mark.public_data
def test_of_real_laws_every_version_but_the_newest_ends_and_a_second_import_changes_nothing(
    catalog: DocumentCatalog, regions: RegionDirectory, public_data: Path, folder: Path
) -> None:
    with gzip.open(public_data / "laws" / "docs.jsonl.gz", "rt", encoding="utf-8") as lines:
        a_policy_file(folder, "laws.jsonl", text="".join(line for line in lines if '"title": "上海市' in line))
    report = take_in(catalog, regions, folder)
    assert report.failed == ()
    assert report.imported == catalog.store.count() > 200
    versions: dict[str, list[DocumentRevision]] = {}
    for revision in catalog.store.all_latest():
        versions.setdefault(revision.metadata.title, []).append(revision)
    several = {title: found for title, found in versions.items() if len(found) > 1}
    assert len(several) > 10
    assert all([revision.repealed_on for revision in found].count(None) == 1 for found in several.values())
    assert take_in(catalog, regions, folder).imported == 0
