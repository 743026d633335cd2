"""What every RetentionStore promises, on SQLite, on PostgreSQL and on the fake."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from assistant.adapters.sql import (
    SqlConversationStore,
    SqlHandoffStore,
    SqlRatingStore,
    SqlRetentionStore,
    SqlWorkOrderStore,
    prepare_conversations,
)
from assistant.handoff.models import Handoff, HandoffState, Speaker
from assistant.handoff.ports import HandoffStore
from assistant.hotline.models import OrderAction, OrderMove, OrderState, WorkOrder
from assistant.hotline.ports import WorkOrderStore
from assistant.models import FeedbackKind
from assistant.ports import ConversationStore
from assistant.ratings.models import Rating
from assistant.ratings.ports import RatingStore
from assistant.retention import ConversationStillOpen, Forgotten, Retention, RetentionRules, RetentionStore, UnknownConversation
from tests.conftest import STORE_KINDS
from tests.factories import a_moment, an_answer_record
from tests.fakes.conversation_store import MemoryConversationStore
from tests.fakes.handoff_store import MemoryHandoffStore
from tests.fakes.rating_store import MemoryRatingStore
from tests.fakes.retention_store import MemoryRetentionStore
from tests.fakes.work_order_store import MemoryWorkOrderStore
from tests.hotline_factories import an_order

NOW = a_moment()
LONG_AGO, LATELY = NOW - timedelta(days=400), NOW - timedelta(days=3)
CUTOFF = NOW - timedelta(days=180)


@dataclass
class Kept:
    conversations: ConversationStore
    handoffs: HandoffStore
    orders: WorkOrderStore
    retention: RetentionStore
    ratings: RatingStore


def on(engine: Engine) -> Kept:
    prepare_conversations(engine)
    return Kept(
        SqlConversationStore(engine), SqlHandoffStore(engine), SqlWorkOrderStore(engine), SqlRetentionStore(engine), SqlRatingStore(engine)
    )


@pytest.fixture(params=STORE_KINDS)
def kept(request: pytest.FixtureRequest) -> Kept:
    if request.param == "memory":
        conversations, handoffs, orders = MemoryConversationStore(), MemoryHandoffStore(), MemoryWorkOrderStore()
        ratings = MemoryRatingStore(conversations)
        return Kept(conversations, handoffs, orders, MemoryRetentionStore(conversations, handoffs, orders, ratings), ratings)
    return on(request.getfixturevalue(f"{request.param}_engine"))


def asked(kept: Kept, answer_id: str, conversation_id: str, at: datetime, text: str = "居住证怎么办") -> None:
    kept.conversations.save(an_answer_record(answer_id, conversation_id, text=text, asked_at=at))


def handed(kept: Kept, handoff_id: str, conversation_id: str, at: datetime, state: HandoffState = HandoffState.CLOSED) -> None:
    kept.handoffs.add(Handoff(handoff_id, 1, conversation_id, "", "digest", "要求人工", None, state, at))
    kept.handoffs.say(handoff_id, Speaker.CITIZEN, "我的情况是这样", at)


def closed(number: str, at: datetime) -> WorkOrder:
    return an_order(number, state=OrderState.CLOSED, fields={"history": (OrderMove(at, "甲", OrderAction.CLOSE, OrderState.CLOSED),)})


def test_old_conversations_go_with_their_feedback_and_messages(kept: Kept) -> None:
    asked(kept, "a-1", "c-1", LONG_AGO)
    kept.conversations.add_feedback("a-1", FeedbackKind.HELPFUL, "", LONG_AGO)
    handed(kept, "h-1", "c-1", LONG_AGO)
    asked(kept, "a-2", "c-2", LATELY)
    assert kept.retention.forget_conversations_before(CUTOFF) == Forgotten(answers=1, feedback=1, handoffs=1, messages=1)
    assert kept.conversations.get("a-1") is None
    assert kept.conversations.feedback_on("a-1") == ()
    assert kept.handoffs.messages("h-1") == ()
    assert kept.conversations.get("a-2") is not None
    assert kept.retention.forget_conversations_before(CUTOFF) == Forgotten()


def test_an_old_handover_is_still_counted_but_says_nothing(kept: Kept) -> None:
    handed(kept, "h-1", "c-1", LONG_AGO)
    kept.retention.forget_conversations_before(CUTOFF)
    left = kept.handoffs.get("h-1")
    assert (left.state, left.requested_at) == (HandoffState.CLOSED, LONG_AGO)
    assert (left.conversation_id, left.token_digest, left.reason) == ("", "", "")


def test_a_conversation_that_went_on_is_kept_whole(kept: Kept) -> None:
    asked(kept, "a-1", "c-1", LONG_AGO)
    asked(kept, "a-2", "c-1", LATELY)
    asked(kept, "a-3", "c-2", LONG_AGO)
    handed(kept, "h-2", "c-2", LATELY)
    assert kept.retention.forget_conversations_before(CUTOFF) == Forgotten()
    assert len(kept.conversations.records_of("c-1")) == 2


def test_an_open_handover_keeps_its_conversation_however_old(kept: Kept) -> None:
    asked(kept, "a-1", "c-1", LONG_AGO)
    handed(kept, "h-1", "c-1", LONG_AGO, HandoffState.WAITING)
    assert kept.retention.has_open_handoff("c-1")
    assert kept.retention.forget_conversations_before(CUTOFF) == Forgotten()


def test_a_conversation_is_found_by_its_own_id_an_answers_or_a_handovers(kept: Kept) -> None:
    asked(kept, "a-1", "c-1", LATELY)
    handed(kept, "h-2", "c-2", LATELY)
    found = [kept.retention.conversation_of(id_) for id_ in ("c-1", "a-1", "c-2", "h-2", "nowhere", "", "a\x00b")]
    assert found == ["c-1", "c-1", "c-2", "c-2", None, None, None]


def test_one_conversation_is_deleted_on_request_and_no_other(kept: Kept) -> None:
    for number in (1, 2):
        asked(kept, f"a-{number}", f"c-{number}", LATELY)
        handed(kept, f"h-{number}", f"c-{number}", LATELY)
    retention = Retention(kept.retention, RetentionRules(180, 365, 10), lambda: NOW)
    assert retention.forget("a-1") == ("c-1", Forgotten(answers=1, handoffs=1, messages=1))
    assert kept.conversations.records_of("c-1") == ()
    assert len(kept.conversations.records_of("c-2")) == 1
    assert len(kept.handoffs.messages("h-2")) == 1
    with pytest.raises(UnknownConversation, match="a-1"):
        retention.forget("a-1")


def test_a_conversation_in_which_somebody_still_waits_is_not_deleted(kept: Kept) -> None:
    asked(kept, "a-1", "c-1", LATELY)
    handed(kept, "h-1", "c-1", LATELY, HandoffState.CLAIMED)
    with pytest.raises(ConversationStillOpen):
        Retention(kept.retention, RetentionRules(180, 365, 10), lambda: NOW).forget("c-1")
    assert kept.conversations.get("a-1") is not None


def test_contacts_go_from_orders_closed_long_ago_and_the_orders_stay(kept: Kept) -> None:
    old, young = closed("GD20250101-00001", LONG_AGO), closed("GD20261101-00001", LATELY)
    open_one = an_order("GD20250101-00002", fields={"history": (OrderMove(LONG_AGO, "甲", OrderAction.SUBMIT, OrderState.ACCEPTED),)})
    for order in (old, young, open_one):
        kept.orders.add(order)
    assert kept.retention.forget_contacts_closed_before(CUTOFF) == Forgotten(contacts=1)
    erased = kept.orders.get(old.number)
    assert (erased.caller.sealed, erased.caller.phone, erased.caller.phone_digest, erased.version) == ("", "", "", old.version + 1)
    assert replace(erased, caller=old.caller, version=old.version) == old
    assert kept.orders.get(young.number).caller.sealed
    assert kept.orders.get(open_one.number).caller.sealed
    assert kept.retention.forget_contacts_closed_before(CUTOFF) == Forgotten()


def test_orders_go_when_their_years_have_passed(kept: Kept) -> None:
    for order in (closed("GD20250101-00001", LONG_AGO), closed("GD20261101-00001", LATELY)):
        kept.orders.add(order)
    assert kept.retention.forget_orders_closed_before(CUTOFF) == Forgotten(orders=1)
    assert kept.orders.get("GD20261101-00001")
    assert kept.retention.forget_orders_closed_before(CUTOFF) == Forgotten()


def test_the_rules_say_what_goes_when(kept: Kept) -> None:
    asked(kept, "a-1", "c-1", NOW - timedelta(days=31))
    asked(kept, "a-2", "c-2", NOW - timedelta(days=29))
    kept.orders.add(closed("GD20250101-00001", NOW - timedelta(days=91)))
    kept.orders.add(closed("GD20250101-00002", NOW - timedelta(days=366)))
    forgotten = Retention(kept.retention, RetentionRules(30, 90, 1), lambda: NOW).apply()
    assert forgotten == Forgotten(answers=1, contacts=2, orders=1)
    assert str(forgotten) == "答复 1 条、工单联系方式 2 条、工单 1 条"


def test_nothing_of_what_was_deleted_is_left_in_the_files(sqlite_engine: Engine, tmp_path: Path) -> None:
    """Neither in the database nor in its log, in UTF-8 or as JSON writes it."""
    kept = on(sqlite_engine)
    secret = "一句绝不该留下的话"
    for number in range(30):
        asked(kept, f"a-{number}", f"c-{number}", LONG_AGO, text=f"{secret}{'很长' * 2000}")
        handed(kept, f"h-{number}", f"c-{number}", LONG_AGO)
        kept.handoffs.say(f"h-{number}", Speaker.CITIZEN, secret, LONG_AGO)
    assert holds(tmp_path, secret)
    Retention(kept.retention, RetentionRules(180, 365, 10), lambda: NOW).apply()
    assert not holds(tmp_path, secret)


def holds(folder: Path, words: str) -> bool:
    spellings = (words.encode(), words.encode("unicode_escape"))
    return any(spelling in file.read_bytes() for file in folder.glob("records.sqlite3*") for spelling in spellings)


def test_ratings_go_with_their_answers_unless_the_answer_has_become_a_case(kept: Kept) -> None:
    for number in (1, 2):
        asked(kept, f"a-{number}", f"c-{number}", LONG_AGO)
        kept.ratings.add(Rating(f"a-{number}", "zhang.san", LONG_AGO, (100,), (25,)))
    kept.ratings.take_up("a-2", "zhang.san", LATELY)
    assert kept.retention.forget_conversations_before(CUTOFF) == Forgotten(answers=2, ratings=1)
    assert kept.ratings.history("a-1") == ()
    assert len(kept.ratings.history("a-2")) == 1


def test_deletion_on_request_takes_ratings_even_of_a_case(kept: Kept) -> None:
    asked(kept, "a-1", "c-1", LATELY)
    kept.ratings.add(Rating("a-1", "zhang.san", LATELY, (100,), (25,)))
    kept.ratings.take_up("a-1", "zhang.san", LATELY)
    assert kept.retention.forget_conversation("c-1") == Forgotten(answers=1, ratings=1)
    assert kept.ratings.taken_up("a-1") is None
    assert kept.ratings.history("a-1") == ()
