"""Policies, search and regions over JSON."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from fastapi.testclient import TestClient

from indexing.passage_splitter import guide_passage, split_edition
from knowledge_base.models import ChangeKind
from knowledge_base.validity import editions
from tests.factories import a_guide, a_revision
from tests.fakes.containers import A_LONG_TEXT, some_revisions

Clients = Callable[..., TestClient]


def titles(client: TestClient, query: str) -> set[str]:
    return {policy["title"] for policy in client.get(f"/api/v1/policies{query}").json()["policies"]}


def test_policies_are_listed_with_their_state_of_today(client: TestClient) -> None:
    states = {policy["id"]: policy["status_label"] for policy in client.get("/api/v1/policies").json()["policies"]}
    assert states == {"d-residence": "现行有效", "d-old": "废止", "d-future": "尚未生效"}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?status=repealed", {"示范市暂住证管理办法"}),
        ("?region=示范市明德区人民政府", {"明德区老年人助餐办法"}),
        ("?region=990102", {"明德区老年人助餐办法"}),
        ("?q=居住证", {"示范市居住证管理办法"}),
        ("?q=示范市 办法", {"示范市居住证管理办法", "示范市暂住证管理办法"}),
        ("?as_of=2023-06-01&status=in_force", {"示范市暂住证管理办法"}),
    ],
)
def test_policies_are_filtered(client: TestClient, query: str, expected: set[str]) -> None:
    assert titles(client, query) == expected


def test_pages_follow_one_another(client: TestClient) -> None:
    first = client.get("/api/v1/policies?page=1&page_size=2").json()
    second = client.get("/api/v1/policies?page=2&page_size=2").json()
    assert first["total"] == 3
    assert [len(first["policies"]), len(second["policies"])] == [2, 1]


def test_the_provisions_of_a_policy_give_back_its_text(client: TestClient) -> None:
    policy = client.get("/api/v1/policies/d-residence").json()
    assert "".join(provision["text"] for provision in policy["provisions"]) == policy["text"] == A_LONG_TEXT
    assert "第二条" in {provision["path"] for provision in policy["provisions"]}


def test_a_repealed_policy_names_what_replaced_it(client: TestClient) -> None:
    policy = client.get("/api/v1/policies/d-old").json()
    assert (policy["status_label"], policy["ends_on"]) == ("废止", "2024-01-01")
    assert policy["replaced_by"] == {"id": "d-residence", "title": "示范市居住证管理办法"}


def test_a_repealed_policy_was_in_force_the_day_before(client: TestClient) -> None:
    assert client.get("/api/v1/policies/d-old?as_of=2023-12-31").json()["status"] == "in_force"
    assert client.get("/api/v1/policies/d-old?as_of=2024-01-01").json()["status"] == "repealed"


def test_the_history_says_when_and_why_but_not_who(client: TestClient) -> None:
    revision = client.get("/api/v1/policies/d-residence").json()["revisions"][0]
    assert revision["reason"] == "首次收录"
    assert "王编辑" not in str(revision)


@pytest.mark.parametrize("address", ["/api/v1/policies/nope", "/api/v1/policies/d-residence?edition=9"])
def test_an_unknown_policy_or_edition_is_not_found(client: TestClient, address: str) -> None:
    assert client.get(address).status_code == 404


def test_search_finds_only_what_binds_in_the_region_on_the_day(client_with: Clients) -> None:
    passages = [passage for revision in some_revisions() for passage in split_edition(editions([revision])[0])]
    client = client_with(passages=passages)
    today = client.get("/api/v1/search?q=居住证申领材料").json()
    assert {hit["document_id"] for hit in today["hits"]} == {"d-residence"}
    assert today["hits"][0]["link"].startswith("/policies/d-residence?edition=1#")
    before = client.get("/api/v1/search?q=居住证申领材料&as_of=2023-12-31").json()
    assert {hit["document_id"] for hit in before["hits"]} == {"d-old"}


def test_search_does_not_show_what_has_ended_or_was_corrected_since_the_index_was_built(client_with: Clients) -> None:
    corrected, ended = a_revision("d-corrected", text=A_LONG_TEXT), a_revision("d-ended", text=A_LONG_TEXT)
    passages = [passage for revision in (corrected, ended) for passage in split_edition(editions([revision])[0])]
    newer = a_revision("d-corrected", text=A_LONG_TEXT.replace("材料", "证明材料"), number=2, kind=ChangeKind.CORRECT)
    repeal = a_revision("d-ended", text=A_LONG_TEXT, number=2, kind=ChangeKind.REPEAL, repealed_on=date(2026, 11, 22))
    client = client_with(revisions=[corrected, ended, newer, repeal], passages=passages)
    hits = client.get("/api/v1/search?q=申领居住证应当提交什么&region=990100&mode=lexical").json()["hits"]
    assert [hit["document_id"] for hit in hits if "材料" in hit["text"]] == []
    assert client.get("/api/v1/search?q=申领居住证应当提交什么&region=990100&as_of=2026-11-21").json()["hits"][0]["ends_on"] == "2026-11-22"


def test_search_shows_a_guide_only_while_it_is_offered_and_only_for_today(client_with: Clients) -> None:
    kept, withdrawn = a_guide(), a_guide("g-withdrawn")
    client = client_with(passages=[guide_passage(guide) for guide in (kept, withdrawn)])
    found = client.get(f"/api/v1/search?q={kept.title}&region={kept.jurisdiction}").json()["hits"]
    assert [hit["document_id"] for hit in found] == [kept.id]
    assert client.get(f"/api/v1/search?q={kept.title}&region={kept.jurisdiction}&as_of=2025-01-01").json()["hits"] == []


def test_search_without_an_index_says_when_to_try_again(client_with: Clients) -> None:
    response = client_with(passages=None).get("/api/v1/search?q=居住证")
    assert response.status_code == 503
    assert response.headers["Retry-After"]
    assert "还没有索引" in response.json()["detail"]


def test_an_empty_search_is_refused_in_chinese(client: TestClient) -> None:
    response = client.get("/api/v1/search?q=")
    assert response.status_code == 422
    assert "搜索词：不能少于 1 个字" in response.json()["detail"]


def test_regions_are_found_by_any_part_of_their_name(client: TestClient) -> None:
    found = client.get("/api/v1/regions?q=广州 天河").json()["regions"]
    assert [region["full_name"] for region in found] == ["广东省广州市天河区"]


def test_regions_near_the_configured_one_come_first_without_words(client: TestClient) -> None:
    names = [region["name"] for region in client.get("/api/v1/regions").json()["regions"]]
    assert names == ["示范市", "明德区", "安和区", "云栖区", "知行区"]
