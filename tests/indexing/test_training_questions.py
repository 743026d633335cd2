"""What trains and what tests: questions from the own content, splits, near-duplicates, the recipe."""

from __future__ import annotations

from collections import Counter
from dataclasses import fields, replace
from pathlib import Path

import pytest

from indexing.errors import InvalidRecipe
from indexing.near_duplicates import near_duplicate_groups, near_duplicates
from indexing.passage_splitter import guide_passage
from indexing.training.models import TrainingQuestion
from indexing.training.questions import answer_sentences, own_questions
from indexing.training.recipe import RECIPE_FILE, load_recipe
from indexing.training.recipe_files import UNKNOWN_LICENCE
from indexing.training.splits import folds, hold_out
from knowledge_base.models import ServiceGuide
from tests.factories import a_guide
from tests.passage_factory import a_passage

RECIPE = load_recipe()


def questions_of(*guides: ServiceGuide, passages: tuple = ()) -> tuple[TrainingQuestion, ...]:
    rows = [*passages, *(guide_passage(guide) for guide in guides)]
    return own_questions(rows, guides, RECIPE.facets, RECIPE.questions, 1)


class TestGuides:
    def test_title_aliases_and_usual_questions_lead_to_the_guide(self) -> None:
        guide = a_guide(aliases=("暂住证",), usual_questions=("外地人怎么办居住证？",))
        asked = {question.text: question for question in questions_of(guide, passages=(a_passage(),))}
        for text in ("居住证首次申领", "暂住证", "外地人怎么办居住证？"):
            assert (asked[text].rows, asked[text].restates) == ((1,), "")

    def test_every_facet_is_asked_for_where_the_guide_fills_it(self) -> None:
        filled = {name: ("有",) if field in ("tuple[str, ...]",) else "有" for name in RECIPE.facets for field in [_type_of(name)]}
        texts = {question.text for question in questions_of(a_guide(**filled))}
        for phrases in RECIPE.facets.values():
            assert {phrase.format(title="居住证首次申领") for phrase in phrases} <= texts

    def test_an_empty_field_is_not_asked_for(self) -> None:
        texts = {question.text for question in questions_of(a_guide(fee=""))}
        assert "居住证首次申领要多少钱" not in texts

    def test_phrasings_never_test_and_are_said_without_brackets(self) -> None:
        found = {question.text: question for question in questions_of(a_guide(title="户口迁移（投靠）"))}
        assert found["户口迁移要带什么材料"].restates == "户口迁移（投靠）"

    def test_a_text_that_two_guides_share_has_both_as_answers(self) -> None:
        both = questions_of(a_guide("g-1", "居住证甲", aliases=("居住证",)), a_guide("g-2", "居住证乙", aliases=("居住证",)))
        assert next(question for question in both if question.text == "居住证").rows == (0, 1)
        assert len({question.id for question in both}) == len(both)


class TestDocuments:
    def test_a_title_leads_to_every_passage_of_the_document(self) -> None:
        found = questions_of(passages=(a_passage(path="第一条"), a_passage(path="第二条"), a_passage(document_id="d-2", title="别的办法")))
        assert next(question for question in found if question.text == "示范市居住证管理办法").rows == (0, 1)

    def test_a_heading_leads_to_its_provision_without_its_number(self) -> None:
        found = questions_of(passages=(replace(a_passage(), heading_path=("第二章 申领条件",)), a_passage(path="第二条")))
        assert next(question for question in found if question.text == "示范市居住证管理办法 申领条件").rows == (0,)

    def test_some_later_sentences_lead_to_the_provision_they_stand_in(self) -> None:
        text = "第一条　开头。" + "".join(f"申请人应当提交第{number}号材料和复印件。" for number in range(9))
        found = [question for question in questions_of(passages=(a_passage(text),)) if "号材料" in question.text]
        assert len(found) == RECIPE.questions.sentences_per_document
        assert found == [question for question in questions_of(passages=(a_passage(text),)) if "号材料" in question.text]

    def test_of_a_labelled_answer_the_first_telling_sentences_are_taken(self) -> None:
        answer = "您好！根据有关法律的规定，有经营能力的公民可以登记。\n外国公民目前不可以申请设立个体工商户。第三句话说的是另外一件事情。"
        assert answer_sentences(answer, 2, RECIPE.questions) == [
            "根据有关法律的规定，有经营能力的公民可以登记。",
            "外国公民目前不可以申请设立个体工商户。",
        ]


def _type_of(name: str) -> str:
    return next(str(field.type) for field in fields(ServiceGuide) if field.name == name)


