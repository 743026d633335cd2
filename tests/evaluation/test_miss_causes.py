"""One cause for each question whose right document does not stand first."""

from __future__ import annotations

from dataclasses import replace

import pytest

from evaluation.miss_causes import MissCause, MissedQuestion, cause_of, likeness, shared_words

RIGHT = "退役军人凭优待证免费乘坐市内公共交通工具，由市退役军人事务局负责办理优待证。"
MISSED = MissedQuestion(
    question="退役军人乘坐公共交通怎么优待",
    answer="免费乘坐市内公共交通工具",
    places=("云栖",),
    right_title="退役军人优待办法",
    right_text=RIGHT,
    right_passages=(RIGHT,),
    first_title="公共交通管理条例",
    first_text="乘客应当按照规定支付车费，不得携带易燃易爆物品。",
    place=3,
)


@pytest.mark.parametrize(
    ("changes", "cause"),
    [
        ({"first_text": "凭证可以免费乘坐市内公共交通工具"}, MissCause.SAME_ANSWER),
        ({"first_text": RIGHT[:30], "answer": ""}, MissCause.DUPLICATE),
        ({"first_title": "退役军人优待办法（2019年）"}, MissCause.VERSION),
        ({"right_text": f"云栖区{RIGHT}", "right_passages": (f"云栖区{RIGHT}",)}, MissCause.OTHER_PLACE),
        ({"right_passages": ("退役军人凭优待证免费乘坐", "市内公共交通工具")}, MissCause.SPLITTING),
        ({"question": "当过兵的坐地铁要不要钱"}, MissCause.VOCABULARY),
        ({"place": None}, MissCause.ABSENT),
        ({}, MissCause.RANKING),
    ],
)
def test_each_cause_is_told_by_its_sign(changes: dict[str, object], cause: MissCause) -> None:
    assert cause_of(replace(MISSED, **changes)) is cause  # type: ignore[arg-type]  # the fields named above


@pytest.mark.parametrize("cause", MissCause)
def test_every_cause_has_words(cause: MissCause) -> None:
    assert cause.label


def test_texts_too_short_to_compare_are_not_alike() -> None:
    assert likeness("同", "同") == 0.0


def test_words_are_shared_with_the_best_passage() -> None:
    assert shared_words("居住证申领", ("住房公积金", "居住证的申领")) == pytest.approx(0.75)
    assert shared_words("？", ("居住证",)) == 1.0
