"""What every OriginalStore promises, on files and on the fake."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from knowledge_base.adapters.file_originals import FileOriginals
from knowledge_base.errors import StoreUnavailable
from knowledge_base.models import RawDocument
from knowledge_base.ports import OriginalStore
from tests.fakes.original_store import MemoryOriginalStore


@pytest.fixture(params=["memory", "files"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> OriginalStore:
    return MemoryOriginalStore() if request.param == "memory" else FileOriginals(tmp_path / "originals")


def a_raw(content: bytes = b"content", name: str = "甲.docx") -> RawDocument:
    return RawDocument(name, content, f"/somewhere/{name}")


def test_an_original_is_known_by_the_digest_of_its_bytes(store: OriginalStore) -> None:
    assert store.keep(a_raw()) == hashlib.sha256(b"content").hexdigest()


def test_keeping_the_same_bytes_again_is_harmless(store: OriginalStore) -> None:
    assert store.keep(a_raw()) == store.keep(a_raw())


def test_files_stand_under_their_digest_and_suffix_and_nothing_else_is_left(tmp_path: Path) -> None:
    store = FileOriginals(tmp_path)
    kept = {store.keep(a_raw(b"1", "A.DOCX")) + ".docx", store.keep(a_raw(b"2", "b.jsonl.gz")) + ".jsonl.gz"}
    assert {path.name for path in tmp_path.iterdir()} == kept


def test_a_folder_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(StoreUnavailable, match="不能保存原件"):
        FileOriginals(tmp_path / "file" / "originals").keep(a_raw())
    assert (tmp_path / "file").read_text() == "x"
