"""Write once what all are given: passages, vectors, questions and labels of a public set, made by the product's own parts."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from api.settings import Settings
from api.shipped_content import VOCABULARY
from evaluation.datasets import LabelledQuestion, load_dataset
from evaluation.errors import DatasetUnreadable
from evaluation.peers.own_search import product_words
from evaluation.peers.runners.protocol import PASSAGES, QUESTION_VECTORS, QUESTIONS, VECTORS
from evaluation.trained_sets import taught_questions
from evaluation.workspace import open_workspace
from indexing.late_interaction import QuestionVectors, TokenRows
from indexing.models import Passage
from indexing.paired_vectors import BaseHalf
from indexing.ports import Embedder, Progress, TokenEmbedder, Tokenizer, Vectors
from indexing.training import SHIPPED_ENCODER
from indexing.tuning import DEFAULT_TUNING_PATH

RECORD = "set.json"
OWN_VECTORS, OWN_QUESTION_VECTORS, OWN_TOKENS = "own_vectors.npy", "own_question_vectors.npy", "own_tokens.npz"
"""Of the product alone: rows as its embedder makes them, and of tokens where it gives them."""


@dataclass(frozen=True, slots=True)
class SetRecord:
    """What a written set is. `terms_s`: seconds to cut all passages into terms, which the neighbours were given ready. `left_out`:
    questions that have taught the product's encoder. `made_of`: digest of what cuts and embeds.
    """

    name: str
    digest: str
    passages: int
    documents: int
    questions: int
    left_out: int
    terms_s: float
    embedder_fingerprint: str
    token_fingerprint: str
    dimension: int
    made_of: str


@dataclass(frozen=True, slots=True, eq=False)
class EmbeddedSet:
    """Passages of a set, their vectors as the product's `embedder` makes them, and of their tokens where it gives them."""

    name: str
    digest: str
    passages: Sequence[Passage]
    vectors: Vectors
    tokens: Sequence[TokenRows]
    embedder: Embedder


