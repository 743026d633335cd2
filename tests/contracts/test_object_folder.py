"""What every ObjectFolder promises, on a real S3 server and on the fake; and what the server's refusals are called."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from knowledge_base.adapters import s3_folder as adapter
from knowledge_base.adapters.s3_folder import S3Account, S3Folder
from knowledge_base.errors import StorageUnavailable
from knowledge_base.ports import ObjectFolder
from tests.fakes.object_folder import MemoryObjectFolder
from tests.journeys.service import free_port
from tests.s3_server import *  # noqa: F403 - fixtures
from tests.s3_server import BUCKET


@pytest.fixture(params=["memory", "s3"])
def folder(request: pytest.FixtureRequest) -> ObjectFolder:
    if request.param == "memory":
        return MemoryObjectFolder()
    made: S3Folder = request.getfixturevalue("s3_folder")
    return made


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "file"
    path.write_bytes(b"0123456789" * 1000)
    return path


def test_what_is_put_is_fetched_again_byte_for_byte(folder: ObjectFolder, file: Path, tmp_path: Path) -> None:
    folder.put("甲 (1).zip", file)
    assert folder.fetch("甲 (1).zip", tmp_path / "new" / "fetched")
    assert (tmp_path / "new" / "fetched").read_bytes() == file.read_bytes()


def test_putting_again_replaces(folder: ObjectFolder, file: Path, tmp_path: Path) -> None:
    folder.put("a", file)
    file.write_bytes(b"new")
    folder.put("a", file)
    assert folder.fetch("a", tmp_path / "fetched")
    assert (tmp_path / "fetched").read_bytes() == b"new"


def test_names_are_listed_in_order_by_their_beginning(folder: ObjectFolder, file: Path) -> None:
    for name in ("b-2", "a-1", "b-1"):
        folder.put(name, file)
    assert (folder.names(), folder.names("b-"), folder.names("c")) == (("a-1", "b-1", "b-2"), ("b-1", "b-2"), ())


def test_what_is_not_there_cannot_be_fetched_and_leaves_no_file(folder: ObjectFolder, tmp_path: Path) -> None:
    assert not folder.fetch("nothing", tmp_path / "fetched")
    assert not (tmp_path / "fetched").exists()


def test_what_was_removed_is_gone_and_may_be_removed_again(folder: ObjectFolder, file: Path) -> None:
    folder.put("a", file)
    folder.remove("a")
    folder.remove("a")
    assert folder.names() == ()


def test_a_file_that_is_not_here_cannot_be_put(folder: ObjectFolder, tmp_path: Path) -> None:
    with pytest.raises(StorageUnavailable):
        folder.put("a", tmp_path / "nothing")
    assert folder.names() == ()


def test_a_folder_is_blind_to_its_neighbours(s3_account: S3Account, file: Path) -> None:
    one, other = (S3Folder(f"s3://{BUCKET}/neighbours/{name}", s3_account) for name in ("a", "ab"))
    other.put("x", file)
    assert one.names() == ()


def test_names_beyond_one_page_are_all_listed(s3_folder: S3Folder, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adapter, "_NAMES_AT_ONCE", 2)
    for number in range(5):
        s3_folder.put(str(number), file)
    assert s3_folder.names() == ("0", "1", "2", "3", "4")


def test_a_large_file_goes_in_parts(s3_folder: S3Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adapter, "_PARTS", adapter.TransferConfig(multipart_threshold=5 << 20, multipart_chunksize=5 << 20))
    large = tmp_path / "large"
    large.write_bytes(bytes(range(256)) * (11 << 12))
    s3_folder.put("large", large)
    assert "-" in s3_folder._client.head_object(Bucket=BUCKET, Key=s3_folder._key("large"))["ETag"]
    assert s3_folder.fetch("large", tmp_path / "fetched")
    assert (tmp_path / "fetched").read_bytes() == large.read_bytes()


def test_what_arrived_otherwise_than_it_was_sent_does_not_stay(s3_folder: S3Folder, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adapter, "_file_digest", lambda _path: "another")
    with pytest.raises(StorageUnavailable, match="读回来不一样"):
        s3_folder.put("a", file)
    assert s3_folder.names() == ()


def test_a_bucket_that_is_not_there_is_named_as_such(s3_account: S3Account, file: Path) -> None:
    with pytest.raises(StorageUnavailable, match="没有这个存储桶"):
        S3Folder("s3://no-such-bucket", s3_account).put("a", file)
    with pytest.raises(StorageUnavailable, match="没有这个存储桶"):
        S3Folder("s3://no-such-bucket", s3_account).names()


def test_a_storage_that_cannot_be_reached_is_named_as_such(s3_account: S3Account, file: Path, tmp_path: Path) -> None:
    gone = S3Folder(f"s3://{BUCKET}", replace(s3_account, endpoint=f"http://127.0.0.1:{free_port()}"), attempts=1)
    for attempt in (lambda: gone.put("a", file), lambda: gone.fetch("a", tmp_path / "b"), gone.names, lambda: gone.remove("a")):
        with pytest.raises(StorageUnavailable, match="连不上对象存储"):
            attempt()
    assert list(tmp_path.iterdir()) == [file]
