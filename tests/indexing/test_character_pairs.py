"""Pairs of neighbouring characters."""

from __future__ import annotations

from indexing.character_pairs import character_pairs


def test_pairs_overlap() -> None:
    assert character_pairs("居住证明") == ["居住", "住证", "证明"]


def test_no_pair_reaches_across_a_sign_a_number_or_a_line() -> None:
    assert character_pairs("材料：证件3份\n表格") == ["材料", "证件", "表格"]


def test_a_single_character_has_no_pair() -> None:
    assert character_pairs("交 A 费") == []
    assert character_pairs("费") == []
