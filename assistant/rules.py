"""Thresholds and word lists of answering, loaded from answering.toml into frozen values. No decisions here."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.models import Facet

RULES_FILE = Path(__file__).with_name("answering.toml")


@dataclass(frozen=True, slots=True)
class QuotingRules:
    """`max_characters` bounds all quotes of one answer together, but for a second passage about as near and what must be read with one."""

    max_characters: int
    max_quotes: int
    candidate_passages: int
    min_relative_score: float
    min_run: int
    equal_from: float
    equal_characters: int
    whole_characters: int


@dataclass(frozen=True, slots=True)
class EvidenceRules:
    """Vector scores are cosines; coverage is a share in [0, 1]; margins are in nearness: cosine + lexical_share * BM25 score."""

    search_limit: int
    min_vector_score: float
    strong_vector_score: float
    min_coverage: float
    lexical_share: float
    absence_margin: float
    certain_margin: float
    demonstration_margin: float


@dataclass(frozen=True, slots=True)
class GuideRules:
    """Shares; `clear_lead` is a ratio of fused scores."""

    min_title_coverage: float
    clear_lead: float
    related_provisions: int
    related_to_no_field: int


@dataclass(frozen=True, slots=True)
class DepartmentRules:
    """Confidences of the router."""

    named_from: float
    sure_from: float
    possible_from: float


@dataclass(frozen=True, slots=True)
class FollowUpRules:
    starts: tuple[str, ...]
    ends: tuple[str, ...]
    pronouns: tuple[str, ...]
    fillers: tuple[str, ...]
    max_characters: int
    turns: int
    max_subject: int
    own_words: int
    clear_lead: float


@dataclass(frozen=True, slots=True)
class PartRules:
    """How several questions in one message, and rules of several places, are told apart; `asks` are words that make a question."""

    max_parts: int
    max_regions: int
    min_terms: int
    connectors: tuple[str, ...]
    asks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ConflictRules:
    """`min_shared`: a share in [0, 1]. `not_about`: words of sentences that speak of the document, not of the matter."""

    min_shared: float
    not_about: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DecisionRules:
    """How people ask to have something worked out, or decided, for them."""

    calculation: tuple[re.Pattern[str], ...]
    eligibility: tuple[re.Pattern[str], ...]


@dataclass(frozen=True, slots=True)
class AnsweringRules:
    """`facets`: how people ask, longer phrases first; `facet_words`: how provisions speak of the same.

    `facet_exceptions`: words of a question in which the facet's phrases ask for something else.
    """

    quoting: QuotingRules
    evidence: EvidenceRules
    guides: GuideRules
    departments: DepartmentRules
    follow_up: FollowUpRules
    parts: PartRules
    conflicts: ConflictRules
    decisions: DecisionRules
    facets: Mapping[Facet, tuple[str, ...]]
    facet_words: Mapping[Facet, tuple[str, ...]]
    facet_exceptions: Mapping[Facet, tuple[str, ...]]


def load_rules(path: Path = RULES_FILE) -> AnsweringRules:
    """Read the rules. Raises TypeError or ValueError for a missing or unknown entry."""
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    return AnsweringRules(
        quoting=QuotingRules(**table["quoting"]),
        evidence=EvidenceRules(**table["evidence"]),
        guides=GuideRules(**table["guides"]),
        departments=DepartmentRules(**table["departments"]),
        follow_up=FollowUpRules(**{name: _frozen(value) for name, value in table["follow_up"].items()}),
        parts=PartRules(**{name: _frozen(value) for name, value in table["parts"].items()}),
        conflicts=ConflictRules(**{name: _frozen(value) for name, value in table["conflicts"].items()}),
        decisions=DecisionRules(**{name: tuple(map(re.compile, value)) for name, value in table["decisions"].items()}),
        facet_words={Facet(name): tuple(words) for name, words in table["facet_words"].items()},
        facet_exceptions={Facet(name): tuple(words) for name, words in table["facet_exceptions"].items()},
        facets={Facet(name): tuple(sorted(phrases, key=len, reverse=True)) for name, phrases in table["facets"].items()},
    )


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
