"""What people come for in a trial: questions, conversations and searches of the golden set, and how two answers are compared."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from evaluation.golden_set import GoldenSet

# Of a hundred errands; the rest are searches.
_SINGLE, _CONVERSATIONS = 70, 10


@dataclass(frozen=True, slots=True)
class Step:
    """One request. `name` is the same for the same words in the same place of a conversation."""

    name: str
    method: str
    path: str
    content: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Errand:
    """Steps in order; those of a conversation carry on its id."""

    name: str
    steps: tuple[Step, ...]


def errands_of(golden: GoldenSet, count: int, seed: int = 6) -> tuple[Errand, ...]:
    """`count` different ones, always the same for the same golden set: 70 % questions, 10 % conversations, 20 % searches."""
    chance = random.Random(seed)  # noqa: S311 - a choice of questions, guards nothing
    questions = chance.sample(golden.questions, len(golden.questions))
    conversations = chance.sample(golden.conversations, len(golden.conversations))
    single = count * _SINGLE // 100
    together = min(count * _CONVERSATIONS // 100, len(conversations))
    searches = min(count - single - together, len(questions) - single)
    made = [Errand(one.id, (_asked(one.id, one.question, one.region, str(one.as_of)),)) for one in questions[:single]]
    made += [
        Errand(
            one.id, tuple(_asked(f"{one.id}.{place}", turn.question, one.region, str(one.as_of)) for place, turn in enumerate(one.turns))
        )
        for one in conversations[:together]
    ]
    made += [_searched(one.id, one.question, one.region, str(one.as_of)) for one in questions[single : single + searches]]
    chance.shuffle(made)
    return tuple(made)


def _asked(name: str, message: str, region: str | None, day: str) -> Step:
    return Step(name, "POST", "/api/v1/chat", {"message": message, "as_of": day, **({"region": region} if region else {})})


def _searched(name: str, text: str, region: str | None, day: str) -> Errand:
    # Without reranking, which is left out under load as it should be: the same question finds the same, however many wait.
    query = {"q": text[:500], "as_of": day, "mode": "adapted", **({"region": region} if region else {})}
    return Errand(f"s-{name}", (Step(f"s-{name}", "GET", "/api/v1/search", query),))


def said_in(answer: Mapping[str, Any]) -> str:
    """A digest of how it ended and of which provisions it cites, or of what was found; none of the wording's."""
    facts = [str(answer.get("status", "found")), *sorted(_sources(answer))]
    return sha256("\n".join(facts).encode()).hexdigest()[:16]


def _sources(answer: Mapping[str, Any]) -> Iterator[str]:
    for citation in answer.get("citations", ()):
        yield f"{citation['document_id']}@{citation['edition']}#{citation['provision']}"
    for hit in answer.get("hits", ()):
        yield str(hit["passage_id"])
