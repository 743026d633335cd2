"""The citizen page as a browser without JavaScript gets it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from fastapi.testclient import TestClient
from selectolax.lexbor import LexborHTMLParser as Page

from assistant.models import Answer, AnswerBlock, BlockKind
from tests.factories import an_answer
from tests.fakes.containers import A_LONG_TEXT

Clients = Callable[..., TestClient]


def page_of(client: TestClient, address: str = "/") -> Page:
    response = client.get(address, headers={"Accept": "text/html"})
    assert response.status_code == 200
    return Page(response.text)


def ask(client: TestClient, message: str = "居住证怎么办？", **fields: str) -> Page:
    response = client.post("/ask", data={"message": message, **fields})
    assert response.status_code == 303
    return page_of(client, response.headers["location"])


def an_answer_citing_the_second_article() -> Answer:
    quote = "申领居住证，应当提交下列材料："
    start = A_LONG_TEXT.index(quote)
    citation = replace(
        an_answer().citations[0],
        quote=quote,
        start=start,
        end=start + len(quote),
        provision="第二条",
        link="/policies/d-residence?edition=1#%E7%AC%AC%E4%BA%8C%E6%9D%A1",
    )
    return replace(an_answer(), citations=(citation,), blocks=(AnswerBlock(BlockKind.QUOTE, (quote,), "第二条", 1),))


def test_the_form_works_without_javascript(client: TestClient) -> None:
    form = page_of(client).css_first("form[data-ask]")
    assert (form.attributes["method"], form.attributes["action"]) == ("post", "/ask")
    assert form.css_first("textarea[name=message]").attributes["id"] == form.css_first("label").attributes["for"]
    assert form.css_first("button[type=submit]").text(strip=True) == "提问"


def test_hot_questions_are_buttons_of_a_form(client: TestClient) -> None:
    buttons = page_of(client).css("form[action='/ask'] button[name=message]")
    assert [button.attributes["value"] for button in buttons] == ["居住证怎么办？", "公积金能贷多少？"]


def test_an_answer_has_an_address_of_its_own(client: TestClient) -> None:
    response = client.post("/ask", data={"message": "居住证怎么办？"})
    assert response.headers["location"] == "/?answer=a-1#answer"


def test_the_question_is_never_part_of_an_address(client: TestClient) -> None:
    page = ask(client, "我叫张三")
    addresses = [node.attributes.get("href") or node.attributes.get("action") or "" for node in page.css("[href], [action]")]
    assert not any("张三" in address or "%E5%BC%A0" in address for address in addresses)


def test_progress_and_conversation_are_announced(client: TestClient) -> None:
    page = page_of(client)
    assert page.css_first("[role=log]").attributes["aria-label"] == "对话"
    assert page.css_first("[role=status]") is not None


def test_a_citation_opens_the_whole_article_with_the_quote_marked(client_with: Clients) -> None:
    page = ask(client_with(answers={"居住证": an_answer_citing_the_second_article()}))
    note = page.css_first("details.note")
    assert "《示范市居住证管理办法》第二条" in note.css_first("summary").text()
    assert note.css_first("summary .badge").text() == "现行有效"
    assert note.css_first("mark").text() == "申领居住证，应当提交下列材料："
    assert "（二）居住地址证明。" in note.css_first("blockquote").text()
    assert "2024年1月1日" in note.css_first("dl").text()


def test_a_citation_leads_to_the_marked_place_on_the_policy_page(client_with: Clients) -> None:
    client = client_with(answers={"居住证": an_answer_citing_the_second_article()})
    link = ask(client).css_first("details.note .note__body > p > a").attributes["href"]
    policy = page_of(client, link)
    assert policy.css_first("section[id='第二条'] mark").text().strip() == "申领居住证，应当提交下列材料："


def test_the_number_beside_a_block_points_at_its_note(client: TestClient) -> None:
    page = ask(client)
    target = page.css_first("a.note-ref").attributes["href"].removeprefix("#")
    assert page.css_first(f"details.note [id='{target}']") is not None


def test_the_department_can_be_called(client: TestClient) -> None:
    card = ask(client).css_first(".department")
    assert card.css_first("a").attributes["href"] == "tel:09008880101"
    assert "工作日 9:00—17:00" in card.text()


def test_next_questions_stay_in_the_conversation(client: TestClient) -> None:
    form = ask(client).css_first("form.next-questions")
    assert form.css_first("button").attributes["value"] == "居住证要多少钱？"
    assert form.css_first("input[name=conversation_id]").attributes["value"]


def test_a_follow_up_shows_what_was_asked_before(client: TestClient) -> None:
    first = ask(client)
    conversation = first.css_first("form[data-ask] input[name=conversation_id]").attributes["value"] or ""
    # The clock of the fakes stands still, so both turns carry the same moment and the earlier one is not listed twice.
    page = ask(client, "那要多少钱？", conversation_id=conversation)
    assert page.css_first("form[data-ask] input[name=conversation_id]").attributes["value"] == conversation


def test_the_answer_is_dated_and_demonstration_content_is_called_so(client: TestClient) -> None:
    page = ask(client)
    assert "依据截至" in page.css_first(".answer__dated").text()
    assert "虚构的示范内容" in page.css_first(".answer__dated").text()
    assert "均为虚构" in page.css_first(".demonstration").text()


def test_without_demonstration_content_there_is_no_notice(client_with: Clients) -> None:
    assert page_of(client_with(demonstration=False)).css_first(".demonstration") is None


def test_whoever_wants_a_person_is_told_what_happens(client: TestClient) -> None:
    ask(client)
    response = client.post("/answers/a-1/feedback", data={"kind": "wants_person"})
    outcome = page_of(client, response.headers["location"]).css_first(".feedback__outcome")
    assert outcome.css_first("form").attributes["action"] == "/answers/a-1/handoff"
    assert "0900-8880101" in outcome.text()


def test_what_a_citizen_writes_is_shown_as_text(client: TestClient) -> None:
    page = ask(client, "<img src=x onerror=alert(1)>")
    assert page.css_first(".question").text().endswith("<img src=x onerror=alert(1)>")
    assert page.css_first(".question img") is None


def test_the_chosen_region_is_remembered(client: TestClient) -> None:
    response = client.post("/preferences", data={"region": "990102", "return_to": "/policies"})
    assert response.headers["location"] == "/policies"
    assert "HttpOnly" in response.headers["set-cookie"]
    assert "明德区" in page_of(client).css_first(".ask__note").text()


def test_a_forged_region_cookie_is_ignored(client: TestClient) -> None:
    client.cookies.set("zhengwen_region", "nowhere")
    assert "示范市" in page_of(client).css_first(".ask__note").text()


@pytest.mark.parametrize("address", ["//evil.example", "/\\evil.example", "https://evil.example"])
def test_preferences_never_lead_out_of_the_service(client: TestClient, address: str) -> None:
    assert client.post("/preferences", data={"size": "elder", "return_to": address}).headers["location"] == "/"


def test_the_large_version_is_the_same_page_with_larger_tokens(client: TestClient) -> None:
    usual = page_of(client)
    client.post("/preferences", data={"size": "elder"})
    large = page_of(client)
    assert (usual.css_first("html").attributes.get("data-size"), large.css_first("html").attributes.get("data-size")) == (None, "elder")
    assert len(usual.css("main *")) == len(large.css("main *"))


def test_regions_can_be_searched(client: TestClient) -> None:
    page = page_of(client, "/regions?q=天河")
    assert [button.attributes["value"] for button in page.css("button[name=region]")] == ["440106"]
    assert "没有找到" in page_of(client, "/regions?q=火星").css_first("main [role=status]").text()


def test_an_unknown_page_is_a_chinese_page(client: TestClient) -> None:
    response = client.get("/nope", headers={"Accept": "text/html"})
    assert response.status_code == 404
    assert "没有找到您要的内容" in Page(response.text).css_first("main").text()


@pytest.mark.parametrize("address", ["/", "/policies", "/policies/d-residence", "/policies/d-old", "/regions", "/guides/guide-residence"])
def test_every_page_is_well_made(client: TestClient, address: str) -> None:
    page = page_of(client, address)
    assert page.css_first("html").attributes["lang"] == "zh-CN"
    assert len(page.css("h1")) == 1
    assert page.css_first("a.skip-link").attributes["href"] == "#main"
    ids = [node.attributes["id"] for node in page.css("[id]")]
    assert len(ids) == len(set(ids))
    for field in page.css("main input:not([type=hidden]), main select, main textarea"):
        assert page.css_first(f"label[for='{field.attributes['id']}']") is not None
    for image in page.css("img"):
        assert "alt" in image.attributes
    assert not page.css("script:not([src]), style, [style]")


@pytest.mark.parametrize("address", ["/", "/policies", "/policies/d-residence"])
def test_pages_load_nothing_from_elsewhere(client: TestClient, address: str) -> None:
    page = page_of(client, address)
    loaded = [node.attributes.get("src") or node.attributes.get("href") for node in page.css("script[src], link[href], img[src]")]
    assert loaded
    assert all(name and name.startswith("/static/") for name in loaded)
