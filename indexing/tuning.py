"""Numbers that change what is found, read from tuning.toml into frozen values."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from indexing.errors import InvalidTuning

DEFAULT_TUNING_PATH = Path(__file__).with_name("tuning.toml")


@dataclass(frozen=True, slots=True)
class PassageTuning:
    """Sizes in characters. `search_text` is a format string over {title}, {headings} and {text}."""

    article_chars: int
    piece_chars: int
    window_chars: int
    short_chars: int
    sentence_chars: int
    search_text: str


@dataclass(frozen=True, slots=True)
class LexicalTuning:
    """BM25 parameters, as Robertson and Zaragoza (2009) name them."""

    k1: float
    b: float

    def fingerprint(self, tokenizer: str) -> str:
        """Names everything that shapes the keyword index: `tokenizer` is the tokenizer's fingerprint."""
        return f"{tokenizer}+pairs/k1={self.k1:g},b={self.b:g}"


@dataclass(frozen=True, slots=True)
class FusionTuning:
    """`candidates` are taken from each search before fusion. Weights in [0, 1]; the passage's own words have the rest of the words' side.

    Coverage is the best raw BM25 score as a share of the highest that the question's terms could reach. `document_passages`: a longer
    document says nothing of its passages. `adapted_*`: how the adapted cosine comes in, from the best one that counts (less a share of the
    coverage) to where it leads.
    """

    candidates: int
    document_weight: float
    run_weight: float
    document_passages: int
    document_discount: float
    vector_weight_far: float
    vector_weight_near: float
    coverage_far: float
    coverage_near: float
    large_from: int
    vector_weight_small: float
    adapted_from: float
    adapted_full: float
    adapted_coverage: float
    adapted_weight: float


@dataclass(frozen=True, slots=True)
class RerankingTuning:
    """The first `candidates` are reranked. A similarity of tokens counts `weight` times, measured from its mean among them, as far as the
    tuned vectors lead; where they do not, it keeps the share `least`, 0 to 1.

    Searches go without where `most_waiting` questions or more wait before they may search.
    """

    candidates: int
    weight: float
    least: float
    most_waiting: int


@dataclass(frozen=True, slots=True)
class SnapshotTuning:
    """`keep` counts the current snapshot; `cached_masks` is per snapshot; `embed_batch` and `quick_from` count passages."""

    keep: int
    check_every_s: float
    cached_masks: int
    embed_batch: int
    quick_from: int


@dataclass(frozen=True, slots=True)
class Tuning:
    passages: PassageTuning
    lexical: LexicalTuning
    fusion: FusionTuning
    reranking: RerankingTuning
    snapshots: SnapshotTuning


Section = TypeVar("Section")


def load_tuning(path: Path = DEFAULT_TUNING_PATH) -> Tuning:
    """Read a tuning file. Raises InvalidTuning, naming the section or the entry, where one is missing, unknown or of the wrong type."""
    try:
        sections = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InvalidTuning(path.name, f"文件读不出来（{error}）。") from error
    tuning = Tuning(
        passages=_section(PassageTuning, path, sections, "passages"),
        lexical=_section(LexicalTuning, path, sections, "lexical"),
        fusion=_section(FusionTuning, path, sections, "fusion"),
        reranking=_section(RerankingTuning, path, sections, "reranking"),
        snapshots=_section(SnapshotTuning, path, sections, "snapshots"),
    )
    fusion = tuning.fusion
    _check_fusion(fusion, path)
    return tuning


def _check_fusion(fusion: FusionTuning, path: Path) -> None:
    for name in ("vector_weight_far", "vector_weight_near", "vector_weight_small", "adapted_weight"):
        if getattr(fusion, name) > 1.0:
            raise InvalidTuning(path.name, f"fusion.{name} 应当在 0 和 1 之间。")
    if fusion.document_weight + fusion.run_weight > 1.0:
        raise InvalidTuning(path.name, "fusion.document_weight 与 fusion.run_weight 之和不应大于 1。")
    for low, high in (("coverage_far", "coverage_near"), ("adapted_from", "adapted_full")):
        if getattr(fusion, low) >= getattr(fusion, high):
            raise InvalidTuning(path.name, f"fusion.{low} 应当小于 fusion.{high}。")


@cache
def default_tuning() -> Tuning:
    """The tuning that ships with the product, read once on first use."""
    return load_tuning()


def _section(kind: type[Section], path: Path, sections: dict[str, Any], name: str) -> Section:
    entries = sections.get(name)
    if not isinstance(entries, dict):
        raise InvalidTuning(path.name, f"缺少 [{name}] 部分。")
    wanted = {field.name: str(field.type) for field in fields(kind)}  # type: ignore[arg-type]  # always one of the dataclasses above
    if entries.keys() != wanted.keys():
        wrong = "、".join(sorted(entries.keys() ^ wanted.keys()))
        raise InvalidTuning(path.name, f"[{name}] 缺少或多出条目：{wrong}。")
    return kind(**{key: _checked(path, f"{name}.{key}", entries[key], wanted[key]) for key in wanted})


def _checked(path: Path, name: str, entry: object, wanted: str) -> object:
    if wanted == "float" and isinstance(entry, int | float) and not isinstance(entry, bool) and entry >= 0:
        return float(entry)
    if wanted == "int" and isinstance(entry, int) and not isinstance(entry, bool) and entry > 0:
        return entry
    if wanted == "str" and isinstance(entry, str) and entry:
        return entry
    raise InvalidTuning(path.name, f"{name} 的值 {entry!r} 不对，应当是{'文字' if wanted == 'str' else '不为负的数'}。")
