"""Files handed in at the console: one request for each, or a plain form; the list of what became of them; who may send how much."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from api.access.models import Role
from api.app import create_app
from api.container import Container
from knowledge_base.intake.models import UploadState
from tests.fakes.containers import a_container
from tests.pages.admin.reviewing import NEW, OLD, draft_of, hand_in
from tests.staff_clients import a_staff_client, a_staff_member

MB = 1 << 20


@pytest.fixture
def container() -> Container:
    return a_container(max_upload_mb=2)


@pytest.fixture
def client(container: Container) -> TestClient:
    return a_staff_client(container, a_staff_member(container, Role.ADMINISTRATOR))


def sent(client: TestClient, content: bytes | Iterator[bytes], name: str = "办法.txt") -> int:
    return client.post("/admin/uploads/file", params={"name": name}, content=content).status_code


def test_a_file_is_kept_as_it_came_and_waits_to_be_read(client: TestClient, container: Container) -> None:
    answer = client.post("/admin/uploads/file?name=C:\\文件\\办法.txt", content=(piece.encode() for piece in (OLD[:40], "", OLD[40:])))
    (upload,) = container.intake.uploads()
    assert answer.json() == {"id": upload.id, "name": "办法.txt"}
    assert container.intake.original(upload.id).read_text(encoding="utf-8") == OLD
    assert (upload.state, upload.by, container.work.submitted) == (UploadState.WAITING, "zhang.san", [("read_upload", upload.id)])
    assert container.audit.events(limit=1)[0].action == "file_uploaded"


def test_a_file_that_nobody_reads_is_refused_with_what_to_do(client: TestClient, container: Container) -> None:
    answer = client.post("/admin/uploads/file?name=程序.exe", content=b"MZ", headers={"Accept": "application/json"})
    assert answer.status_code == 422
    assert "可以上传" in answer.json()["detail"]
    assert container.intake.uploads() == ()


def test_several_files_come_by_a_plain_form_and_a_bad_one_does_not_stop_the_others(client: TestClient, container: Container) -> None:
    files = [("files", ("甲.txt", OLD.encode())), ("files", ("乙.exe", b"MZ")), ("files", ("丙.txt", NEW.encode()))]
    answer = client.post("/admin/uploads", files=files)
    page = client.get(answer.headers["location"]).text
    assert "收下 2 个文件" in page
    assert "乙.exe（不认识这种文件" in page
    assert {upload.name for upload in container.intake.uploads()} == {"甲.txt", "丙.txt"}


def test_a_plain_form_without_files_says_what_is_missing(client: TestClient) -> None:
    nothing = (
        b'--x\r\nContent-Disposition: form-data; name="files"; filename=""\r\nContent-Type: application/octet-stream\r\n\r\n\r\n--x--\r\n'
    )
    answer = client.post("/admin/uploads", content=nothing, headers={"Content-Type": "multipart/form-data; boundary=x"})
    assert "没有选择文件" in client.get(answer.headers["location"]).text


@pytest.mark.parametrize("chunked", [False, True])
def test_an_administrator_may_send_more_than_others_but_not_more_than_the_limit(
    client: TestClient, container: Container, chunked: bool
) -> None:
    def body(size: int) -> bytes | Iterator[bytes]:
        return (b"a" * 65536 for _ in range(size // 65536)) if chunked else b"a" * size

    assert sent(client, body(1 * MB)) == 201
    answer = client.post("/admin/uploads/file?name=大.txt", content=body(4 * MB), headers={"Accept": "application/json"})
    assert answer.status_code == 413
    assert "2 MB 的上限" in answer.json()["detail"]
    assert len(container.intake.uploads()) == 1


@pytest.mark.parametrize("address", ["/admin/uploads", "/admin/uploads/file?name=甲.txt"])
@pytest.mark.parametrize("role", [None, Role.OPERATOR, Role.AUDITOR])
def test_nobody_else_can_make_the_service_take_in_large_bodies(container: Container, address: str, role: Role | None) -> None:
    client = a_staff_client(container, a_staff_member(container, role, name="li.si")) if role else TestClient(create_app(container))
    assert client.post(address, content=b"a" * (300 << 10)).status_code == 413
    assert client.post(address, content=(b"a" * 65536 for _ in range(5))).status_code in {401, 403, 413}


def test_an_administrator_who_must_change_the_password_first_sends_nothing_large(container: Container) -> None:
    account = container.accounts.create("wang.wu", (Role.ADMINISTRATOR,), by="test").account
    assert sent(a_staff_client(container, account), b"a" * (300 << 10)) == 413


def test_larger_bodies_are_for_the_addresses_of_files_only(client: TestClient) -> None:
    assert client.post("/admin/drafts/u-1", content=b"a" * (300 << 10)).status_code == 413
    assert client.post("/admin/uploadsX", content=b"a" * (300 << 10)).status_code == 413


def test_a_file_without_the_token_of_the_session_is_not_kept(client: TestClient, container: Container) -> None:
    answer = client.post("/admin/uploads/file?name=甲.txt", content=OLD.encode(), headers={"X-CSRF-Token": "0"})
    assert answer.status_code == 403
    assert container.intake.uploads() == ()


def test_the_list_shows_state_reason_and_the_way_on(client: TestClient, container: Container) -> None:
    draft = draft_of(client, container, OLD, "好.txt")
    hand_in(client, container, "   ", "坏.txt")
    client.post("/admin/uploads/file?name=等.txt", content=NEW.encode())
    page = client.get("/admin/uploads").text
    assert f'href="/admin/drafts/{draft.id}">去审核' in page
    assert "读取失败（1）" in page
    assert "等待读取（1）" in page
    assert "data-busy" in page
    failed = client.get("/admin/uploads?state=failed").text
    assert "坏.txt" in failed
    assert "好.txt" not in failed


def test_the_list_alone_can_be_asked_for(client: TestClient, container: Container) -> None:
    hand_in(client, container, OLD)
    part = client.get("/admin/uploads/list").text
    assert "办法.txt" in part
    assert "<html" not in part


def test_a_failed_file_is_read_once_more_on_request(client: TestClient, container: Container) -> None:
    upload = hand_in(client, container, "   ", "坏.txt")
    container.work.submitted.clear()
    assert client.post(f"/admin/uploads/{upload.id}/retry").status_code == 303
    assert container.work.submitted == [("read_upload", upload.id)]


def test_an_auditor_sees_uploads_and_no_way_to_change_them(container: Container, client: TestClient) -> None:
    hand_in(client, container, "   ", "坏.txt")
    auditor = a_staff_client(container, a_staff_member(container, Role.AUDITOR, name="shen.ji"))
    page = auditor.get("/admin/uploads").text
    assert "坏.txt" in page
    assert "重新读取" not in page
    assert "upload-queue" not in page.split("</head>")[1]


def test_a_new_text_for_a_document_becomes_its_draft_whatever_its_title(client: TestClient, container: Container) -> None:
    page = client.get("/admin/uploads?document=d-residence").text
    assert "上传《示范市居住证管理办法》的新文本" in page
    assert draft_of(client, container, NEW, document="d-residence").document.document_id == "d-residence"
