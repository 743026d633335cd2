"""Difference between two states of the index."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from indexing.index_changes import compare_passages

STATES = st.dictionaries(st.sampled_from("abcdefgh"), st.sampled_from(["1", "2", "3"]))


def test_each_kind_of_change_is_named() -> None:
    change = compare_passages({"same": "1", "new text": "1", "gone": "1"}, {"same": "1", "new text": "2", "fresh": "1"})
    assert (change.added, change.replaced, change.removed, change.unchanged) == (("fresh",), ("new text",), ("gone",), ("same",))


@given(STATES, STATES)
def test_every_passage_falls_in_exactly_one_part(before: dict[str, str], now: dict[str, str]) -> None:
    change = compare_passages(before, now)
    parts = [*change.added, *change.replaced, *change.removed, *change.unchanged]
    assert sorted(parts) == sorted(before.keys() | now.keys())


@given(STATES)
def test_the_same_state_is_no_change(state: dict[str, str]) -> None:
    assert compare_passages(state, dict(state)).is_empty
