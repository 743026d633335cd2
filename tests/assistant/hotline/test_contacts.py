"""Phones in one spelling, contacts masked for everyone, and found in an operator's notes."""

from __future__ import annotations

import pytest

from assistant.hotline.contact_finder import load_contact_finder
from assistant.hotline.contacts import (
    is_phone,
    masked_address,
    masked_name,
    masked_phone,
    normalised_phone,
    opened_contact,
    phone_suffix,
    sealed_caller,
)
from assistant.hotline.models import Contact
from tests.fakes.contact_vault import FakeContactVault
from tests.fakes.drafter import SCREEN

FINDER = load_contact_finder(SCREEN)


@pytest.mark.parametrize(
    ("written", "digits"),
    [
        ("138 0000 5678", "13800005678"),
        ("+86-138-0000-5678", "13800005678"),
        ("008613800005678", "13800005678"),
        ("１３８００００５６７８", "13800005678"),
        ("一三八零零零零五六七八", "13800005678"),
        ("(0900)8880101转203", "09008880101"),
        ("没有", ""),
        ("", ""),
    ],
)
def test_a_number_is_written_one_way(written: str, digits: str) -> None:
    assert normalised_phone(written) == digits


def test_what_has_the_length_of_a_phone_number_is_one() -> None:
    assert all(map(is_phone, ["12345", "8880101", "13800005678", "0900-8880101"]))
    assert not any(map(is_phone, ["", "1234", "1" * 16, "无"]))


@pytest.mark.parametrize(
    ("phone", "masked"), [("13800005678", "138****5678"), ("0900-8880101", "090****0101"), ("8880101", "*******"), ("", "")]
)
def test_a_phone_shows_its_ends(phone: str, masked: str) -> None:
    assert masked_phone(phone) == masked


def test_names_of_any_length_look_alike() -> None:
    assert {masked_name(name) for name in ("王芳", "王", "王小明明")} == {"王**"}
    assert masked_name("  ") == ""


@pytest.mark.parametrize(
    ("address", "masked"),
    [("示范市明德区和平路12号", "示范市明德区****"), ("和平路12号3栋", "****"), ("", ""), ("青山镇河口村3组", "青山镇****")],
)
def test_of_an_address_the_divisions_in_front_stay(address: str, masked: str) -> None:
    assert masked_address(address) == masked


def test_the_last_four_digits_are_the_suffix() -> None:
    assert phone_suffix("0900-8880101转2") == "0101"
    assert phone_suffix("12") == ""


def test_a_caller_without_any_contact_has_nothing_to_open() -> None:
    vault = FakeContactVault()
    caller = sealed_caller(Contact(), vault)
    assert (caller.sealed, caller.phone_digest) == ("", "")
    assert opened_contact(caller, vault) == Contact()


@pytest.mark.parametrize(
    ("notes", "contact"),
    [
        (
            "我叫王芳，电话13800005678，我住在示范市明德区和平路12号3栋2单元501室，楼下烧烤店油烟大",
            Contact("王芳", "13800005678", "示范市明德区和平路12号3栋2单元501室"),
        ),
        ("联系人：李小明 手机139 0000 1234", Contact("李小明", "139 0000 1234")),
        ("我姓张，家里电话0755-88881234", Contact("张", "0755-88881234")),
        ("打一三八零零零零一二三四找我", Contact("", "一三八零零零零一二三四")),
        ("我叫了三次物业都没人来", Contact()),
        ("市民中心电话0755-12345678打不通", Contact()),
        ("居住证怎么办", Contact()),
    ],
)
def test_who_calls_is_found_in_the_notes(notes: str, contact: Contact) -> None:
    assert FINDER.contact_in(notes) == contact
