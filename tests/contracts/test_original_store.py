"""What every OriginalStore and OriginalFiles promises, on files, in an object storage and on the fake."""

from __future__ import annotations

import errno
import hashlib
import io
import tracemalloc
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import BinaryIO

import pytest

from knowledge_base.adapters.file_originals import FileOriginals
from knowledge_base.adapters.remote_originals import RemoteOriginals
from knowledge_base.errors import StoreUnavailable, UnreadableDocument
from knowledge_base.intake.errors import FileRefused
from knowledge_base.models import RawDocument
from tests.fakes.object_folder import MemoryObjectFolder
from tests.fakes.original_store import MemoryOriginalStore
from tests.forked_processes import CONTEXT
from tests.s3_server import *  # noqa: F403 - fixtures

Kept = FileOriginals | MemoryOriginalStore | RemoteOriginals


@pytest.fixture(params=["memory", "files", "remote", "s3", "s3 without copies"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Kept:
    if request.param == "memory":
        return MemoryOriginalStore()
    if request.param == "files":
        return FileOriginals(tmp_path / "originals")
    remote = MemoryObjectFolder() if request.param == "remote" else request.getfixturevalue("s3_folder")
    originals = RemoteOriginals(tmp_path / "originals", remote)
    return _Forgetful(originals, tmp_path / "originals") if "without" in request.param else originals


class _Forgetful(RemoteOriginals):
    """As another machine sees what this one kept."""

    def __init__(self, originals: RemoteOriginals, folder: Path) -> None:
        self._originals, self._copies = originals, folder

    def keep(self, raw: RawDocument) -> str:
        return self._originals.keep(raw)

    def keep_stream(self, name: str, stream: BinaryIO, max_bytes: int) -> tuple[str, int]:
        return self._originals.keep_stream(name, stream, max_bytes)

    def path(self, digest: str) -> Path:
        for copy in self._copies.glob("*"):
            copy.unlink()
        return self._originals.path(digest)


def a_raw(content: bytes = b"content", name: str = "甲.docx") -> RawDocument:
    return RawDocument(name, content, f"/somewhere/{name}")


def test_an_original_is_known_by_the_digest_of_its_bytes(store: Kept) -> None:
    assert store.keep(a_raw()) == hashlib.sha256(b"content").hexdigest()


def test_keeping_the_same_bytes_again_is_harmless(store: Kept) -> None:
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


def test_a_stream_is_kept_under_the_digest_of_its_bytes_and_found_again(store: Kept) -> None:
    content = b"0123456789" * 300_000
    digest, size = store.keep_stream("甲.docx", io.BytesIO(content), len(content))
    assert (digest, size) == (hashlib.sha256(content).hexdigest(), len(content))
    assert store.path(digest).read_bytes() == content


def test_a_stream_larger_than_allowed_is_refused(store: Kept) -> None:
    with pytest.raises(FileRefused, match="上限"):
        store.keep_stream("甲.docx", io.BytesIO(b"123456"), 5)


def test_an_empty_stream_is_refused(store: Kept) -> None:
    with pytest.raises(FileRefused, match="空的"):
        store.keep_stream("甲.docx", io.BytesIO(), 5)


def test_an_original_that_is_gone_is_named_as_such(store: Kept) -> None:
    with pytest.raises(UnreadableDocument, match="重新上传"):
        store.path("ab" * 32)


def test_a_digest_cannot_lead_out_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("x")
    with pytest.raises(UnreadableDocument):
        FileOriginals(tmp_path / "originals").path("../secret")


class _Endless(io.RawIOBase):
    """Gives what is asked for until `size` bytes have gone, then stands or breaks."""

    def __init__(self, size: int, failure: OSError | None = None) -> None:
        self.left, self.failure = size, failure

    def read(self, wanted: int = -1) -> bytes:
        given = min(wanted, self.left) if wanted >= 0 else self.left
        self.left -= given
        if not given and self.failure:
            raise self.failure
        return b"x" * given


def test_a_large_stream_never_stands_in_memory(tmp_path: Path) -> None:
    # In a process of its own: servers that other tests have in this one use memory meanwhile.
    with ProcessPoolExecutor(1, mp_context=CONTEXT) as process:
        assert process.submit(_peak_of_keeping, tmp_path, 64 << 20).result() < 8 << 20


def _peak_of_keeping(folder: Path, size: int) -> int:
    tracemalloc.start()
    FileOriginals(folder).keep_stream("大.pdf", _stream(size), 100 << 20)
    return tracemalloc.get_traced_memory()[1]


@pytest.mark.parametrize("reason", ["full", "too large"])
def test_what_was_not_kept_leaves_nothing_behind(tmp_path: Path, reason: str) -> None:
    full = OSError(errno.ENOSPC, "No space left on device") if reason == "full" else None
    with pytest.raises(StoreUnavailable if full else FileRefused):
        FileOriginals(tmp_path).keep_stream("甲.pdf", _stream(3 << 20, full), 3 << 20 if full else 1 << 20)
    assert not list(tmp_path.iterdir())


def _stream(size: int, failure: OSError | None = None) -> BinaryIO:
    return _Endless(size, failure)  # type: ignore[return-value]
