"""Digests of wording and rules: equal for equal values, different for the smallest change."""

from __future__ import annotations

import re
from dataclasses import replace

from assistant.rules import load_rules
from assistant.versions import version_of
from assistant.wording import load_wording


def test_what_is_loaded_twice_has_one_version() -> None:
    assert version_of(load_wording()) == version_of(load_wording())
    assert version_of(load_rules()) == version_of(load_rules())


def test_the_order_in_which_sets_and_tables_were_built_does_not_matter() -> None:
    assert version_of({"a": {"x", "y"}, "b": re.compile("r")}) == version_of({"b": re.compile("r"), "a": {"y", "x"}})


def test_the_smallest_change_makes_another_version() -> None:
    rules = load_rules()
    changed = replace(rules, evidence=replace(rules.evidence, min_vector_score=rules.evidence.min_vector_score + 0.001))
    assert version_of(changed) != version_of(rules)
    wording = load_wording()
    assert version_of(replace(wording, phrases={**wording.phrases, "new": "。"})) != version_of(wording)
