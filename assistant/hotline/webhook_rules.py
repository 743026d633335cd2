"""The rules of webhook delivery, as data."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

from assistant.hotline.models import OrderAction

_RULES = Path(__file__).with_name("webhooks.toml")


@dataclass(frozen=True, slots=True)
class WebhookOutcomes:
    """Chinese sentences, noted after an attempt. `refused` has the place {status}."""

    delivered: str
    refused: str
    gone: str
    timed_out: str
    unreachable: str
    removed: str
    unsubscribed: str
    not_allowed: str
    sealed: str


@dataclass(frozen=True, slots=True)
class WebhookRules:
    """`waits_s`: seconds after each failed attempt. `timeout_s`, `lease_s` in seconds; `kept_days` in days."""

    kept_inside: frozenset[OrderAction]
    waits_s: tuple[int, ...]
    timeout_s: int
    lease_s: int
    per_run: int
    kept_days: int
    outcomes: WebhookOutcomes


def load_webhook_rules(path: Path = _RULES) -> WebhookRules:
    entries = tomllib.loads(path.read_text(encoding="utf-8"))
    return WebhookRules(
        kept_inside=frozenset(map(OrderAction, entries.pop("kept_inside"))),
        waits_s=tuple(entries.pop("waits_s")),
        outcomes=WebhookOutcomes(**entries.pop("outcomes")),
        **entries,
    )
