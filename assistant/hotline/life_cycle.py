"""Which moves an order may make, loaded from life_cycle.toml. Decides and applies; stores nothing."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from assistant.hotline.errors import MoveNotAllowed, NotYourMove, OrderHeld, ReasonRequired
from assistant.hotline.models import Confidentiality, OrderAction, OrderMove, OrderState, WorkOrder

LIFE_CYCLE_FILE = Path(__file__).with_name("life_cycle.toml")
SYSTEM, CALLER = "系统", "来电人"
"""Whom the history names where no account acted."""


class HolderRule(StrEnum):
    """Who must have claimed the order for a move."""

    ANY = "any"
    FREE = "free"
    SELF = "self"
    NOT_OTHER = "not_other"


@dataclass(frozen=True, slots=True)
class MoveRule:
    """One entry of the file; `to` None keeps the state. `others`: roles whom another's claim does not stop.

    `who_protected`: who may where the caller is to be protected, if not `who`.
    """

    action: OrderAction
    who: tuple[str, ...]
    holder: HolderRule
    from_states: tuple[OrderState, ...] = ()
    to: OrderState | None = None
    needs_reason: bool = False
    others: tuple[str, ...] = ()
    frees: bool = False
    who_protected: tuple[str, ...] = ()

    def may(self, order: WorkOrder) -> tuple[str, ...]:
        """The roles that may do it to this order."""
        protected = order.content.confidentiality is Confidentiality.PROTECTED
        return self.who_protected if protected and self.who_protected else self.who


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: the name for the history, and the roles it has."""

    name: str
    roles: frozenset[str]


@dataclass(frozen=True, slots=True)
class LifeCycle:
    """`rules` in the order in which a screen offers them; `people` says each role in Chinese."""

    rules: Mapping[OrderAction, MoveRule]
    people: Mapping[str, str]
    automatic_reason: str = ""

    def check(self, order: WorkOrder, action: OrderAction, actor: Actor, reason: str = "") -> None:
        """Raises NotYourMove, OrderHeld, MoveNotAllowed or ReasonRequired: the first that applies."""
        rule = self.rules[action]
        if not actor.roles.intersection(rule.may(order)):
            who = "、".join(self.people[role] for role in rule.may(order))
            raise NotYourMove(order.number, action.label, order.state.label, who)
        if order.state not in rule.from_states:
            raise MoveNotAllowed(order.number, action.label, order.state.label)
        _check_holder(order, rule, actor)
        if rule.needs_reason and not reason.strip():
            raise ReasonRequired(action.label)

    def allowed(self, order: WorkOrder, actor: Actor) -> tuple[OrderAction, ...]:
        """What the person may do to it now, if need be with a reason."""
        return tuple(action for action in self.rules if self._is_allowed(order, action, actor))

    def apply(self, order: WorkOrder, move: OrderAction, by: str, at: datetime, reason: str = "", **changes: Any) -> WorkOrder:
        """The order after a checked move: the next version, with one more line of history. `changes` are fields of WorkOrder."""
        rule = self.rules[move]
        state = rule.to or order.state
        after: dict[str, Any] = {
            "version": order.version + 1,
            "state": state,
            "held_by": "" if rule.frees else order.held_by,
            "history": (*order.history, OrderMove(at, by, move, state, reason.strip())),
        }
        return replace(order, **(after | changes))

    def _is_allowed(self, order: WorkOrder, action: OrderAction, actor: Actor) -> bool:
        try:
            self.check(order, action, actor, reason="-")
        except (MoveNotAllowed, OrderHeld):
            return False
        return True


def _check_holder(order: WorkOrder, rule: MoveRule, actor: Actor) -> None:
    held_by_other = order.held_by not in ("", actor.name)
    if rule.holder is HolderRule.FREE and order.held_by:
        raise OrderHeld(order.number, order.held_by)
    if rule.holder is HolderRule.SELF and not order.held_by:
        raise MoveNotAllowed(order.number, rule.action.label, f"{order.state.label}、无人领取")
    if rule.holder in (HolderRule.SELF, HolderRule.NOT_OTHER) and held_by_other and not actor.roles.intersection(rule.others):
        raise OrderHeld(order.number, order.held_by)


def load_life_cycle(path: Path = LIFE_CYCLE_FILE) -> LifeCycle:
    """Raises KeyError, ValueError or tomllib.TOMLDecodeError where the file is malformed."""
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    rules = [_rule(entry, table["people"]) for entry in table["move"]]
    return LifeCycle({rule.action: rule for rule in rules}, table["people"], table["automatic_reason"])


def _rule(entry: Mapping[str, Any], people: Collection[str]) -> MoveRule:
    named = (*entry["who"], *entry.get("others", ()), *entry.get("who_protected", ()))
    if unknown := set(named).difference(people):
        raise ValueError(f"{entry['action']}: {'、'.join(sorted(unknown))}")
    return MoveRule(
        action=OrderAction(entry["action"]),
        who=tuple(entry["who"]),
        holder=HolderRule(entry["holder"]),
        from_states=tuple(OrderState(state) for state in entry.get("from", ())),
        to=OrderState(entry["to"]) if "to" in entry else None,
        needs_reason=bool(entry.get("needs_reason", False)),
        others=tuple(entry.get("others", ())),
        frees=bool(entry.get("frees", False)),
        who_protected=tuple(entry.get("who_protected", ())),
    )
