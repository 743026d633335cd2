"""Which questions teach and which test. What is nearly the same stays on one side."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Collection, Sequence

from indexing.near_duplicates import near_duplicate_groups
from indexing.training.models import Split, TrainingQuestion


def hold_out(questions: Sequence[TrainingQuestion], share: float, seed: int) -> Split:
    """About `share` of the questions that people ask are held out, at least one of two groups. The same for the same questions and seed."""
    groups = _groups(questions, seed)
    asked = sum(not question.restates for question in questions)
    held: set[int] = set()
    for group in groups[1:]:
        if sum(not questions[place].restates for place in held) >= max(asked * share, 1):
            break
        held.update(group)
    return _split(questions, held)


def hold_out_named(questions: Sequence[TrainingQuestion], ids: Collection[str]) -> Split:
    """Just the questions of these ids are held out. What nearly repeats one of them, or says it in other words, does not teach either."""
    near: set[int] = set()
    for group in _groups(questions, 0):
        if any(questions[place].id in ids for place in group):
            near.update(group)
    taught = tuple(place for place in range(len(questions)) if place not in near)
    return Split(taught, tuple(place for place in sorted(near) if questions[place].id in ids))


def folds(questions: Sequence[TrainingQuestion], count: int, seed: int) -> tuple[Split, ...]:
    """`count` splits of like size, each asked question held out in exactly one."""
    parts: list[set[int]] = [set() for _ in range(count)]
    for group in _groups(questions, seed):
        min(parts, key=len).update(group)
    return tuple(_split(questions, part) for part in parts)


def _split(questions: Sequence[TrainingQuestion], held: set[int]) -> Split:
    taught = tuple(place for place in range(len(questions)) if place not in held)
    return Split(taught, tuple(place for place in sorted(held) if not questions[place].restates))


def _groups(questions: Sequence[TrainingQuestion], seed: int) -> list[list[int]]:
    """Places by group, in an order that only the seed and the questions decide."""
    leaders = near_duplicate_groups([question.text for question in questions], [question.restates or question.id for question in questions])
    groups: dict[int, list[int]] = defaultdict(list)
    for place, leader in enumerate(leaders):
        groups[leader].append(place)
    found = list(groups.values())
    random.Random(seed).shuffle(found)  # noqa: S311 (a repeatable order, not a secret)
    return found