def many_questions() -> list[TrainingQuestion]:
    asked = [
        TrainingQuestion(f"q{number}", f"第{number * 7919 % 10007}号事项在{number * 31 % 997}号窗口怎么办", (number,))
        for number in range(60)
    ]
    twins = [TrainingQuestion(f"t{number}", f"{asked[number].text}呢", (number,)) for number in range(0, 60, 6)]
    other_words = [TrainingQuestion(f"q{number}~1", f"完全不同的说法{number * 104729}", (number,), f"q{number}") for number in range(60)]
    return [*asked, *twins, *other_words]


class TestSplits:
    def test_near_duplicates_and_other_wordings_stay_on_one_side(self) -> None:
        questions = many_questions()
        split = hold_out(questions, 0.2, 1)
        side = {questions[place].id: "taught" for place in split.taught} | {questions[place].id: "held" for place in split.held_out}
        assert len(split.held_out) >= 14
        for number in range(0, 60, 6):
            assert side[f"t{number}"] == side[f"q{number}"]
        for place in split.taught:
            assert side[questions[place].restates or questions[place].id] == "taught"

    def test_other_wordings_never_test(self) -> None:
        questions = many_questions()
        assert not [place for place in hold_out(questions, 0.3, 1).held_out if questions[place].restates]

    def test_the_same_seed_splits_the_same(self) -> None:
        assert hold_out(many_questions(), 0.2, 1) == hold_out(many_questions(), 0.2, 1)
        assert hold_out(many_questions(), 0.2, 1) != hold_out(many_questions(), 0.2, 2)

    def test_every_asked_question_is_held_out_in_exactly_one_fold(self) -> None:
        questions = many_questions()
        parts = folds(questions, 5, 1)
        asked = Counter(place for part in parts for place in part.held_out)
        assert asked == Counter(place for place, question in enumerate(questions) if not question.restates)
        assert max(len(part.held_out) for part in parts) <= 2 * min(len(part.held_out) for part in parts)
        for part in parts:
            held = {questions[place].id for place in part.held_out}
            assert not [place for place in part.taught if (questions[place].restates or questions[place].id) in held]


class TestNearDuplicates:
    TEXTS = ("居住证在哪里可以办理申领手续", "居住证在哪里可以办理申领手续呢", "公积金怎么提取", "请问居住证在哪里可以办理申领手续呢")

    def test_a_chain_of_repetitions_is_one_group(self) -> None:
        first, second, third, fourth = near_duplicate_groups(self.TEXTS)
        assert first == second == fourth
        assert third != first

    def test_texts_of_one_key_are_one_group(self) -> None:
        assert len(set(near_duplicate_groups(self.TEXTS, ("a", "b", "a", "c")))) == 1

    def test_repetitions_of_others_are_found(self) -> None:
        assert near_duplicates(self.TEXTS[1:], self.TEXTS[:1]) == {0, 2} or near_duplicates(self.TEXTS[1:], self.TEXTS[:1]) == {0}
        assert near_duplicates(("",), self.TEXTS) == set()


class TestRecipe:
    def test_a_licence_is_known_or_said_to_be_unknown(self) -> None:
        assert RECIPE.licence_of("stard") == "MIT"
        assert RECIPE.licence_of("ncp") == UNKNOWN_LICENCE

    @pytest.mark.parametrize(
        ("changed", "said"),
        [
            (lambda text: text.replace("[hold]", "[held]"), "hold"),
            (lambda text: text.replace("blend = 0.7", "blend = 1.5"), "blend"),
            (lambda text: text.replace("seeds = [1, 2]", "seeds = []"), "seeds"),
            (lambda text: text.replace("epochs = 6", "epochs = 0"), "epochs"),
            (lambda text: text.replace("share = 0.1", "share = 1.0"), "share"),
            (lambda text: text.replace("dropout = 0.1", "drop = 0.1"), "drop"),
            (lambda text: text.replace('"{title}怎么办"', '"怎么办"'), "{title}"),
            (lambda text: text.replace("fee = [", "price = ["), "facets"),
            (lambda text: text + "=", "line"),
        ],
    )
    def test_an_impossible_entry_is_refused_and_named(self, tmp_path: Path, changed, said: str) -> None:
        text = RECIPE_FILE.read_text(encoding="utf-8")
        (tmp_path / "recipe.toml").write_text(changed(text), encoding="utf-8")
        assert changed(text) != text
        with pytest.raises(InvalidRecipe, match=r"recipe\.toml") as refused:
            load_recipe(tmp_path / "recipe.toml")
        assert said in str(refused.value)

    def test_a_missing_file_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(InvalidRecipe):
            load_recipe(tmp_path / "none.toml")
