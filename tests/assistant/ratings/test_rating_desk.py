"""Rating answers sentence by sentence, what the points come to, and which answers are offered."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from assistant.answer_status import AnswerStatus
from assistant.errors import UnknownAnswer
from assistant.models import Answer, AnswerBlock, BlockKind
from assistant.ratings.errors import AnswerChanged, RatingIncomplete
from assistant.ratings.models import Rating
from assistant.ratings.rules import RULES_FILE, load_rating_rules
from assistant.ratings.scores import agreement, figures_by_week, figures_of, is_full, is_replaced, score_of
from assistant.ratings.shown_sentences import shown_sentences
from tests.assistant.ratings.desks import NOW, a_desk
from tests.factories import an_answer, an_answer_record

RULES = load_rating_rules()


def a_rating(*sentences: int, citations: tuple[int, ...] = (25,), by: str = "zhang.san", answer_id: str = "a-1") -> Rating:
    return Rating(answer_id, by, NOW, sentences, citations)


def test_every_grade_label_and_kind_of_the_file_is_used() -> None:
    assert [grade.points for grade in RULES.sentence_grades] == [100, 80, 0]
    assert [grade.points for grade in RULES.citation_grades] == [25, 20, 0]
    assert all(grade.label and grade.meaning for grade in (*RULES.sentence_grades, *RULES.citation_grades))
    assert set(RULES.sources) == {BlockKind.QUOTE, BlockKind.GUIDE, BlockKind.GENERATED}
    refused = shown_sentences(an_answer(AnswerStatus.NO_EVIDENCE), replace(RULES, sources={}))
    assert [(one.text, one.source) for one in refused] == [("没有作答，结果是：没有找到依据", "结果")]
    assert (RULES.listed_days, RULES.listed_answers, RULES.figure_weeks) == (30, 200, 12)


def test_points_that_do_not_add_up_to_a_hundred_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "ratings.toml"
    file.write_text(RULES_FILE.read_text(encoding="utf-8").replace("sentence_weight = 0.75", "sentence_weight = 0.8"), encoding="utf-8")
    with pytest.raises(ValueError, match="100"):
        load_rating_rules(file)


def test_quotes_fields_and_generated_text_are_split_into_sentences_and_fixed_wording_is_left_out() -> None:
    blocks = (
        AnswerBlock(BlockKind.WORDING, ("以下内容摘自现行规定。",)),
        AnswerBlock(BlockKind.GENERATED, ("可以代办。带“身份证明。”即可",), line_citations=((2,),)),
        AnswerBlock(BlockKind.QUOTE, ("第一款说明。第二句！", "（一）身份证明；"), heading="第一条", citation=1),
        AnswerBlock(BlockKind.SECTION, (), heading="材料"),
        AnswerBlock(BlockKind.GUIDE, ("工作日 9:00—17:00",), citation=3),
    )
    sentences = shown_sentences(Answer(AnswerStatus.ANSWERED, "", blocks), RULES)
    assert [(one.text, one.citation) for one in sentences] == [
        ("可以代办。", 2),
        ("带“身份证明。”", 2),
        ("即可", 2),
        ("第一款说明。", 1),
        ("第二句！", 1),
        ("（一）身份证明；", 1),
        ("工作日 9:00—17:00", 3),
    ]


@pytest.mark.parametrize(
    ("rating", "score"),
    [
        (a_rating(100, 100), 100),
        (a_rating(100, 80), 92.5),
        (a_rating(0, citations=(0,)), 0),
        (a_rating(100, citations=(25, 20)), 97.5),
        (a_rating(80, citations=()), 80),
    ],
)
def test_a_score_is_three_quarters_of_the_sentences_and_the_citations(rating: Rating, score: float) -> None:
    assert score_of(rating, RULES) == score
    assert is_full(rating, RULES) == (score == 100)


def test_agreement_is_the_share_of_equal_points_over_pairs_of_raters() -> None:
    one, other = a_rating(100, 80), a_rating(100, 0, by="li.si")
    assert agreement([one]) is None
    assert agreement([one, other]) == pytest.approx(2 / 3)
    assert agreement([one, a_rating(100, by="li.si")]) is None


def test_figures_are_means_over_ratings_by_week_of_china() -> None:
    earlier = replace(a_rating(0, citations=(), answer_id="a-2"), at=NOW - timedelta(days=7))
    ratings = [a_rating(100, 80), a_rating(100, 100, by="li.si"), earlier]
    whole = figures_of(ratings, RULES)
    assert (whole.ratings, whole.answers, whole.right_sentences, whole.right_citations) == (3, 2, 0.6, 1)
    assert whole.score == pytest.approx((92.5 + 100 + 0) / 3)
    assert whole.agreement == pytest.approx(2 / 3)
    assert [(week.week, week.ratings) for week in figures_by_week(ratings, RULES)] == [(date(2026, 11, 16), 2), (date(2026, 11, 9), 1)]
    empty = figures_of([], RULES)
    assert (empty.ratings, empty.score, empty.right_citations, empty.agreement) == (0, None, None, None)


def test_a_rating_is_kept_with_its_comment_masked() -> None:
    desk = a_desk(an_answer_record())
    rating = desk.rate("a-1", "zhang.san", ["80"], ["25"], " 电话13800138000没写 ")
    assert desk.store.of("a-1") == (rating,)
    assert (rating.sentences, rating.citations, rating.comment) == ((80,), (25,), "电话【手机号】没写")


def test_every_sentence_and_citation_needs_points_that_can_be_given() -> None:
    desk = a_desk(an_answer_record())
    for sentences, citations in ((["90"], ["25"]), ([""], ["25"]), (["100"], ["100"])):
        with pytest.raises(RatingIncomplete, match="1 处"):
            desk.rate("a-1", "zhang.san", sentences, citations)
    assert desk.store.history("a-1") == ()


def test_an_answer_that_changed_meanwhile_is_not_rated_blindly() -> None:
    desk = a_desk(an_answer_record())
    with pytest.raises(AnswerChanged):
        desk.rate("a-1", "zhang.san", ["100", "100"], ["25"])


def test_greetings_and_answers_that_are_gone_are_not_rated() -> None:
    desk = a_desk(an_answer_record(answer=an_answer(AnswerStatus.GREETING)))
    for answer_id in ("a-1", "nowhere"):
        with pytest.raises(UnknownAnswer):
            desk.rate(answer_id, "zhang.san", ["100"], ["25"])


def test_recent_answers_are_offered_by_status_and_day() -> None:
    desk = a_desk(
        an_answer_record("a-1", asked_at=NOW - timedelta(days=1)),
        an_answer_record("a-2", asked_at=NOW, answer=an_answer(AnswerStatus.NO_EVIDENCE)),
        an_answer_record("a-3", asked_at=NOW, answer=an_answer(AnswerStatus.GREETING)),
        an_answer_record("a-4", asked_at=NOW - timedelta(days=60)),
    )
    assert [record.answer_id for record in desk.answers()] == ["a-2", "a-1"]
    assert [record.answer_id for record in desk.answers(AnswerStatus.ANSWERED)] == ["a-1"]
    assert [record.answer_id for record in desk.answers(day=date(2026, 11, 21))] == ["a-1"]


def test_a_random_answer_is_one_that_nobody_rated() -> None:
    desk = a_desk(an_answer_record("a-1", asked_at=NOW), an_answer_record("a-2", asked_at=NOW))
    desk.rate("a-1", "zhang.san", ["100"], ["25"])
    picked = desk.unrated_at_random()
    assert picked is not None
    assert picked.answer_id == "a-2"
    desk.rate("a-2", "zhang.san", ["100"], ["25"])
    assert desk.unrated_at_random() is None


def test_the_history_says_what_was_replaced() -> None:
    assert is_replaced([a_rating(0), a_rating(100, by="li.si"), a_rating(100)]) == (True, False, False)
