"""The console's page of the chat widget: what to copy, who may embed, what is chosen."""

from __future__ import annotations

from html import unescape
from typing import Any

from api.access.models import Role
from tests.fakes.containers import a_container
from tests.staff_clients import a_staff_client, a_staff_member


def page(params: dict[str, str] | None = None, status: int = 200, **settings: Any) -> str:
    container = a_container(**settings)
    response = a_staff_client(container, a_staff_member(container, Role.AUDITOR)).get("/admin/widget", params=params)
    assert response.status_code == status
    return response.text


def copied(text: str) -> str:
    """What stands in the box to copy from, as the browser shows it."""
    return unescape(text.split('spellcheck="false">')[1].split("</textarea>", maxsplit=1)[0])


def test_what_is_copied_is_the_script_and_the_element() -> None:
    assert copied(page()).splitlines() == [
        '<zhengwen-chat region="990100" title="政策咨询" place="right"></zhengwen-chat>',
        '<script src="http://testserver/widget.js" defer></script>',
    ]


def test_what_was_chosen_is_in_the_lines_and_in_the_preview() -> None:
    text = page({"region": "明德区", "title": "问一问", "place": "left", "large": "yes"})
    element = '<zhengwen-chat region="990102" title="问一问" place="left" size="large"></zhengwen-chat>'
    assert element in copied(text)
    assert element in text.split("</textarea>")[1]


def test_a_title_with_marks_breaks_out_of_neither() -> None:
    text = page({"title": '"><b>x</b>'})
    assert "<b>x" not in text
    assert '"><b>' not in copied(text)


def test_the_sites_that_may_embed_are_listed() -> None:
    assert "<code>https://www.shifan.example</code>" in page(widget_origins="https://www.shifan.example")


def test_without_any_site_it_says_so_and_how_to_name_one() -> None:
    text = page()
    assert "还没有" in text
    assert "ZHENGWEN_WIDGET_ORIGINS" in text


def test_an_unknown_region_is_said_and_nothing_is_lost() -> None:
    text = page({"region": "没有这个地方", "title": "问一问"}, status=422)
    assert "没有这个地方" in text
    assert 'title="问一问"' in copied(text)
