"""An old answer shown as it was given, and its search repeated where the index of that day is still kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from api.container import Container
from assistant.answer_cache import SHED
from assistant.models import AnswerRecord, SearchTrace, TracedPassage
from indexing.errors import IndexingError
from indexing.models import RankingMode, SearchQuery

_SAME_WITHIN = 1e-4
"""Scores are sums of 32-bit products, whose last digits depend on the processor."""
_VERSIONS: Mapping[str, str] = {
    "wording": "答复用语",
    "rules": "答复规则",
    "topics": "敏感主题",
    "tuning": "检索参数",
    "tokenizer": "分词和词表",
    "reranker": "细排模型",
    "acts": "意图样例",
    "request_types": "诉求类型样例",
}


class Repetition(StrEnum):
    """What became of searching again; the value says it to a person."""

    NOT_SEARCHED = "这次没有检索（由固定规则回答），没有可以重做的。"
    NOT_KEPT = "这条记录较早，当时还没有保存检索结果，只能显示答复本身。"
    SNAPSHOT_GONE = "当时的索引快照已经清理，不能重做检索；下面是当时保存的结果。"
    IMPOSSIBLE = "当时的索引快照还在，但现在的模型或词表已不同，不能在上面重做检索；下面是当时保存的结果。"
    SAME = "用当时的索引快照重做检索，结果一致。"
    DIFFERENT = "用当时的索引快照重做检索，结果不同：检索参数、词表或模型在那之后变过。"


@dataclass(frozen=True, slots=True)
class Replay:
    """`again` is what the (first) search gives now in the snapshot of then, best first; empty where it could not be repeated."""

    record: AnswerRecord
    repetition: Repetition
    again: tuple[TracedPassage, ...] = ()
    versions: tuple[tuple[str, str, str], ...] = ()
    """(what, then, now) of what decided about the answer; now "" where it is not known."""


def replay(container: Container, record: AnswerRecord) -> Replay:
    """Changes nothing and makes no new record."""
    repetition, again = _repeated(container, record)
    return Replay(record, repetition, again, _versions(container, record.search))


def _repeated(container: Container, record: AnswerRecord) -> tuple[Repetition, tuple[TracedPassage, ...]]:
    then = record.search
    if not record.snapshot_id:
        return Repetition.NOT_SEARCHED, ()
    if then is None:
        return Repetition.NOT_KEPT, ()
    if all(kept.snapshot_id != record.snapshot_id for kept in container.snapshots.snapshots()):
        return Repetition.SNAPSHOT_GONE, ()
    try:
        again = [_searched_again(container, record, search) for search in (then, *record.further_searches)]
    except IndexingError:
        return Repetition.IMPOSSIBLE, ()
    alike = all(_alike(old.ranked, now) for old, now in zip((then, *record.further_searches), again, strict=True))
    return (Repetition.SAME if alike else Repetition.DIFFERENT), again[0]


def _searched_again(container: Container, record: AnswerRecord, then: SearchTrace) -> tuple[TracedPassage, ...]:
    """Raises IndexingError."""
    query = SearchQuery(then.text or record.standalone_text, then.as_of, then.jurisdiction, limit=max(1, len(then.ranked)))
    # What was found without reranking is searched without it again.
    mode = RankingMode.ADAPTED if then.versions.get("reranker") == SHED else RankingMode.DEFAULT
    found = container.index.searcher_of(record.snapshot_id).search(query, mode)
    return tuple(TracedPassage(hit.passage.id, hit.score, hit.vector_score, hit.lexical_score) for hit in found.hits)


def _alike(then: tuple[TracedPassage, ...], now: tuple[TracedPassage, ...]) -> bool:
    """The same passages with the same scores; passages of equal score may stand in either order."""
    scores = {passage.passage_id: passage.score for passage in now}
    return len(then) == len(now) and all(abs(scores.get(old.passage_id, -1.0) - old.score) <= _SAME_WITHIN for old in then)


def _versions(container: Container, then: SearchTrace | None) -> tuple[tuple[str, str, str], ...]:
    kept = then.versions if then else {}
    try:
        now = container.assistant().versions() if kept else {}
    except IndexingError:
        now = {}
    return tuple((_VERSIONS.get(name, name), digest, now.get(name, "")) for name, digest in kept.items())
