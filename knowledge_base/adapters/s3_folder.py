"""A folder of an object storage that speaks the S3 protocol. What is put there is read back before it counts as put."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

import boto3
from boto3.exceptions import Boto3Error
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from knowledge_base.errors import StorageUnavailable

_SCHEME = "s3://"
_PIECE_BYTES = 1 << 20
_PARTS = TransferConfig(multipart_threshold=64 << 20, multipart_chunksize=64 << 20, max_concurrency=4)
_NAMES_AT_ONCE = 1000
_ABSENT = frozenset({"404", "NoSuchKey", "NotFound"})
_REASONS = {
    "NoSuchBucket": "没有这个存储桶。请先建好，或核对地址。",
    "AccessDenied": "没有权限。请核对密钥和存储桶的授权（读、写、列表、删除）。",
    "403": "没有权限。请核对密钥和存储桶的授权（读、写、列表、删除）。",
    "InvalidAccessKeyId": "密钥编号不对。请核对 ZHENGWEN_S3_KEY_ID。",
    "SignatureDoesNotMatch": "密钥不对。请核对 ZHENGWEN_S3_SECRET。",
}


@dataclass(frozen=True, slots=True)
class S3Account:
    """`endpoint` "" for the public cloud's own; without a key the machine's role counts. `addressing`: auto, path or virtual."""

    endpoint: str = ""
    region: str = ""
    key_id: str = ""
    secret: str = ""
    addressing: str = "auto"


class S3Folder:
    """Implements ObjectFolder. Safe to share between threads."""

    def __init__(self, address: str, account: S3Account, attempts: int = 4) -> None:
        """`address` "s3://bucket/folder"."""
        self.address = address.rstrip("/")
        self._bucket, _, folder = self.address.removeprefix(_SCHEME).partition("/")
        self._folder = f"{folder}/" if folder else ""
        self._account, self._attempts = account, attempts
        self._lock = Lock()
        self._made: Any = None

    def put(self, name: str, path: Path) -> None:
        with self._in_words(f"不能把“{name}”存入"):
            self._client.upload_file(str(path), self._bucket, self._key(name), Config=_PARTS)
            if self._digest(name) != _file_digest(path):
                self._client.delete_object(Bucket=self._bucket, Key=self._key(name))
                raise StorageUnavailable(f"存入 {self.address} 的“{name}”读回来不一样，已删去。请检查对象存储后再试，本机的这一份完好。")

    def fetch(self, name: str, path: Path) -> bool:
        with self._in_words(f"不能取出“{name}”："):
            path.parent.mkdir(parents=True, exist_ok=True)
            try:
                # Beside first, then renamed: by the library itself.
                self._client.download_file(self._bucket, self._key(name), str(path), Config=_PARTS)
            except ClientError as error:
                if _code(error) in _ABSENT:
                    return False
                raise
        return True

    def names(self, beginning: str = "") -> tuple[str, ...]:
        with self._in_words("不能列出"):
            listing = self._client.get_paginator("list_objects_v2")
            pages = listing.paginate(Bucket=self._bucket, Prefix=self._key(beginning), PaginationConfig={"PageSize": _NAMES_AT_ONCE})
            keys = [str(entry["Key"]) for page in pages for entry in page.get("Contents", ())]
        return tuple(sorted(key.removeprefix(self._folder) for key in keys))

    def remove(self, name: str) -> None:
        with self._in_words(f"不能删除“{name}”："):
            self._client.delete_object(Bucket=self._bucket, Key=self._key(name))

    @property
    def _client(self) -> Any:
        """Made on first use: it takes half a second."""
        with self._lock:
            self._made = self._made or _client(self._account, self._attempts)
            return self._made

    def _key(self, name: str) -> str:
        return f"{self._folder}{name}"

    def _digest(self, name: str) -> str:
        digest = hashlib.sha256()
        body = self._client.get_object(Bucket=self._bucket, Key=self._key(name))["Body"]
        for piece in body.iter_chunks(_PIECE_BYTES):
            digest.update(piece)
        return digest.hexdigest()

    @contextmanager
    def _in_words(self, what: str) -> Iterator[None]:
        try:
            yield
        except (ClientError, BotoCoreError, Boto3Error, OSError) as error:
            raise StorageUnavailable(f"{what} {self.address}：{_reason(error)}") from error


def _client(account: S3Account, attempts: int) -> Any:
    return boto3.client(
        "s3",
        endpoint_url=account.endpoint or None,
        region_name=account.region or None,
        aws_access_key_id=account.key_id or None,
        aws_secret_access_key=account.secret or None,
        config=Config(
            connect_timeout=5,
            read_timeout=60,
            retries={"mode": "standard", "max_attempts": attempts},
            s3={"addressing_style": account.addressing},
            # Checksums sent in trailers are refused by many storages of other make; what is put is read back instead.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        ),
    )


def _file_digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


def _reason(error: BaseException) -> str:
    """The library wraps what the storage said once more where it uploads."""
    said = error if isinstance(error, ClientError) else error.__context__
    if isinstance(said, ClientError):
        return _REASONS.get(_code(said), f"对象存储拒绝了请求（{_code(said)}）。请查看它的日志。")
    if isinstance(error, OSError) and error.strerror:
        return f"{error.strerror}。请检查本机的磁盘空间和写入权限。"
    return "连不上对象存储。请核对 ZHENGWEN_S3_ENDPOINT，检查网络。"
