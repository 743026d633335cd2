"""The search tester: every step is shown, and nothing of it is kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.access.models import Role
from api.container import Container
from tests.fakes.containers import NOW, a_container
from tests.passage_factory import a_passage
from tests.staff_clients import a_staff_client, a_staff_member

QUESTION = "申领居住证要什么材料？"


@pytest.fixture
def container() -> Container:
    """The real steps over fakes, as the desk has them."""
    made = a_container(passages=[a_passage("第二条 申领居住证，应当提交下列材料：\n（一）身份证明；\n（二）居住地址证明。", path="第二条")])
    desk: Any = made.desk()
    return replace(made, assistant=lambda: desk.assistant)


@pytest.fixture
def client(container: Container) -> TestClient:
    return a_staff_client(container, a_staff_member(container, Role.ADMINISTRATOR))


def asked(client: TestClient, **fields: str) -> str:
    response = client.post("/admin/search", data={"question": QUESTION} | fields)
    assert response.status_code == 200
    return response.text


def test_the_empty_form_stands_there_first(client: TestClient) -> None:
    page = client.get("/admin/search").text
    assert "市民的问题" in page
    assert "检索名次" not in page


def test_each_step_is_shown_with_its_time(client: TestClient) -> None:
    page = asked(client)
    assert all(step in page for step in ("遮盖个人信息", "判断意图", "检索并筛选依据", "毫秒"))
    assert "办事或诉求" in page


def test_both_rankings_stand_side_by_side_with_what_became_of_each_passage(client: TestClient) -> None:
    page = asked(client)
    assert all(column in page for column in ("综合", "语义", "关键词", "取舍"))
    assert "示范市居住证管理办法" in page
    assert "第 1" in page


def test_personal_data_is_masked_before_anything_is_shown(client: TestClient) -> None:
    page = asked(client, question=f"{QUESTION}我的身份证号是11010519491231002X")
    assert "11010519491231002X" not in page
    assert "遮盖 1 处" in page


def test_nothing_of_it_is_kept(client: TestClient, container: Container) -> None:
    asked(client)
    records: Any = container.conversations
    assert records.count() == 0 if hasattr(records, "count") else not records._records


def test_a_day_is_travelled_to(client: TestClient) -> None:
    assert "按哪一天的规定</dt><dd>2009年5月1日" in asked(client, day="2009-05-01")


@pytest.mark.parametrize(
    ("fields", "said"),
    [({"question": " "}, "请先输入"), ({"day": "明天"}, "日期请写成"), ({"region": "不存在市"}, "不存在市")],
)
def test_what_cannot_be_asked_says_why(client: TestClient, fields: dict[str, str], said: str) -> None:
    response = client.post("/admin/search", data={"question": QUESTION} | fields)
    assert (response.status_code, said in response.text) == (422, True)


def test_the_question_stands_in_no_address(client: TestClient) -> None:
    assert QUESTION not in client.get(f"/admin/search?question={QUESTION}").text


def test_auditors_may_look(container: Container) -> None:
    auditor = a_staff_client(container, a_staff_member(container, Role.AUDITOR, name="shen.ji"))
    assert "检索名次" in asked(auditor)


def test_today_is_the_day_in_china(client: TestClient) -> None:
    assert date(2026, 11, 22) == NOW.date()
    assert "2026年11月22日" in asked(client)
