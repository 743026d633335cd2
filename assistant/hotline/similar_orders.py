"""Open orders about the same matter: the same rare words, in the same region. Shown to a person, merges nothing."""

from __future__ import annotations

import math
import tomllib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from assistant.hotline.models import OrderContent, OrderFilter, OrderState
from assistant.hotline.ports import WorkOrderStore
from indexing.ports import Tokenizer

SIMILAR_FILE = Path(__file__).with_name("similar_orders.toml")
_OPEN = tuple(state for state in OrderState if state is not OrderState.CLOSED)
_Weights = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class SimilarityRules:
    """`min_similarity` is a cosine in 0..1, weights are factors.

    `background`: so many orders more are imagined that hold none of the words, so that two alone in a region can still be alike.
    """

    compared: int
    background: int
    shown: int
    characters: int
    remembered: int
    min_similarity: float
    title_weight: float
    place_weight: float


@dataclass(frozen=True, slots=True)
class SimilarOrders:
    """Words are weighted by how rare they are among the orders compared, so that 小区 and 希望 say little. `words`: see `weigh_words`."""

    store: WorkOrderStore
    words: Callable[[OrderContent], _Weights]
    rules: SimilarityRules

    def like(self, content: OrderContent, besides: Sequence[str] = ()) -> tuple[str, ...]:
        """Numbers of open orders of the same region, the most similar first; without `besides`."""
        wanted = OrderFilter(states=_OPEN, jurisdiction=content.jurisdiction, limit=self.rules.compared)
        orders = [order for order in self.store.find(wanted) if order.number not in besides] if content.jurisdiction else []
        ranked = self.ranked(content, [order.content for order in orders])
        return tuple(orders[place].number for place, _ in ranked[: self.rules.shown])

    def ranked(self, content: OrderContent, others: Sequence[OrderContent]) -> list[tuple[int, float]]:
        """(place in `others`, similarity) of those similar enough, the most similar first."""
        counted = [self.words(other) for other in (content, *others)]
        seen_in = Counter(word for words in counted for word in words)
        rarity = {word: math.log((len(counted) + self.rules.background) / count) for word, count in seen_in.items()}
        own, *rest = ({word: weight * rarity[word] for word, weight in words.items()} for words in counted)
        scored = [(place, _cosine(own, other)) for place, other in enumerate(rest)]
        return sorted((pair for pair in scored if pair[1] >= self.rules.min_similarity), key=lambda pair: -pair[1])


def weigh_words(tokenizer: Tokenizer, rules: SimilarityRules) -> Callable[[OrderContent], _Weights]:
    """Weights of the words of an order; repetition counts less each time (square root). Remembers the latest, cutting words is slow."""

    @lru_cache(maxsize=rules.remembered)
    def words(content: OrderContent) -> _Weights:
        texts = ((content.title, rules.title_weight), (content.place, rules.place_weight), (content.content[: rules.characters], 1.0))
        weights: dict[str, float] = {}
        for text, weight in texts:
            for word, count in Counter(tokenizer.passage_terms(text)).items():
                weights[word] = weights.get(word, 0.0) + weight * math.sqrt(count)
        return weights

    return words


def _cosine(one: _Weights, other: _Weights) -> float:
    shared = sum(weight * other[word] for word, weight in one.items() if word in other)
    lengths = math.sqrt(sum(weight**2 for weight in one.values()) * sum(weight**2 for weight in other.values()))
    return shared / lengths if lengths else 0.0


def load_similarity_rules(path: Path = SIMILAR_FILE) -> SimilarityRules:
    """Raises TypeError for a missing or unknown entry."""
    return SimilarityRules(**tomllib.loads(path.read_text(encoding="utf-8")))
