"""Texts and vectors to measure speed on: real laws where the public sets are present, then recombined; real vectors, then perturbed."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import count, islice
from pathlib import Path
from zlib import crc32

import numpy as np

from indexing.late_interaction import TokenRows
from indexing.models import Passage
from indexing.paired_vectors import is_paired
from indexing.passage_splitter import split_edition
from indexing.ports import Embedder, Progress, TokenEmbedder, Vectors
from knowledge_base.models import ChangeKind, DocumentMetadata, DocumentRevision, Edition, RevisionChange
from knowledge_base.outline_parser import parse_outline

LAWS = Path(__file__).parents[3] / "shared" / "data" / "laws" / "docs.jsonl.gz"
RECOMBINED = "~"
"""In the id of a document that was put together from sentences of others."""
_SENTENCE = re.compile(r"(?P<heading>^第[^\s条]{1,9}条\s+)?(?P<said>[^。；\n#]+[。；])", re.MULTILINE)
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
class _RealText:
    document_id: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class SearchCorpus:
    """`tokens` of each passage where the embedder gives them. `origin` says in Chinese where texts and vectors come from."""

    passages: list[Passage]
    vectors: Vectors
    tokens: list[TokenRows]
    origin: str


def build_corpus(size: int, embed: int, embedder: Embedder, progress: Progress) -> SearchCorpus:
    """`size` passages; the first `embed` carry their own vectors, the others perturbed copies of these."""
    passages = list(islice((passage for edition in corpus_editions() for passage in split_edition(edition)), size))
    vectors, tokens = vectors_of(passages, min(embed, size), embedder, progress)
    return SearchCorpus(passages, vectors, tokens, f"{texts_words(passages)}；{vectors_words(size, embed)}")


def texts_words(passages: Sequence[Passage]) -> str:
    """Where these come from, in Chinese; passages of other content than `corpus_editions` are not to be among them."""
    made = sum(RECOMBINED in passage.document_id for passage in passages)
    kind = "公开法律法规的条文" if LAWS.is_file() else "生成的条文（没有找到公开数据）"
    return f"{len(passages) - made} 段{kind}" + (f"、{made} 段由这些条文的句子重新组合成的条文" if made else "")


def vectors_words(passages: int, embedded: int) -> str:
    if passages <= embedded:
        return "向量都是真实的"
    return f"前 {embedded} 段是真实向量，其余 {passages - embedded} 个是真实向量加扰动的副本"


def vectors_of(passages: list[Passage], embed: int, embedder: Embedder, progress: Progress) -> tuple[Vectors, list[TokenRows]]:
    """Vectors of the first `embed` passages, then perturbed copies of these; their tokens too, where the embedder gives them, repeated."""
    texts, tokens = [passage.search_text for passage in passages[:embed]], list[TokenRows]()
    if isinstance(embedder, TokenEmbedder):
        real, told = embedder.embed_passages_with_tokens(texts, progress)
        tokens = [told[row % embed] for row in range(len(passages))]
    else:
        real = embedder.embed_passages(texts, progress)
    chance = np.random.default_rng(20240601)
    vectors = np.empty((len(passages), embedder.dimension), dtype=np.float32)
    for start in range(0, len(passages), embed):
        rows = real[: min(embed, len(passages) - start)]
        vectors[start : start + len(rows)] = rows if start == 0 else _moved(rows, chance, 2 if is_paired(embedder.fingerprint) else 1)
    return vectors, tokens


def _moved(rows: Vectors, chance: np.random.Generator, parts: int) -> Vectors:
    """A random step away, each of the `parts` vectors of a row brought back to unit length for itself."""
    each = rows.reshape(len(rows), parts, -1)
    step = chance.standard_normal(each.shape, dtype=np.float32) * np.float32(_NOISE / np.sqrt(each.shape[-1]))
    moved = each + step
    unit: Vectors = (moved / np.linalg.norm(moved, axis=-1, keepdims=True)).reshape(rows.shape)
    return unit


def corpus_editions() -> Iterator[Edition]:
    """Without end: public laws where they are present, else made ones, then recombined ones. Each binds in the whole country since 2000."""
    real = list[_RealText]()
    for edition in _law_editions() if LAWS.is_file() else _made_editions():
        real.append(_RealText(edition.document_id, edition.revision.metadata.title, edition.revision.text))
        yield edition
    yield from _recombined_editions(real)


def _recombined_editions(real: Sequence[_RealText]) -> Iterator[Edition]:
    """The headings of a law over sentences of all laws, so that words are as frequent as in real ones and no two articles the same."""
    sentences = [found["said"] for each in real for found in _SENTENCE.finditer(each.text)]
    for turn in count(1):
        for each in real:
            chance = np.random.default_rng([turn, crc32(each.document_id.encode())])
            drawn = (sentences[place] for place in _places(chance, len(sentences)))
            # The generator is consumed within this turn of the loop.
            text = _SENTENCE.sub(lambda found, drawn=drawn: (found["heading"] or "") + next(drawn), each.text)  # type: ignore[misc]  # a lambda's default
            yield _edition(f"{each.document_id}{RECOMBINED}{turn}", f"{each.title}（重组之{turn}）", text)


def _places(chance: np.random.Generator, most: int) -> Iterator[int]:
    while True:
        yield from chance.integers(most, size=256).tolist()


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
