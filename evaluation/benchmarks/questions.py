"""Questions to measure with, none like another: of the demonstration's matters and, where the public set is present, as many about laws."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import count, islice, product

import yaml

from api.container import SEEDS
from evaluation.benchmarks.search_corpus import LAWS

_DEMONSTRATION = SEEDS / "demo"
_LAW_QUESTIONS = LAWS.parents[1] / "stard" / "queries.jsonl"
_MANY = 1_000_000
_OPENINGS = ("", "请问", "您好，", "想问一下，", "麻烦问下", "咨询一下：", "打听个事，", "我想知道", "帮我看看，", "老师好，")


def questions(most: int) -> Iterator[str]:
    """Up to so many."""
    hot = list(yaml.safe_load((_DEMONSTRATION / "hot_questions.yaml").read_text(encoding="utf-8")))
    guides = yaml.safe_load((_DEMONSTRATION / "guides.yaml").read_text(encoding="utf-8"))
    own = [*hot, *(question for guide in guides for question in guide["usual_questions"])]
    asked = dict.fromkeys(f"{opening}{question}" for opening, question in product(_OPENINGS, own))
    if _LAW_QUESTIONS.is_file():
        lines = _LAW_QUESTIONS.read_text(encoding="utf-8").splitlines()
        mixed = zip(asked, (json.loads(line)["text"] for line in lines), strict=False)
        asked = dict.fromkeys(question for pair in mixed for question in pair)
    return islice(asked, most)


def different_questions(turn: int = 0) -> Iterator[str]:
    """Without end: `questions`, then these again and again, each time with another number behind them; from the given turn on."""
    known = list(questions(_MANY))
    for number in count(turn):
        yield from (f"{question}（{number}）" if number else question for question in known)
