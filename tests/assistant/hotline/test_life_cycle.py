"""Only allowed moves; whatever is tried, the version grows by one, the history grows, and no state is reached by another way."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.hotline.errors import HotlineError, MoveNotAllowed, NotYourMove, OrderHeld, ReasonRequired
from assistant.hotline.life_cycle import Actor, HolderRule, load_life_cycle
from assistant.hotline.models import Confidentiality, OrderAction, OrderState, Satisfaction, WorkOrder
from assistant.hotline.work_orders import WorkOrderDesk
from assistant.intents import RequestType
from tests.fakes.work_order_desk import MemoryDesk
from tests.hotline_factories import A_CONTACT, A_MOMENT, a_draft, an_order

LIFE_CYCLE = load_life_cycle()
OPERATOR = Actor("甲", frozenset({"operator"}))
LEADER = Actor("班长", frozenset({"supervisor"}))
README = Path(__file__).parents[3] / "assistant" / "hotline" / "README.md"


def test_every_action_has_its_rule_and_every_role_its_name() -> None:
    assert set(LIFE_CYCLE.rules) == set(OrderAction)
    named = {role for rule in LIFE_CYCLE.rules.values() for role in (*rule.who, *rule.others, *rule.who_protected)}
    assert named <= set(LIFE_CYCLE.people)


@pytest.mark.parametrize("action", list(OrderAction))
@pytest.mark.parametrize("state", list(OrderState))
def test_every_rule_allows_its_states_and_no_others(action: OrderAction, state: OrderState) -> None:
    rule = LIFE_CYCLE.rules[action]
    actor = Actor("甲", frozenset({rule.who[0]}))
    order = an_order(state=state, fields={"held_by": "甲" if rule.holder is HolderRule.SELF else ""})
    if state in rule.from_states:
        LIFE_CYCLE.check(order, action, actor, "理由")
        moved = LIFE_CYCLE.apply(order, action, "甲", A_MOMENT, "理由")
        assert moved.state is (rule.to or state)
        assert (moved.version, len(moved.history), moved.history[-1].reason) == (2, 2, "理由")
        assert moved.held_by == ("" if rule.frees else order.held_by)
    else:
        with pytest.raises(MoveNotAllowed, match=f"现在是“{state.label}”"):
            LIFE_CYCLE.check(order, action, actor, "理由")


@pytest.mark.parametrize(
    "action", [OrderAction.SEND_BACK, OrderAction.SUPERVISE, OrderAction.RECLASSIFY, OrderAction.REOPEN, OrderAction.OPEN_CONTACT]
)
def test_these_moves_need_a_reason(action: OrderAction) -> None:
    order = an_order(state=LIFE_CYCLE.rules[action].from_states[0])
    with pytest.raises(ReasonRequired, match=action.label):
        LIFE_CYCLE.check(order, action, LEADER, "  \n")


def test_who_may_not_is_told_who_may() -> None:
    with pytest.raises(NotYourMove, match="“督办”只能由班长进行"):
        LIFE_CYCLE.check(an_order(), OrderAction.SUPERVISE, OPERATOR, "催办")
    assert OrderAction.SUPERVISE in LIFE_CYCLE.allowed(an_order(), LEADER)
    assert LIFE_CYCLE.allowed(an_order(), Actor("审计", frozenset({"auditor"}))) == ()


def test_the_contact_of_a_protected_caller_is_opened_by_a_supervisor_only() -> None:
    protected = an_order(confidentiality=Confidentiality.PROTECTED)
    with pytest.raises(NotYourMove, match="“查看联系方式”只能由班长进行"):
        LIFE_CYCLE.check(protected, OrderAction.OPEN_CONTACT, OPERATOR, "回访")
    LIFE_CYCLE.check(protected, OrderAction.OPEN_CONTACT, LEADER, "回访")
    LIFE_CYCLE.check(an_order(), OrderAction.OPEN_CONTACT, OPERATOR, "回访")


@pytest.mark.parametrize("actor", [Actor("系统", frozenset({"system"})), Actor("来电人", frozenset({"caller"}))])
def test_neither_the_machine_nor_the_caller_changes_the_request_type(actor: Actor) -> None:
    with pytest.raises(NotYourMove):
        LIFE_CYCLE.check(an_order(), OrderAction.RECLASSIFY, actor, "像是咨询")


def test_what_somebody_has_claimed_is_theirs_to_move() -> None:
    held = an_order(fields={"held_by": "乙"})
    for action in (OrderAction.CLAIM, OrderAction.DISPATCH, OrderAction.CORRECT, OrderAction.RELEASE):
        with pytest.raises(OrderHeld, match="乙"):
            LIFE_CYCLE.check(held, action, OPERATOR, "")
    assert set(LIFE_CYCLE.allowed(held, OPERATOR)) == {OrderAction.OPEN_CONTACT}
    assert OrderAction.RELEASE in LIFE_CYCLE.allowed(held, LEADER)


def test_nobody_can_put_back_what_nobody_holds() -> None:
    with pytest.raises(MoveNotAllowed, match="无人领取"):
        LIFE_CYCLE.check(an_order(), OrderAction.RELEASE, OPERATOR)


def attempt(desk: WorkOrderDesk, order: WorkOrder, action: OrderAction, by: str, reason: str, stale: int) -> None:
    """Tries a move as a page would, refused or not."""
    number, version = order.number, order.version - stale
    moves = {
        OrderAction.CLAIM: lambda: desk.claim(number, version, by),
        OrderAction.RELEASE: lambda: desk.release(number, version, by),
        OrderAction.CORRECT: lambda: desk.correct(number, version, by, order.content),
        OrderAction.RECLASSIFY: lambda: desk.reclassify(number, version, by, RequestType.INQUIRY, reason),
        OrderAction.DISPATCH: lambda: desk.dispatch(number, version, by, "dept-b"),
        OrderAction.SEND_BACK: lambda: desk.send_back(number, version, by, reason),
        OrderAction.START: lambda: desk.start(number, version, by),
        OrderAction.REPLY: lambda: desk.reply(number, version, by, reason),
        OrderAction.FOLLOW_UP: lambda: desk.follow_up(number, version, by, Satisfaction.FAIR),
        OrderAction.REOPEN: lambda: desk.reopen(number, version, by, reason),
        OrderAction.CLOSE: lambda: desk.close(number, version, by),
        OrderAction.SUPERVISE: lambda: desk.supervise(number, version, by, reason),
        OrderAction.OPEN_CONTACT: lambda: desk.open_contact(number, by, reason),
    }
    moves[action]()


TRIES = st.tuples(
    st.sampled_from([action for action in OrderAction if action not in (OrderAction.SUBMIT, OrderAction.ESCALATE)]),
    st.sampled_from(["甲", "乙", "班长", "系统", "来电人"]),
    st.sampled_from(["", "已处理"]),
    st.sampled_from([0, 0, 0, 1]),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(TRIES, max_size=25))
def test_whatever_is_tried_nothing_reaches_a_state_it_may_not(tries: list[tuple[OrderAction, str, str, int]]) -> None:
    desk = MemoryDesk().desk
    number = desk.submit(a_draft(), A_CONTACT, "甲").order.number
    for action, by, reason, stale in tries:
        before = desk.get(number)
        with suppress(HotlineError):
            attempt(desk, before, action, by, reason, stale)
        after = desk.get(number)
        if after == before:
            continue
        rule, move = LIFE_CYCLE.rules[action], after.history[-1]
        assert before.state in rule.from_states
        assert after.state is (rule.to or before.state)
        assert after.version == before.version + 1
        assert after.history[:-1] == before.history
        assert (move.action, move.by, move.state_after) == (action, by, after.state)
        assert before.held_by in ("", by) or rule.holder is HolderRule.ANY or rule.others
        assert move.reason or not rule.needs_reason


def test_the_table_in_the_readme_is_the_one_in_force() -> None:
    rows = ["| 操作 | 原状态 | 新状态 | 理由 | 谁能做 |", "|---|---|---|---|---|"]
    for action, rule in LIFE_CYCLE.rules.items():
        states = "、".join(state.label for state in rule.from_states) or "（新工单）"
        who = "、".join(LIFE_CYCLE.people[role] for role in rule.who)
        if rule.who_protected:
            who += f"（为来电人保密的：{'、'.join(LIFE_CYCLE.people[role] for role in rule.who_protected)}）"
        rows.append(
            f"| {action.label} | {states} | {rule.to.label if rule.to else '不变'} | {'必填' if rule.needs_reason else ''} | {who} |"
        )
    assert "\n".join(rows) in README.read_text(encoding="utf-8")
