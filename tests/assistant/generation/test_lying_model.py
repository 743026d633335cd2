"""Ten thousand answers of a model that lies about real demonstration passages: nothing of a lie is ever shown."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import pytest
from structlog.testing import capture_logs

from assistant.generation.models import WrittenSentence
from assistant.generation.number_words import plain
from assistant.models import AnswerRecord, BlockKind, Citation
from evaluation.stated_values import stated_values
from tests.assistant.generation.lies import ALL_KINDS, lie_about, true_sentence
from tests.assistant.generation.rewordings import a_checker, a_rewording, answering, demonstration_citations
from tests.fakes.answer_generator import ScriptedGenerator, as_lines

ANSWERS = 10_000


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Ten thousand lines of log tell nothing."""
    with capture_logs():
        yield


@pytest.fixture(scope="module")
def citations() -> tuple[Citation, ...]:
    return demonstration_citations()


def _values(text: str) -> set[tuple[str, str]]:
    """By the evaluation's own reader, which knows nothing of the checker."""
    return {(value.kind, value.meaning) for value in stated_values(text)}


def _source_of(record: AnswerRecord) -> str:
    return "\n".join(f"{c.title}{c.document_number or ''}{c.provision}{c.quote}" for c in record.answer.citations)


def test_nothing_a_lying_model_writes_is_shown(citations: tuple[Citation, ...]) -> None:
    rng = random.Random(5)  # noqa: S311 - the same lies at every run
    told, shown_truths = Counter[str](), 0
    written = list[tuple[str, list[int]]]()
    rewording, _ = a_rewording(ScriptedGenerator(lambda _: as_lines(written), piece=400), daily_calls=10 * ANSWERS)
    while told.total() < ANSWERS:
        one, other = (replace(chosen, number=n) for n, chosen in enumerate(rng.sample(citations, 2), start=1))
        if one.quote == other.quote:
            continue
        lie, truth = lie_about(one, other, rng), true_sentence(one, rng)
        written[:] = [(truth, [1])] if truth else []
        if lie:
            told[lie[0]] += 1
            written.insert(rng.randint(0, len(written)), (lie[2].text, list(lie[2].passages)))
        record = rewording.reworded(answering((one, other)))
        blocks = [block for block in record.answer.blocks if block.kind is BlockKind.GENERATED]
        shown = [(line, cited) for block in blocks for line, cited in zip(block.lines, block.line_citations, strict=True)]
        lines = [line for line, _ in shown]
        shown_truths += len(lines)
        assert lie is None or (lie[2].text, lie[2].passages) not in shown or _is_true_elsewhere(lie[2], record), lie
        assert _values("\n".join(lines)) <= _values(_source_of(record)), lines
        assert set(lines) <= {truth, lie[2].text if lie else ""}
    assert set(told) == set(ALL_KINDS)
    assert shown_truths > ANSWERS // 2


def _is_true_elsewhere(lie: WrittenSentence, record: AnswerRecord) -> bool:
    """What was meant as a lie and stands word for word in the passage it names is none."""
    quotes = [plain(citation.quote) for citation in record.answer.citations if citation.number in lie.passages]
    return any(lie.text.rstrip("。") in quote for quote in quotes)


def test_true_sentences_pass(citations: tuple[Citation, ...]) -> None:
    """A checker that drops everything would pass the test above."""
    rng, checker = random.Random(7), a_checker()  # noqa: S311 - the same sample at every run
    sample = [(one, truth) for one in rng.sample(citations, 300) if (truth := true_sentence(one, rng))]
    passed = [truth for one, truth in sample if not checker.judge(WrittenSentence(truth, (1,)), {1: one}).reason]
    assert len(sample) > 200
    assert len(passed) > 0.9 * len(sample)
