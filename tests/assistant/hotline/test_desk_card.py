"""The card of the operator's desk: what it shows, what it says, and that nothing in it is invented."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.answer_status import AnswerStatus
from assistant.hotline.call_script import CallScript
from assistant.hotline.desk_models import DeskCard
from assistant.hotline.desk_rules import load_desk_rules
from assistant.hotline.source_facts import facts, unsupported_facts
from assistant.intents import RequestType
from assistant.models import CitizenQuestion, Facet
from indexing.passage_splitter import guide_passage
from knowledge_base.models import ServiceGuide
from tests.assistant.hotline.desk_demonstration import NOW, TODAY, DemonstrationDesk, a_demonstration_desk
from tests.factories import DEMO_CITY, DEMO_DISTRICT

RULES = load_desk_rules()
DIGITS = re.compile(r"\d+")
CHINESE_NUMBERS = re.compile(r"[一二三四五六七八九十百千万亿]{2,}|[一二三四五六七八九十百千万亿]+(?=元|天|日|年|月|岁|倍|％|%)")
PERMIT = "sfg-juzhuzheng-shenling"
LOAN = "sf-gjj-daikuan-2025"


@pytest.fixture(scope="module")
def desk() -> DemonstrationDesk:
    return a_demonstration_desk()


def said(card: DeskCard) -> str:
    return "\n".join(f"{line.lead}{line.text}" for line in card.script)


def everything_in(guide: ServiceGuide) -> str:
    fields = (guide.title, guide.time_limit, guide.fee, guide.place, guide.hours, guide.phone, guide.url)
    return "\n".join((*fields, *guide.conditions, *guide.required_materials, *guide.process, *guide.basis))


def directory(desk: DemonstrationDesk) -> str:
    departments = desk.desk.assistant.departments.departments.all()
    return "\n".join(f"{one.name} {one.phone} {one.hours} {one.address}" for one in departments)


def numbers_in(text: str, known: str) -> set[str]:
    """Numbers of the text that stand nowhere in what is known; the ordinals of the plain level are its own words."""
    bare = re.sub(r"第[一二三四五六七八九十]+，", "", text)
    return (set(DIGITS.findall(bare)) - set(DIGITS.findall(known))) | {n for n in CHINESE_NUMBERS.findall(bare) if n not in known}


def test_a_guide_gives_the_asked_fields_first_and_all_others_after(desk: DemonstrationDesk) -> None:
    card = desk.card("居住证申领要多少钱", guide_passage(desk.guide(PERMIT)))
    assert card.answer is not None
    assert card.answer.status is AnswerStatus.ANSWERED_FROM_GUIDE
    assert [field.facet for field in card.fields if field.asked] == [Facet.FEE]
    assert card.fields[0].lines == (desk.guide(PERMIT).fee,)
    assert {Facet.CONDITIONS, Facet.MATERIALS, Facet.TIME_LIMIT, Facet.PLACE, Facet.PHONE} <= {field.facet for field in card.fields}


def test_a_provision_is_concluded_with_its_nearest_sentences_word_for_word(desk: DemonstrationDesk) -> None:
    passage = desk.passage_of(LOAN, "一人缴存住房公积金的，最高50万元")
    card = desk.card("公积金贷款最高额度", passage)
    assert card.provisions
    assert card.provisions[0].document_number == "示公积金规〔2025〕1号"
    assert any("最高50万元" in sentence for sentence in card.conclusion)
    assert all(sentence in passage.text for sentence in card.conclusion)


def test_begun_notes_and_greetings_search_for_nothing(desk: DemonstrationDesk) -> None:
    for notes in ("", "居", "ju zhu", "138", "您好", "喂 你好"):
        assert desk.card(notes, guide_passage(desk.guide(PERMIT))).answer is None
        assert desk.searcher.searches == 0


def test_without_evidence_the_card_says_so_and_names_a_department_with_reasons(desk: DemonstrationDesk) -> None:
    card = desk.card("火星移民怎么办")
    assert card.answer is not None
    assert card.answer.status is AnswerStatus.NO_EVIDENCE
    assert card.subject is None
    assert card.routing is not None
    assert card.routing.candidates[0].reasons
    assert card.routing.candidates[0].department.phone in said(card)


def test_an_emergency_is_told_at_once_and_searches_for_nothing(desk: DemonstrationDesk) -> None:
    card = desk.card("家里着火了，快来人", guide_passage(desk.guide(PERMIT)))
    assert card.answer is not None
    assert card.answer.status is AnswerStatus.EMERGENCY
    assert "119" in said(card)
    assert desk.searcher.searches == 0


def test_two_alternatives_can_be_chosen_instead(desk: DemonstrationDesk) -> None:
    rule = "sf-juzhuzheng-2024"
    found = (guide_passage(desk.guide(PERMIT)), guide_passage(desk.guide("sfg-juzhuzheng-buling")), desk.passage_of(rule, "申领居住证"))
    card = desk.card("居住证怎么办", *found)
    assert card.subject is not None
    assert [other.choice for other in card.alternatives] == ["guide:sfg-juzhuzheng-buling", f"policy:{rule}"]
    second = desk.card("居住证怎么办", *found, choice=card.alternatives[0].choice)
    assert second.subject is not None
    assert second.subject.title == desk.guide("sfg-juzhuzheng-buling").title
    policy = desk.card("居住证怎么办", *found, choice=card.alternatives[1].choice)
    assert {citation.document_id for citation in policy.provisions} == {rule}


def test_a_passage_about_another_matter_is_no_alternative(desk: DemonstrationDesk) -> None:
    card = desk.card("居住证怎么办", guide_passage(desk.guide(PERMIT)), desk.passage_of(LOAN, "最高50万元"))
    assert card.subject is not None
    assert card.alternatives == ()


def test_a_choice_that_was_not_found_is_ignored(desk: DemonstrationDesk) -> None:
    card = desk.card("居住证怎么办", guide_passage(desk.guide(PERMIT)), choice="guide:nowhere")
    assert card.subject is not None
    assert card.subject.choice == f"guide:{PERMIT}"


def test_of_long_notes_the_last_sentences_are_searched_for(desk: DemonstrationDesk) -> None:
    card = desk.card("来电人说了很多与此无关的情况。" * 30 + "居住证申领要多少钱？", guide_passage(desk.guide(PERMIT)))
    assert card.record is not None
    assert card.record.standalone_text.endswith("居住证申领要多少钱？")
    assert len(card.record.standalone_text) <= RULES.card.search_characters
    assert len(card.record.question.text) > 400


@pytest.mark.parametrize(
    "notes",
    [
        "居柱证申领要带啥子才料",
        "居住證申領喺邊度辦",
        "您好，我是前年从外地过来打工的，一家人住在老城那边，孩子也跟着来了。想问居住证申领要多少钱",
    ],
)
def test_the_desk_understands_a_message_as_the_chat_does(desk: DemonstrationDesk, notes: str) -> None:
    card = desk.card(notes, guide_passage(desk.guide(PERMIT)))
    at_the_desk = desk.searcher.asked[0]
    desk.searcher.asked = ()
    record = desk.desk.assistant.tried(CitizenQuestion(notes, "chat-1", DEMO_CITY, TODAY, NOW))
    assert at_the_desk == desk.searcher.asked[0] != notes
    assert card.record is not None
    assert card.record.standalone_text == record.standalone_text
    assert [field.facet for field in card.fields if field.asked]


def test_of_a_long_message_the_part_that_asks_is_searched_for(desk: DemonstrationDesk) -> None:
    notes = "我是前年从外地过来打工的，一家人住在老城那边，日子过得还可以。邻居都很好，孩子也听话。想问居住证申领要多少钱"
    card = desk.card(notes, guide_passage(desk.guide(PERMIT)))
    assert "居住证" in desk.searcher.asked[0]
    assert "邻居" not in desk.searcher.asked[0]
    assert card.text == notes


def test_nothing_is_stored_before_the_answer_is_used(desk: DemonstrationDesk) -> None:
    card = desk.card("居住证怎么办，我电话13812345678", guide_passage(desk.guide(PERMIT)))
    assert card.record is not None
    assert desk.conversations.get(card.record.answer_id) is None
    kept = desk.conversations.get(desk.desk.keep(card))
    assert kept is not None
    assert "13812345678" not in kept.question.text
    assert kept.answer == card.answer


def test_equal_answers_have_equal_digests_whatever_the_notes(desk: DemonstrationDesk) -> None:
    one = desk.card("居住证申领要多少钱", guide_passage(desk.guide(PERMIT)))
    same = desk.card("居住证申领，要多少钱", guide_passage(desk.guide(PERMIT)))
    other = desk.card("居住证申领多久", guide_passage(desk.guide(PERMIT)))
    assert one.digest == same.digest != other.digest


def test_the_plain_level_numbers_lists_and_changes_no_fact(desk: DemonstrationDesk) -> None:
    passage = guide_passage(desk.guide(PERMIT))
    formal, plain = (desk.card("居住证申领要什么材料，多久", passage, plain=level) for level in (False, True))
    assert "第一，" in said(plain)
    assert "第一，" not in said(formal)
    assert facts(said(plain)) == facts(said(formal))
    assert [line.text for line in plain.script if line.text] == [line.text for line in formal.script if line.text]


def test_a_complaint_asks_for_time_and_place_and_suggests_an_order(desk: DemonstrationDesk) -> None:
    passage = desk.passage_of("sf-zaosheng-2023", "夜间")
    card = desk.card("投诉噪声扰民", passage)
    asked = {point.words for point in card.points}
    assert card.request_type is RequestType.COMPLAINT
    assert card.suggests_order
    assert {RULES.points.words[name] for name in ("when", "where", "region", "secrecy")} <= asked
    told = desk.card("投诉明德区中心路12号工地昨天半夜施工噪声，希望尽快处理", passage, region=DEMO_DISTRICT)
    assert not {RULES.points.words[name] for name in ("when", "where", "region", "wish")} & {point.words for point in told.points}


def test_conditions_of_the_guide_are_points_in_its_own_words(desk: DemonstrationDesk) -> None:
    card = desk.card("居住证怎么办", guide_passage(desk.guide(PERMIT)))
    texts = [point.text for point in card.points if point.text]
    assert texts == list(desk.guide(PERMIT).conditions[: RULES.points.max_conditions])


def test_without_recogniser_and_router_there_is_still_a_card(desk: DemonstrationDesk) -> None:
    alone = replace(desk, desk=replace(desk.desk, recogniser=None, router=None))
    card = alone.card("火星移民怎么办")
    assert card.answer is not None
    assert card.request_type is None
    assert card.routing is None


def test_the_message_names_the_document_number_and_the_phone(desk: DemonstrationDesk) -> None:
    card = desk.card("公积金贷款最高额度", desk.passage_of(LOAN, "最高50万元"))
    assert card.answer is not None
    assert card.answer.department is not None
    assert "示公积金规〔2025〕1号" in card.sms
    assert card.answer.department.phone in card.sms


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(number=st.integers(0, 10_000), asked=st.sets(st.sampled_from(list(Facet)), max_size=3), plain=st.booleans())
def test_a_script_from_a_guide_holds_no_number_that_guide_and_directory_do_not(
    desk: DemonstrationDesk, number: int, asked: set[Facet], plain: bool
) -> None:
    guide = desk.guides[number % len(desk.guides)]
    phrases = [desk.desk.assistant.rules.facets[facet][0] for facet in sorted(asked)]
    card = desk.card(f"{guide.title}，{'，'.join(phrases)}", guide_passage(guide), plain=plain, region=guide.jurisdiction)
    known = everything_in(guide) + directory(desk) + "\n".join(block for block in (card.answer.text if card.answer else "",))
    assert card.script
    assert numbers_in(said(card), known) == set()
    assert numbers_in(card.sms, known) == set()
    assert len(card.sms) <= RULES.message_characters


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(number=st.integers(0, 10_000), plain=st.booleans())
def test_a_script_from_a_policy_holds_no_number_that_its_text_and_directory_do_not(
    desk: DemonstrationDesk, number: int, plain: bool
) -> None:
    passage = desk.policy_passages[number % len(desk.policy_passages)]
    card = desk.card(f"{passage.title}{passage.citation}", passage, plain=plain, region=passage.jurisdiction)
    revision = desk.documents.latest(passage.document_id)
    known = "\n".join((revision.text, passage.title, revision.metadata.document_number or "", directory(desk)))
    known += "\n".join(citation.provision for citation in card.provisions)
    known += card.answer.text if card.answer and not card.provisions else ""
    assert numbers_in(said(card), known) == set()
    assert numbers_in(card.sms, known) == set()
    assert len(card.sms) <= RULES.message_characters


@pytest.mark.parametrize(
    ("text", "sources", "missing"),
    [
        ("15个工作日", ["15个工作日内办结"], set()),
        ("最高12万元", ["最高120万元"], {"12万元"}),
        ("3天内回电", ["3日内答复"], {"3天"}),
        ("电话0900-8880112", ["0900-8880113"], {"0900-8880112"}),
        ("十五个工作日", ["十个工作日"], {"十五个工作日"}),
        ("示政发〔2024〕12号", ["示政发〔2024〕2号"], {"示政发〔2024〕12号"}),
        ("２０２６年", ["2026年1月1日"], set()),
        ("请带好材料", [], set()),
    ],
)
def test_a_fact_is_supported_only_by_the_same_number(text: str, sources: list[str], missing: set[str]) -> None:
    assert unsupported_facts(text, facts("\n".join(sources))) == missing


def test_a_line_with_an_invented_number_is_not_read_out(desk: DemonstrationDesk) -> None:
    card = desk.card("居住证申领要多少钱", guide_passage(desk.guide(PERMIT)))
    careless = replace(RULES.formal, phrases={**RULES.formal.phrases, "closing": "请在3天内回电。"})
    written = CallScript(replace(RULES, formal=careless)).write(card, plain=False)
    assert len(written) == len(card.script) - 1
    assert not any("3天" in line.lead for line in written)


def test_fixed_phrases_carry_no_facts_of_their_own() -> None:
    for wording in (RULES.formal, RULES.plain):
        for words in (*wording.phrases.values(), *wording.facets.values()):
            assert facts(words) == frozenset()
    for words in RULES.message.values():
        assert facts(words) == frozenset()


def test_every_entry_of_the_desk_file_is_used() -> None:
    assert RULES.formal.phrases.keys() == RULES.plain.phrases.keys()
    assert set(RULES.formal.facets) == set(RULES.plain.facets) == set(Facet)
    assert RULES.formal.ordinals == ()
    assert len(set(RULES.plain.ordinals)) == len(RULES.plain.ordinals) >= 9
    assert set(RULES.points.words) == {"condition", "region", "region_of_service", "when", "where", "wish", "secrecy"}
    assert set(RULES.message) == {"opening", "opening_without", "field", "quote", "basis", "department", "more"}
    assert RULES.points.when.search("昨天下午3点")
    assert RULES.points.where.search("中心路12号")
    assert RULES.points.wish.search("希望尽快处理")
    assert "other" in RULES.wrong_reasons


def test_no_key_is_taken_twice_or_belongs_to_the_browser() -> None:
    codes = [code for key in RULES.keys.values() for code in key.codes.split()]
    assert len(codes) == len(set(codes))
    taken = {"F3", "F5", "F6", "F7", "F10", "F11", "F12", "Alt+KeyD", "Alt+KeyE", "Alt+KeyF", *(f"Alt+Digit{digit}" for digit in range(10))}
    assert not taken & set(codes)
