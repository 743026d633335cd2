"""Finding the way with the keyboard alone, as somebody without a mouse does."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

ENOUGH_TABS = 120


def tab_to(page: Page, target: Locator) -> None:
    """Press Tab until `target` has the focus; fails where it cannot be reached."""
    expect(target).to_be_visible()
    for _ in range(ENOUGH_TABS):
        if target.evaluate("node => node === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"not reached with {ENOUGH_TABS} tabs: {target}")


def press_on(page: Page, target: Locator, key: str = "Enter") -> None:
    tab_to(page, target)
    page.keyboard.press(key)


def type_into(page: Page, target: Locator, words: str) -> None:
    tab_to(page, target)
    page.keyboard.type(words)


def sign_in(page: Page, name: str, password: str, place: str = "/desk/handoffs") -> None:
    """Straight to `place`, by way of the sign-in page."""
    page.goto(place)
    type_into(page, page.get_by_label("账号"), name)
    type_into(page, page.get_by_label("密码"), password)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{place}")
