"""The policy page and the list of policies."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from fastapi.testclient import TestClient
from selectolax.lexbor import LexborHTMLParser as Page

from api.pages.policy_view import parse_span, view_section
from knowledge_base.models import ChangeKind
from tests.factories import a_revision, an_outline
from tests.fakes.containers import A_LONG_TEXT

Clients = Callable[..., TestClient]


def page_of(client: TestClient, address: str) -> Page:
    response = client.get(address, headers={"Accept": "text/html"})
    assert response.status_code == 200
    return Page(response.text)


def without_space(text: str) -> str:
    return "".join(text.split())


def test_every_character_of_the_policy_is_on_the_page(client: TestClient) -> None:
    shown = page_of(client, "/policies/d-residence").css_first(".policy__text")
    for link in shown.css("copy-link"):
        link.decompose()
    assert without_space(shown.text()) == without_space(A_LONG_TEXT)


def test_articles_can_be_linked_to(client: TestClient) -> None:
    page = page_of(client, "/policies/d-residence")
    assert "（一）身份证明" in page.css_first("section[id='第二条']").text()
    targets = [link.attributes["href"].removeprefix("#") for link in page.css("nav[aria-label=目录] a")]
    assert "第二条" in targets
    assert all(page.css_first(f"[id='{target}']") for target in targets)


def test_a_policy_in_force_says_since_when(client: TestClient) -> None:
    banner = page_of(client, "/policies/d-residence").css_first(".validity").text()
    assert "现行有效" in banner
    assert "2024年1月1日起施行" in banner


def test_a_repealed_policy_says_so_and_leads_to_its_successor(client: TestClient) -> None:
    banner = page_of(client, "/policies/d-old").css_first(".validity")
    assert "2024年1月1日起废止，不能再作为依据" in banner.text()
    assert banner.css_first("a").attributes["href"] == "/policies/d-residence"


def test_a_policy_to_come_is_not_yet_a_basis(client: TestClient) -> None:
    assert "尚未生效" in page_of(client, "/policies/d-future").css_first(".validity").text()


def test_the_day_can_be_changed(client: TestClient) -> None:
    page = page_of(client, "/policies/d-old?as_of=2023-12-31&edition=")
    assert "现行有效" in page.css_first(".validity").text()
    assert "按2023年12月31日判断" in page.css_first(".validity").text()


def test_an_amended_policy_offers_its_editions(client_with: Clients) -> None:
    new_text = A_LONG_TEXT.replace("身份证明", "居民身份证")
    history = [
        a_revision(text=A_LONG_TEXT),
        a_revision(number=2, edition=2, text=new_text, kind=ChangeKind.AMEND, reason="修改材料", effective_on=date(2025, 1, 1)),
    ]
    client = client_with(revisions=history)
    assert "居民身份证" in page_of(client, "/policies/d-residence").css_first(".policy__text").text()
    old = page_of(client, "/policies/d-residence?edition=1")
    assert "已修改" in old.css_first(".validity").text()
    assert len(old.css("select[name=edition] option")) == 3
    assert "修改材料" in old.css_first(".history").text()


def test_the_list_is_filtered_by_state(client: TestClient) -> None:
    items = page_of(client, "/policies?status=repealed").css(".policy-item")
    assert [item.css_first("a").text() for item in items] == ["示范市暂住证管理办法"]
    assert items[0].css_first(".badge").text() == "废止"


def test_the_list_says_what_to_do_where_nothing_fits(client: TestClient) -> None:
    assert "没有符合条件的政策文件" in page_of(client, "/policies?q=没有这个词").css_first("main").text()


def test_a_guide_has_a_page(client: TestClient) -> None:
    page = page_of(client, "/guides/guide-residence")
    assert "居住地址证明" in page.css_first("main").text()
    assert "示范市公安局" in page.css_first(".department").text()


def test_a_guide_that_does_not_exist_is_not_found(client: TestClient) -> None:
    response = client.get("/guides/nope", headers={"Accept": "text/html"})
    assert response.status_code == 404
    assert "没有编号为“nope”的办事指南" in response.text


def test_a_quote_over_several_provisions_is_marked_in_each() -> None:
    start, end = A_LONG_TEXT.index("应当提交"), A_LONG_TEXT.index("居住地址证明")
    section = view_section(an_outline(A_LONG_TEXT), A_LONG_TEXT, (start, end))
    marked = "".join(stretch.text for part in walk(section) for stretch in part.stretches if stretch.quoted)
    assert without_space(marked) == without_space(A_LONG_TEXT[start:end])


def walk(section):  # type: ignore[no-untyped-def]  # a generator over the section and its children
    yield section
    for child in section.children:
        yield from walk(child)


def test_only_a_span_of_the_text_is_a_span() -> None:
    assert parse_span("3-9", 20) == (3, 9)
    for wrong in ("", "9-3", "3-99", "a-b", "3", "-1-2", "٣-٩x"):
        assert parse_span(wrong, 20) is None
