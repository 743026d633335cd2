"""The whole way from a question to an answer, over documents in memory."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from assistant.answer_status import AnswerStatus
from assistant.models import BlockKind, CitizenQuestion
from indexing.errors import NoSnapshot
from indexing.models import RankingMode, SearchQuery, SearchResult
from knowledge_base.errors import StoreUnavailable
from knowledge_base.models import ChangeKind, ValidityStatus
from tests.assistant.in_memory import a_counter
from tests.factories import DEMO_DISTRICT, OTHER_DEMO_DISTRICT, a_guide, a_revision

OLD = "第一条 补办居住证的工本费为每证二十元。\n第二条 本办法自2016年1月1日起施行。\n"
NEW = "第一条 补办居住证的工本费为每证十元。\n第二条 本办法自2024年3月1日起施行。\n"
RESIDENCE = a_revision("new", text=NEW, title="示范市居住证管理办法", effective_on=date(2024, 3, 1))
REPEALED = a_revision(
    "old",
    text=OLD,
    title="示范市居住证暂行办法",
    effective_on=date(2016, 1, 1),
    repealed_on=date(2024, 3, 1),
    repealed_by="new",
)
QUESTION = "补办居住证的工本费是多少？"


def test_a_provision_in_force_is_quoted_word_for_word_with_its_place() -> None:
    answer = a_counter([RESIDENCE]).ask(QUESTION).answer
    citation = answer.citations[0]
    assert answer.status is AnswerStatus.ANSWERED
    assert citation.quote == NEW[citation.start : citation.end]
    assert "每证十元" in citation.quote
    assert (citation.provision, citation.validity) == ("第一条", ValidityStatus.IN_FORCE)
    assert citation.link == "/policies/new?edition=1#%E7%AC%AC%E4%B8%80%E6%9D%A1"


@pytest.mark.parametrize(("day", "cited"), [(date(2024, 2, 29), "old"), (date(2024, 3, 1), "new")])
def test_the_day_decides_which_of_two_texts_is_cited(day: date, cited: str) -> None:
    answer = a_counter([RESIDENCE, REPEALED]).ask(QUESTION, as_of=day).answer
    assert {citation.document_id for citation in answer.citations} == {cited}


def test_a_repeal_ends_citation_at_once_without_a_new_index() -> None:
    counter = a_counter([RESIDENCE])
    counter.documents.add(
        replace(RESIDENCE, number=2, repealed_on=date(2026, 11, 1), change=replace(RESIDENCE.change, kind=ChangeKind.REPEAL))
    )
    answer = counter.ask(QUESTION).answer
    assert answer.status is AnswerStatus.NOT_IN_FORCE
    assert answer.citations == ()
    assert "2026年11月1日起废止" in answer.text


def test_a_corrected_text_is_not_quoted_from_the_old_index() -> None:
    counter = a_counter([RESIDENCE])
    corrected = a_revision("new", number=2, text=NEW.replace("十元", "五元"), title="示范市居住证管理办法", effective_on=date(2024, 3, 1))
    counter.documents.add(corrected)
    assert counter.ask(QUESTION).answer.citations == ()


def test_another_districts_rule_is_named_but_not_cited() -> None:
    district = a_revision("district", text=NEW, title="明德区居住证补贴办法", effective_on=date(2024, 3, 1), jurisdiction=DEMO_DISTRICT)
    answer = a_counter([district]).ask(QUESTION, region=OTHER_DEMO_DISTRICT).answer
    assert answer.status is AnswerStatus.OUT_OF_REGION
    assert answer.citations == ()
    assert "明德区" in answer.text


def test_when_only_several_districts_have_rules_the_district_is_asked_for() -> None:
    texts = {DEMO_DISTRICT: "明德区居住证补贴办法", OTHER_DEMO_DISTRICT: "安和区居住证补贴办法"}
    revisions = [a_revision(code, text=NEW, title=title, effective_on=date(2024, 3, 1), jurisdiction=code) for code, title in texts.items()]
    answer = a_counter(revisions).ask(QUESTION).answer
    assert answer.status is AnswerStatus.NEEDS_DETAIL
    assert "明德区" in answer.text
    assert "安和区" in answer.text


def test_without_any_rule_the_answer_names_a_department_and_offers_a_person() -> None:
    answer = a_counter([RESIDENCE]).ask("火星移民怎么申请").answer
    assert answer.status is AnswerStatus.NO_EVIDENCE
    assert answer.department is not None
    assert answer.department.phone
    assert answer.offers_person


def test_a_field_of_a_guide_is_shown_word_for_word() -> None:
    answer = a_counter([RESIDENCE], [a_guide()]).ask("居住证首次申领要带什么材料？").answer
    materials = next(block for block in answer.blocks if block.heading == "申请材料")
    assert answer.status is AnswerStatus.ANSWERED_FROM_GUIDE
    assert (materials.kind, materials.lines) == (BlockKind.GUIDE, ("本人居民身份证", "居住地址证明"))
    assert answer.department is not None
    assert answer.department.name == "示范市公安局"


def test_a_guide_answers_for_no_other_day_than_today() -> None:
    answer = a_counter([], [a_guide()]).ask("居住证首次申领要带什么材料？", as_of=date(2024, 1, 1)).answer
    assert answer.citations == ()


@pytest.mark.parametrize(("ended", "shown"), [(None, True), (date(2026, 11, 1), False)])
def test_a_guide_that_rests_on_ended_texts_alone_answers_nothing(ended: date | None, shown: bool) -> None:
    basis = a_revision("basis", text=NEW, title="示范市居住证管理办法", effective_on=date(2024, 3, 1), repealed_on=ended)
    guide = a_guide(basis=("《示范市居住证管理办法》（示范市人民政府令第52号）", "《居住证暂行条例》"))
    answer = a_counter([basis], [guide]).ask("居住证首次申领要带什么材料？").answer
    assert any(citation.edition == 0 for citation in answer.citations) is shown


def test_a_follow_up_is_answered_about_the_matter_before_it() -> None:
    counter = a_counter([RESIDENCE], [a_guide()])
    counter.ask("居住证首次申领要带什么材料？")
    record = counter.ask("那要多少钱？")
    assert record.standalone_text.startswith("居住证首次申领")
    assert any(block.lines == ("免费",) for block in record.answer.blocks)


def test_personal_data_never_reaches_the_record() -> None:
    record = a_counter([RESIDENCE]).ask("我的电话是13812345678，补办居住证的工本费是多少？")
    assert "13812345678" not in repr(record)
    assert record.question.masked


def test_the_record_tells_what_each_step_took_and_which_snapshot_answered() -> None:
    record = a_counter([RESIDENCE]).ask(QUESTION)
    assert {"privacy_screen", "safety_screen", "rewriter", "evidence_finder", "composer", "checker"} <= record.timings_ms.keys()
    assert record.snapshot_id == "memory"


class BrokenSearcher:
    def __init__(self, error: Exception) -> None:
        self._error = error

    def search(self, query: SearchQuery, mode: RankingMode = RankingMode.DEFAULT) -> SearchResult:
        raise self._error


@pytest.mark.parametrize(("error", "status"), [(NoSnapshot(), AnswerStatus.INDEX_NOT_READY), (RuntimeError("坏了"), AnswerStatus.FAILED)])
def test_a_fault_inside_ends_in_fixed_wording_and_a_record(error: Exception, status: AnswerStatus) -> None:
    counter = a_counter(searcher=BrokenSearcher(error))
    record = counter.ask(QUESTION)
    assert record.answer.status is status
    assert record.answer.department is not None
    assert counter.conversations.get(record.answer_id) == record


def test_lost_records_are_no_answer_and_leave_none() -> None:
    lost = StoreUnavailable("连不上")
    counter = a_counter(searcher=BrokenSearcher(lost))
    with pytest.raises(StoreUnavailable):
        counter.ask(QUESTION)
    assert counter.conversations.recent(datetime.min.replace(tzinfo=UTC), tuple(AnswerStatus)) == ()


def test_where_no_region_is_named_every_rule_says_where_it_binds() -> None:
    answer = a_counter([RESIDENCE]).ask(QUESTION, region=None).answer
    quote = next(block for block in answer.blocks if block.kind is BlockKind.QUOTE)
    assert quote.heading == "《示范市居住证管理办法》第一条（适用于示范省示范市）"


def test_rules_of_two_places_are_never_read_together() -> None:
    texts = {DEMO_DISTRICT: "明德区居住证补贴办法", OTHER_DEMO_DISTRICT: "安和区居住证补贴办法"}
    revisions = [a_revision(code, text=NEW, title=title, effective_on=date(2024, 3, 1), jurisdiction=code) for code, title in texts.items()]
    answer = a_counter(revisions).ask(QUESTION, region=None).answer
    assert len({citation.jurisdiction for citation in answer.citations}) == 1


def test_a_real_document_answers_before_a_demonstration_one_about_as_near() -> None:
    shown = a_revision("demo", text=NEW, title="示范市居住证管理办法", effective_on=date(2024, 3, 1), is_demonstration=True)
    real = a_revision("real", text=NEW, title="示范市居住证管理规定", effective_on=date(2024, 3, 1))
    answer = a_counter([shown, real]).ask(QUESTION).answer
    assert {citation.document_id for citation in answer.citations} == {"real"}


def test_a_question_that_is_only_tried_is_answered_alike_and_not_kept() -> None:
    counter = a_counter([RESIDENCE])
    asked = counter.ask(QUESTION)
    screened = asked.question
    tried = counter.assistant.tried(CitizenQuestion(QUESTION, "c-tried", screened.jurisdiction, screened.as_of, screened.asked_at))
    assert tried.answer == asked.answer
    assert tried.search is not None
    assert counter.conversations.get(tried.answer_id) is None


def test_several_questions_are_answered_apart_and_numbered_through() -> None:
    dogs = a_revision("dogs", text="第一条 携犬乘坐电梯应当怀抱，违者罚款五十元。\n", title="示范市养犬规定", effective_on=date(2024, 3, 1))
    answer = a_counter([RESIDENCE, dogs], [a_guide()]).ask("居住证首次申领要带什么材料？另外携犬乘坐电梯不怀抱罚款多少？").answer
    headings = [block.heading for block in answer.blocks if block.kind is BlockKind.SECTION]
    assert headings == ["问题一：居住证首次申领要带什么材料？", "问题二：携犬乘坐电梯不怀抱罚款多少？"]
    assert [citation.number for citation in answer.citations] == list(range(1, len(answer.citations) + 1))
    assert all(part.status in (AnswerStatus.ANSWERED, AnswerStatus.ANSWERED_FROM_GUIDE) for part in answer.parts)
    assert "罚款五十元" in answer.text.split("问题二：")[1]


def test_a_question_without_an_answer_says_so_below_its_heading_and_keeps_the_others() -> None:
    answer = a_counter([RESIDENCE]).ask(f"{QUESTION}另外，火星移民的飞船怎么申请？").answer
    assert [part.status for part in answer.parts] == [AnswerStatus.ANSWERED, AnswerStatus.NO_EVIDENCE]
    assert answer.status is AnswerStatus.ANSWERED
    assert "每证十元" in answer.text.split("问题二：")[0]
    assert "没有找到" in answer.text.split("问题二：")[1]


def test_each_of_several_questions_leaves_its_own_search() -> None:
    record = a_counter([RESIDENCE]).ask(f"{QUESTION}另外，火星移民的飞船怎么申请？")
    assert record.search is not None
    assert [search.text for search in (record.search, *record.further_searches)] == [QUESTION, "火星移民的飞船怎么申请？"]


def test_a_region_named_once_holds_for_every_question() -> None:
    district = a_revision("district", text=NEW, title="明德区居住证补贴办法", effective_on=date(2024, 3, 1), jurisdiction=DEMO_DISTRICT)
    answer = a_counter([district]).ask("我住明德区，补办居住证的工本费是多少？另外，火星移民的飞船怎么申请？").answer
    assert {citation.document_id for citation in answer.citations} == {"district"}
