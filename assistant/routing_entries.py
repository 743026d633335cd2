"""Routing rules as entries that administrators edit."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from assistant.routing_rules import RoutingRule
from knowledge_base.content.entry_values import YES
from knowledge_base.content.models import EntryFault, Row
from knowledge_base.content.ports import ProposedChange
from knowledge_base.departments import DepartmentDirectory

_COMMA = re.compile(r"\s*[,，、;；]\s*")


def rule_rows(rules: Sequence[RoutingRule]) -> dict[str, Row]:
    """By name, in their order."""
    return {rule.name: _row(rule) for rule in rules}


def rules_of(rows: Mapping[str, Row], shipped: Collection[str]) -> tuple[RoutingRule, ...]:
    """One's own before those of the program (`shipped`: their names), as the first that fits decides."""
    ordered = sorted(rows, key=lambda name: name in shipped)
    return tuple(_rule(rows[name]) for name in ordered)


@dataclass(frozen=True, slots=True)
class RoutingRuleRules:
    """A rule asks for some word, and sends to departments that there are."""

    departments: Callable[[], DepartmentDirectory]

    def settled(self, row: Row) -> Row:
        if "all" not in row:
            return row
        groups = ("，".join(word for word in _COMMA.split(line.strip()) if word) for line in row["all"].split("\n"))
        return {**row, "all": "\n".join(group for group in groups if group)}

    def faults(self, change: ProposedChange) -> Iterator[EntryFault]:
        directory = self.departments() if change.rows else DepartmentDirectory(())
        for key, row in change.rows.items():
            if not row.get("any") and not row.get("all"):
                yield EntryFault(key, "any", "“出现任意一个”和“必须出现”至少填一项，否则所有诉求都会派给同一个部门。")
            for field in ("lead", "supporting"):
                for name in _lines(row.get(field, "")):
                    if directory.get(name) is None and not directory.named(name):
                        yield EntryFault(key, field, f"部门名录里没有“{name}”。请填写部门的编号、名称或别名。")


def _row(rule: RoutingRule) -> Row:
    cells = {
        "name": rule.name,
        "any": "\n".join(rule.any_of),
        "all": "\n".join("，".join(group) for group in rule.all_of),
        "none": "\n".join(rule.none_of),
        "lead": rule.lead,
        "supporting": "\n".join(rule.supporting),
        "automatic": YES if rule.automatic else "",
    }
    return {name: text for name, text in cells.items() if text}


def _rule(row: Row) -> RoutingRule:
    return RoutingRule(
        name=row["name"],
        any_of=_lines(row.get("any", "")),
        all_of=tuple(tuple(_COMMA.split(line)) for line in _lines(row.get("all", ""))),
        none_of=_lines(row.get("none", "")),
        lead=row["lead"],
        supporting=_lines(row.get("supporting", "")),
        automatic=row.get("automatic") == YES,
    )


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line for line in text.split("\n") if line)
