"""Originals in an object storage: nothing lost where it fails, nothing altered let in."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

import pytest

from knowledge_base.adapters.remote_originals import RemoteOriginals
from knowledge_base.errors import StorageUnavailable, UnreadableDocument
from knowledge_base.models import RawDocument
from tests.fakes.object_folder import MemoryObjectFolder

CONTENT = "第一条 为了规范居住证管理，制定本办法。".encode()
DIGEST = hashlib.sha256(CONTENT).hexdigest()


def a_raw() -> RawDocument:
    return RawDocument("甲.docx", CONTENT, "/somewhere/甲.docx")


def test_what_was_kept_is_found_from_another_machine(tmp_path: Path) -> None:
    remote = MemoryObjectFolder()
    RemoteOriginals(tmp_path / "one", remote).keep(a_raw())
    path = RemoteOriginals(tmp_path / "other", remote).path(DIGEST)
    assert (path.name, path.read_bytes()) == (f"{DIGEST}.docx", CONTENT)
    assert [found.name for found in (tmp_path / "other").iterdir()] == [path.name]


def test_where_the_storage_fails_the_caller_is_told_and_trying_again_sends_it(tmp_path: Path) -> None:
    remote = MemoryObjectFolder()
    originals = RemoteOriginals(tmp_path, remote)
    remote.broken = True
    with pytest.raises(StorageUnavailable):
        originals.keep_stream("甲.docx", io.BytesIO(CONTENT), 1000)
    assert (tmp_path / f"{DIGEST}.docx").read_bytes() == CONTENT
    remote.broken = False
    assert originals.keep_stream("甲.docx", io.BytesIO(CONTENT), 1000) == (DIGEST, len(CONTENT))
    assert remote.contents == {f"{DIGEST}.docx": CONTENT}


def test_what_is_there_is_not_sent_again(tmp_path: Path) -> None:
    remote = MemoryObjectFolder()
    remote.contents[f"{DIGEST}.doc"] = CONTENT
    RemoteOriginals(tmp_path, remote).keep(a_raw())
    assert list(remote.contents) == [f"{DIGEST}.doc"]


def test_an_original_altered_in_the_storage_is_not_let_in(tmp_path: Path) -> None:
    remote = MemoryObjectFolder()
    remote.contents[f"{DIGEST}.docx"] = b"altered"
    with pytest.raises(StorageUnavailable, match="已被改动"):
        RemoteOriginals(tmp_path, remote).path(DIGEST)
    assert list(tmp_path.iterdir()) == []


def test_a_digest_cannot_name_anything_else(tmp_path: Path) -> None:
    remote = MemoryObjectFolder()
    remote.contents["secret"] = b"x"
    with pytest.raises(UnreadableDocument):
        RemoteOriginals(tmp_path, remote).path("")


def test_a_name_in_the_storage_cannot_lead_out_of_the_folder(tmp_path: Path) -> None:
    remote = MemoryObjectFolder()
    remote.contents[f"{DIGEST}/../../planted.txt"] = CONTENT
    with pytest.raises(UnreadableDocument):
        RemoteOriginals(tmp_path / "home" / "originals", remote).path(DIGEST)
    assert list(tmp_path.rglob("*planted*")) == []
