"""Passages and vectors for the search benchmark: real law passages where the public sets are present, as many real vectors as asked for."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path

import numpy as np

from indexing.models import Passage
from indexing.passage_splitter import split_edition, text_digest
from indexing.ports import Embedder, Progress, Vectors
from knowledge_base.models import ChangeKind, DocumentMetadata, DocumentRevision, Edition, RevisionChange
from knowledge_base.outline_parser import parse_outline

LAWS = Path(__file__).parents[3] / "shared" / "data" / "laws" / "docs.jsonl.gz"
_NOISE = 0.35
"""Length of the random step beside a unit vector: the copy's cosine to its original is about .94, as between kindred passages."""
_SUBJECTS = (
    "居住证",
    "住房公积金",
    "最低生活保障",
    "不动产登记",
    "机动车驾驶证",
    "义务教育入学",
    "养老保险",
    "失业登记",
    "环境噪声",
    "物业服务",
)
_ACTS = ("申请", "受理", "审核", "变更", "注销", "补办", "查询", "公示", "投诉", "监督")


@dataclass(frozen=True, slots=True)
class SearchCorpus:
    """`origin` says in Chinese where texts and vectors come from."""

    passages: list[Passage]
    vectors: Vectors
    origin: str


def build_corpus(size: int, embed: int, embedder: Embedder, progress: Progress) -> SearchCorpus:
    """`size` passages; the first `embed` carry their own vectors, the others perturbed copies of these."""
    passages = list(islice((passage for edition in corpus_editions() for passage in split_edition(edition)), size))
    texts = "公开法律法规的条文" if LAWS.is_file() else "生成的条文（没有找到公开数据）"
    real = len(passages)
    while len(passages) < size:
        copy = len(passages) // real
        passages += [_copied(passage, copy) for passage in passages[: min(real, size - len(passages))]]
    vectors = vectors_of(passages, min(embed, real), embedder, progress)
    origin = f"{min(real, size)} 段{texts}" + (f"，其余 {size - real} 段是它们的副本" if size > real else "")
    if size > embed:
        origin += f"；前 {min(embed, real)} 段是真实向量，其余 {size - min(embed, real)} 个是真实向量加扰动的副本"
    return SearchCorpus(passages, vectors, origin)


def vectors_of(passages: list[Passage], embed: int, embedder: Embedder, progress: Progress) -> Vectors:
    """Vectors of the first `embed` passages, then perturbed copies of these."""
    real = embedder.embed_passages([passage.search_text for passage in passages[:embed]], progress)
    chance = np.random.default_rng(20240601)
    vectors = np.empty((len(passages), embedder.dimension), dtype=np.float32)
    for start in range(0, len(passages), embed):
        rows = real[: min(embed, len(passages) - start)]
        step = chance.standard_normal(rows.shape, dtype=np.float32) * np.float32(_NOISE / np.sqrt(embedder.dimension))
        moved = rows if start == 0 else rows + step
        vectors[start : start + len(rows)] = moved / np.linalg.norm(moved, axis=1, keepdims=True)
    return vectors


def corpus_editions() -> Iterator[Edition]:
    """Public laws where they are present, else made ones; each binds in the whole country since 2000."""
    yield from _law_editions() if LAWS.is_file() else _made_editions()


def _law_editions() -> Iterator[Edition]:
    with gzip.open(LAWS, "rt", encoding="utf-8") as lines:
        for line in lines:
            document = json.loads(line)
            yield _edition(document["_id"], document["title"], document["text"])


def _made_editions() -> Iterator[Edition]:
    for number in range(1000):
        subject, act = _SUBJECTS[number % len(_SUBJECTS)], _ACTS[number // len(_SUBJECTS) % len(_ACTS)]
        articles = "".join(
            f"第{article}条　{act}{subject}的，应当在{article + number % 7}个工作日内提交第{article}类材料，由第{number}号窗口办理。\n"
            for article in range(1, 21)
        )
        yield _edition(f"made-{number}", f"{subject}{act}办法之{number}", articles)


def _edition(document_id: str, title: str, text: str) -> Edition:
    change = RevisionChange(ChangeKind.PUBLISH, "benchmark", datetime.now(UTC), "")
    metadata = DocumentMetadata(title=title, effective_on=date(2000, 1, 1))
    revision = DocumentRevision(document_id, 1, 1, text, "", parse_outline(text), metadata, change)
    return Edition(document_id, 1, revision, date(2000, 1, 1), None, None)


def _copied(passage: Passage, copy: int) -> Passage:
    text = f"{passage.search_text} 副本{copy}"
    return replace(passage, id=f"{passage.id}@{copy}", search_text=text, digest=text_digest(f"{passage.digest}{copy}"))
