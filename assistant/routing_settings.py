"""How signals are weighed when a department is chosen, loaded from routing.toml into frozen values."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

SETTINGS_FILE = Path(__file__).with_name("routing.toml")


@dataclass(frozen=True, slots=True)
class RoutingWeights:
    """Add up to 1."""

    classifier: float
    nearness: float
    evidence: float


@dataclass(frozen=True, slots=True)
class NearnessSettings:
    """`reason_from` in standard deviations above the mean cosine; `sharpness` of the softmax over them."""

    sharpness: float
    reason_from: float
    sent_back_from: float
    sent_back_factor: float


@dataclass(frozen=True, slots=True)
class JointSettings:
    """When a clause of its own makes another department support (协办)."""

    clause_characters: int
    supporting_from: float
    max_clauses: int


@dataclass(frozen=True, slots=True)
class AutomaticSettings:
    """`fallback` is the confidence needed where too few examples were there to measure a threshold for `target_precision`."""

    target_precision: float
    fallback: float


@dataclass(frozen=True, slots=True)
class RoutingSettings:
    """`reasons` are Chinese templates by kind."""

    weights: RoutingWeights
    nearness: NearnessSettings
    joint: JointSettings
    automatic: AutomaticSettings
    classifier_reason_from: float
    rule_confidence: float
    child_margin: float
    refresh_s: float
    reasons: Mapping[str, str]


def load_routing_settings(path: Path = SETTINGS_FILE) -> RoutingSettings:
    """Raises KeyError or TypeError for a missing or unknown entry."""
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    return RoutingSettings(
        weights=RoutingWeights(**table["weights"]),
        nearness=NearnessSettings(**table["nearness"]),
        joint=JointSettings(**table["joint"]),
        automatic=AutomaticSettings(**table["automatic"]),
        classifier_reason_from=table["classifier"]["reason_from"],
        rule_confidence=table["rules"]["confidence"],
        child_margin=table["regions"]["child_margin"],
        refresh_s=table["refresh"]["seconds"],
        reasons=table["reasons"],
    )
