"""A text that speaks of none of the matters a question names is no evidence for it."""

from __future__ import annotations

import pytest

from assistant.matters import load_matters

MATTERS = load_matters()


@pytest.mark.parametrize("forms", MATTERS.forms, ids=lambda forms: forms[0])
def test_every_form_names_its_matter(forms: tuple[str, ...]) -> None:
    for form in forms:
        assert set(forms) <= set(MATTERS.named_in(f"请问{form}怎么办"))


def test_a_question_without_a_matter_names_none() -> None:
    assert MATTERS.named_in("周末上班吗") == ()


def test_of_several_matters_the_forms_of_all_count() -> None:
    assert {"护照", "居住证"} <= set(MATTERS.named_in("没有护照能办居住证吗"))
