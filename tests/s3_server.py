"""A real S3 server on a loopback port, and a folder of its own in it for each test."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import boto3
import pytest

from knowledge_base.adapters.s3_folder import S3Account, S3Folder

__all__ = ["BUCKET", "s3_account", "s3_folder"]

BUCKET = "zhengwen"


@pytest.fixture(scope="session")
def s3_account() -> Iterator[S3Account]:
    moto = pytest.importorskip("moto.server", reason="没有安装 moto")
    server = moto.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    account = S3Account(f"http://{host}:{port}", "us-east-1", "a-key", "a-secret")
    client = boto3.client("s3", endpoint_url=account.endpoint, region_name=account.region, aws_access_key_id="a", aws_secret_access_key="a")
    client.create_bucket(Bucket=BUCKET)
    yield account
    server.stop()


@pytest.fixture
def s3_folder(s3_account: S3Account) -> S3Folder:
    return S3Folder(f"s3://{BUCKET}/{uuid.uuid4().hex}", s3_account)
