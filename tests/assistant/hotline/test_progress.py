"""What a citizen sees of an order, and who may see it."""

from __future__ import annotations

import pytest

from assistant.hotline.errors import HotlineError, MoveNotAllowed, ProgressNotFound
from assistant.hotline.models import OrderAction, OrderProgress, OrderState, Satisfaction, WorkOrder
from assistant.hotline.progress import load_progress_wording
from tests.fakes.work_order_desk import MemoryDesk
from tests.hotline_factories import A_CONTACT, a_draft

SUFFIX = "5678"


@pytest.fixture
def office() -> MemoryDesk:
    return MemoryDesk()


def taken(office: MemoryDesk) -> WorkOrder:
    return office.desk.submit(a_draft(), A_CONTACT, "甲").order


def answered(office: MemoryDesk) -> WorkOrder:
    order = taken(office)
    order = office.desk.dispatch(order.number, order.version, "甲", "dept-b")
    order = office.desk.start(order.number, order.version, "甲")
    return office.desk.reply(order.number, order.version, "甲", "已要求停工。")


def words(progress: OrderProgress) -> list[str]:
    return [step.words for step in progress.steps]


def test_the_citizen_reads_each_step_in_fixed_words(office: MemoryDesk) -> None:
    progress = office.desk.progress(answered(office).number, SUFFIX)
    assert words(progress) == [
        "已受理。",
        "已转交示范市住房和城乡建设局办理。",
        "示范市住房和城乡建设局已开始办理。",
        "示范市住房和城乡建设局已答复。",
    ]
    assert (progress.state, progress.reply, progress.can_rate) == (OrderState.REPLIED, "已要求停工。", True)


def test_a_new_order_names_no_department_yet(office: MemoryDesk) -> None:
    progress = office.desk.progress(taken(office).number, SUFFIX)
    assert (progress.department, progress.reply, progress.can_rate) == ("", "", False)


def test_nothing_internal_is_shown(office: MemoryDesk) -> None:
    order = taken(office)
    order = office.desk.claim(order.number, order.version, "甲")
    order = office.desk.dispatch(order.number, order.version, "甲", "dept-police", reason="内部意见一")
    order = office.desk.start(order.number, order.version, "甲")
    order = office.desk.send_back(order.number, order.version, "甲", "内部意见二", "dept-b")
    order = office.desk.supervise(order.number, order.version, "班长", "内部意见三")
    office.desk.open_contact(order.number, "甲", "内部意见四")
    order = office.desk.get(order.number)
    order = office.desk.dispatch(order.number, order.version, "甲", "dept-b")
    progress = office.desk.progress(order.number, SUFFIX)
    assert words(progress) == ["已受理。", "已转交示范市住房和城乡建设局办理。"]
    for secret in ("内部意见", "公安", "甲", "班长", "王", "138"):
        assert secret not in repr(progress)


def test_while_an_order_is_worked_on_again_the_old_reply_is_not_shown(office: MemoryDesk) -> None:
    order = answered(office)
    office.desk.reopen(order.number, order.version, "甲", "没有解决")
    progress = office.desk.progress(order.number, SUFFIX)
    assert (progress.reply, words(progress)[-1]) == ("", "已重新办理。")


@pytest.mark.parametrize(
    ("number", "suffix"), [("GD20261123-00001", "0000"), ("GD20261123-00002", SUFFIX), ("", ""), ("GD20261123-00001", "")]
)
def test_a_wrong_number_and_a_wrong_suffix_get_the_same_answer(office: MemoryDesk, number: str, suffix: str) -> None:
    taken(office)
    with pytest.raises(ProgressNotFound) as refused:
        office.desk.progress(number, suffix)
    assert str(refused.value) == str(ProgressNotFound())
    assert refused.value.__cause__ is None
    with pytest.raises(ProgressNotFound):
        office.desk.rate(number, suffix, Satisfaction.FAIR, "")


def test_the_number_and_suffix_count_however_they_are_typed(office: MemoryDesk) -> None:
    assert office.desk.progress(f" {taken(office).number.lower()}", "５６７８ ").state is OrderState.ACCEPTED


def test_a_citizen_rates_a_reply_once(office: MemoryDesk) -> None:
    order = answered(office)
    progress = office.desk.rate(order.number, SUFFIX, Satisfaction.DISSATISFIED, "还在吵，打13800138000")
    assert (progress.state, progress.can_rate) == (OrderState.FOLLOWED_UP, False)
    rated = office.desk.get(order.number)
    move = rated.history[-1]
    assert (rated.satisfaction, move.by, move.reason) == (Satisfaction.DISSATISFIED, "来电人", "还在吵，打【手机号】")
    with pytest.raises(MoveNotAllowed):
        office.desk.rate(order.number, SUFFIX, Satisfaction.SATISFIED, "")


def test_a_rating_does_not_wait_for_an_operator_who_holds_the_order(office: MemoryDesk) -> None:
    order = answered(office)
    office.desk.claim(order.number, order.version, "甲")
    assert office.desk.rate(order.number, SUFFIX, Satisfaction.FAIR).state is OrderState.FOLLOWED_UP


def test_what_is_not_answered_cannot_be_rated(office: MemoryDesk) -> None:
    with pytest.raises(HotlineError):
        office.desk.rate(taken(office).number, SUFFIX, Satisfaction.FAIR, "")


def test_every_sentence_of_the_file_can_be_said() -> None:
    wording = load_progress_wording()
    assert {OrderAction.SEND_BACK, OrderAction.ESCALATE, OrderAction.OPEN_CONTACT}.isdisjoint(wording.words)
    for sentence in wording.words.values():
        said = sentence.format(department="某局")
        assert said.endswith("。")
        assert "{" not in said
