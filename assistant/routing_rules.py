"""Rules an administrator writes: which words send a request to which department. Loaded from YAML into frozen values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from assistant.errors import InvalidRoutingRule

RULES_FILE = Path(__file__).with_name("routing_rules.yaml")
_KEYS = {"name", "any", "all", "none", "lead", "supporting", "automatic"}


@dataclass(frozen=True, slots=True)
class RoutingRule:
    """`all_of` holds groups of wordings, one of each group must occur. `lead` and `supporting` are ids, names or aliases."""

    name: str
    any_of: tuple[str, ...]
    all_of: tuple[tuple[str, ...], ...]
    none_of: tuple[str, ...]
    lead: str
    supporting: tuple[str, ...] = ()
    automatic: bool = False

    def fits(self, text: str) -> bool:
        return (
            (not self.any_of or any(word in text for word in self.any_of))
            and all(any(word in text for word in group) for group in self.all_of)
            and not any(word in text for word in self.none_of)
        )


def load_routing_rules(*paths: Path) -> tuple[RoutingRule, ...]:
    """Rules of several files in order; a rule of an earlier file stands for later ones of its name. Raises InvalidRoutingRule."""
    rules: dict[str, RoutingRule] = {}
    for path in paths:
        for number, row in enumerate(_rows(path), start=1):
            rule = _rule(f"{path.name} 第{number}条", row)
            rules.setdefault(rule.name, rule)
    return tuple(rules.values())


def _rows(path: Path) -> Sequence[Any]:
    try:
        rows = yaml.safe_load(path.read_text(encoding="utf-8")) or []
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise InvalidRoutingRule(path.name, "不是有效的 YAML 文件（UTF-8 编码）") from error
    if not isinstance(rows, list):
        raise InvalidRoutingRule(path.name, "最外层应当是一个列表，每条规则一项")
    return rows


def _rule(where: str, row: Any) -> RoutingRule:
    if not isinstance(row, Mapping) or not str(row.get("name") or "").strip() or not str(row.get("lead") or "").strip():
        raise InvalidRoutingRule(where, "缺少 name 或 lead")
    if unknown := set(row) - _KEYS:
        raise InvalidRoutingRule(where, f"不认识的字段“{'、'.join(sorted(map(str, unknown)))}”")
    any_of, all_of = _words(row.get("any")), tuple(_words(group) for group in row.get("all") or ())
    if not any_of and not all_of:
        raise InvalidRoutingRule(where, "any 和 all 至少要写一个，否则所有诉求都会派给同一个部门")
    return RoutingRule(
        name=str(row["name"]).strip(),
        any_of=any_of,
        all_of=all_of,
        none_of=_words(row.get("none")),
        lead=str(row["lead"]).strip(),
        supporting=_words(row.get("supporting")),
        automatic=bool(row.get("automatic", False)),
    )


def _words(entry: Any) -> tuple[str, ...]:
    """One word or a list of them."""
    words = [entry] if isinstance(entry, str) else list(entry or ())
    return tuple(word for word in (str(word).strip() for word in words) if word)