def read_record(folder: Path) -> SetRecord | None:
    """None where nothing was written, or not to the end."""
    try:
        return SetRecord(**json.loads((folder / RECORD).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def write_set(dataset_folder: Path, settings: Settings, sets: Path, progress: Progress, most_questions: int = 0) -> Path:
    """The folder below `sets`, written unless it is there already. `most_questions` 0: all of them.

    The vectors that all get are those of the model that anyone can have, not those of the encoder tuned by the product. Raises
    DatasetUnreadable and what open_workspace raises.
    """
    dataset = load_dataset(dataset_folder)
    folder = sets / f"{dataset.name}-{dataset.digest}"
    taught = taught_questions(settings, dataset.name)
    fresh = [question for question in dataset.questions if question.id not in taught]
    if not fresh:
        raise DatasetUnreadable(dataset.name, "里面的问题都拿来训练过检索模型，不能用来比较。请换一个数据集。")
    asked = fresh[:: -(-len(fresh) // most_questions)] if most_questions else fresh
    known, made_of = read_record(folder), _made_of(settings)
    if known and (known.questions, known.made_of) == (len(asked), made_of):
        return folder
    container = open_workspace(dataset, settings, progress)
    synchroniser = container.synchroniser()
    passages, vectors = synchroniser.embedded_passages(progress)
    tokens = synchroniser.vectors.tokens
    rows = list(tokens.of([passage.search_text for passage in passages])) if tokens else []
    embedded = EmbeddedSet(dataset.name, dataset.digest, passages, vectors, rows, container.embedder())
    write_embedded(folder, embedded, asked, len(dataset.questions) - len(fresh), made_of, progress)
    return folder


def write_embedded(  # noqa: PLR0913, PLR0917 (what, where to, and what is to be said of it)
    folder: Path, embedded: EmbeddedSet, asked: Sequence[LabelledQuestion], left_out: int, made_of: str, progress: Progress
) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    # Written last, it says that the set is whole.
    (folder / RECORD).unlink(missing_ok=True)
    terms_s = _write_passages(folder, embedded, progress)
    _write_questions(folder, asked, embedded.embedder)
    embedder, passages = embedded.embedder, embedded.passages
    record = SetRecord(
        name=embedded.name,
        digest=embedded.digest,
        passages=len(passages),
        documents=len({passage.document_id for passage in passages}),
        questions=len(asked),
        left_out=left_out,
        terms_s=round(terms_s, 1),
        embedder_fingerprint=embedder.fingerprint,
        token_fingerprint=embedder.token_fingerprint if isinstance(embedder, TokenEmbedder) else "",
        dimension=embedder.dimension,
        made_of=made_of,
    )
    (folder / RECORD).write_text(json.dumps(asdict(record), ensure_ascii=False), encoding="utf-8")


def labels_of(folder: Path) -> list[Mapping[str, int]]:
    """Grades by document id, question by question."""
    lines = (folder / QUESTIONS).read_text(encoding="utf-8").splitlines()
    return [json.loads(line)["relevant"] for line in lines]


def documents_of(folder: Path) -> list[str]:
    """The document of each passage."""
    lines = (folder / PASSAGES).read_text(encoding="utf-8").splitlines()
    return [json.loads(line)["document_id"] for line in lines]


def _made_of(settings: Settings) -> str:
    """Without opening the model. Whether there are tokens is not in it: what is written says so itself."""
    chosen = settings.embedder_source, settings.embedder_precision, settings.encoder, settings.adapter
    digest = hashlib.blake2b(json.dumps([str(name) for name in chosen]).encode(), digest_size=8)
    for path in (VOCABULARY, settings.tuning or DEFAULT_TUNING_PATH, SHIPPED_ENCODER):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _write_passages(folder: Path, embedded: EmbeddedSet, progress: Progress) -> float:
    """Seconds it took to cut them into terms."""
    np.save(folder / OWN_VECTORS, embedded.vectors)
    np.save(folder / VECTORS, _given(embedded.vectors, embedded.embedder))
    passages = embedded.passages
    started = time.perf_counter()
    terms = _cut([passage.search_text for passage in passages], product_words().shipped(), progress)
    terms_s = time.perf_counter() - started
    _write_lines(folder / PASSAGES, ({**asdict(passage), "terms": cut} for passage, cut in zip(passages, terms, strict=True)))
    if embedded.tokens:
        np.savez(folder / OWN_TOKENS, rows=np.concatenate(embedded.tokens), counts=[len(each) for each in embedded.tokens])
    return terms_s


def _write_questions(folder: Path, questions: Sequence[LabelledQuestion], embedder: Embedder) -> None:
    tokenizer = product_words().shipped()
    vectors = embedder.embed_queries([question.text for question in questions])
    np.save(folder / OWN_QUESTION_VECTORS, vectors)
    np.save(folder / QUESTION_VECTORS, _given(vectors, embedder))
    lines = (
        {"id": one.id, "text": one.text, "terms": joined(tokenizer.query_terms(one.text)), "relevant": dict(one.relevant)}
        for one in questions
    )
    _write_lines(folder / QUESTIONS, lines)
    if isinstance(embedder, TokenEmbedder):
        _write_question_tokens(folder, [embedder.embed_question(question.text) for question in questions])


def _write_question_tokens(folder: Path, questions: Sequence[QuestionVectors]) -> None:
    counts = [len(one.tokens) for one in questions]
    tokens, shares = np.concatenate([one.tokens for one in questions]), np.concatenate([one.shares for one in questions])
    np.savez(folder / f"question_{OWN_TOKENS}", tokens=tokens, shares=shares, counts=counts)


def joined(terms: Sequence[str]) -> str:
    """A term with a space in it stays one: neighbours cut at spaces."""
    return " ".join(term.replace(" ", "_") for term in terms)


def _cut(texts: Sequence[str], tokenizer: Tokenizer, progress: Progress) -> list[str]:
    cut, count = [], len(texts)
    for done, text in enumerate(texts, start=1):
        cut.append(joined(tokenizer.passage_terms(text)))
        if done % 1000 == 0 or done == count:
            progress("分词", done, count)
    return cut


def _given(vectors: Vectors, embedder: Embedder) -> Vectors:
    return vectors[:, : BaseHalf(embedder).dimension]


def _write_lines(path: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    with path.open("w", encoding="utf-8") as stream:
        # Dates as they are written.
        stream.writelines(json.dumps(row, ensure_ascii=False, default=str) + "\n" for row in rows)
