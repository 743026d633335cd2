"""Adds checked sentences of a language model above the quotes of an answer. The answer stands without them; they never replace it."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, field, replace
from threading import BoundedSemaphore

import structlog

from assistant.answer_status import AnswerStatus
from assistant.errors import GenerationFailed
from assistant.generation.generated_text_checker import GeneratedTextChecker
from assistant.generation.marking import label
from assistant.generation.models import DroppedSentence, GenerationTrace, Outcome, WrittenSentence
from assistant.generation.placeholders import Placeholders, states_protected
from assistant.generation.prompt import Prompt, material
from assistant.generation.sentence_parser import SentenceParser
from assistant.models import CHINA_TIME, Answer, AnswerBlock, AnswerRecord, BlockKind, Citation
from assistant.ports import AnswerGenerator, CallBudget, Clock, ConversationStore
from assistant.wording import Wording

_log = structlog.get_logger(__name__)
_REWORDED = frozenset({AnswerStatus.ANSWERED, AnswerStatus.ANSWERED_FROM_GUIDE})
_DROPPED_KEPT = 20
"""Dropped sentences that the record keeps: a flood is not worth keeping."""


@dataclass
class _Attempt:
    """What one attempt has come to so far."""

    block: AnswerBlock
    started: float = field(default_factory=time.perf_counter)
    dropped: list[DroppedSentence] = field(default_factory=list)
    first_ms: float | None = None
    shown: bool = False
    failure: Outcome | None = None
    detail: str = ""

    def elapsed_ms(self) -> float:
        return round((time.perf_counter() - self.started) * 1000, 2)


@dataclass(frozen=True)
class Rewording:
    """Safe to call from many threads. `seats` bounds how many answers are reworded at once; nobody waits for a seat."""

    generator: AnswerGenerator
    checker: GeneratedTextChecker
    prompt: Prompt
    checker_version: str
    budget: CallBudget
    daily_calls: int
    seats: BoundedSemaphore
    conversations: ConversationStore
    wording: Wording
    mask: Callable[[str], str]
    clock: Clock

    def applies_to(self, record: AnswerRecord) -> bool:
        """Only answers with evidence, and none that waits for its release."""
        return record.answer.status in _REWORDED and bool(record.answer.citations) and record.withheld is None and record.generation is None

    def reworded(self, record: AnswerRecord) -> AnswerRecord:
        """The record as `reword` leaves it; takes as long as the model may take. Raises nothing of its own."""
        for reworded in self.reword(record):
            record = reworded
        return record

    def reword(self, record: AnswerRecord) -> Generator[AnswerRecord, None, None]:
        """The record each time a further sentence has passed, and at last as it is kept. What was yielded is never taken back.

        Ends at once where nothing is to be added. Closing the iterator keeps what was yielded. Raises StoreUnavailable.
        """
        if not self.applies_to(record):
            return
        attempt = _Attempt(AnswerBlock(BlockKind.GENERATED, (), label(self.wording.phrase("generated"))))
        try:
            for _ in self._sentences(record, attempt):
                attempt.shown = attempt.shown or self.checker.is_enough(attempt.block, record.answer.citations)
                if attempt.shown:
                    yield self._with_block(record, attempt)
        finally:
            final = self._ended(record, attempt)
        yield final

    def _sentences(self, record: AnswerRecord, attempt: _Attempt) -> Iterator[None]:
        """One turn for each sentence that has passed and joined the block."""
        refusal = self._refusal(record)
        if refusal or not self.seats.acquire(blocking=False):
            attempt.failure = refusal or Outcome.BUSY
            return
        try:
            if self.budget.take(self.clock().astimezone(CHINA_TIME).date(), self.daily_calls):
                yield from self._written(record, attempt)
            else:
                attempt.failure = Outcome.OVER_BUDGET
        except GenerationFailed as error:
            attempt.failure, attempt.detail = Outcome(error.reason), error.detail
        except Exception as error:  # the quotes stand whatever goes wrong here
            _log.exception("rewording_failed", error=type(error).__name__)
            attempt.failure = Outcome.FAILED
        finally:
            self.seats.release()

    def _refusal(self, record: AnswerRecord) -> Outcome | None:
        """Evidence that gives orders to a machine is not sent to one."""
        texts = (text for citation in record.answer.citations for text in (citation.title, citation.quote))
        return Outcome.SUSPICIOUS if any(self.checker.is_instruction(text) for text in texts) else None

    def _written(self, record: AnswerRecord, attempt: _Attempt) -> Iterator[None]:
        citations, placeholders, parser = record.answer.citations, Placeholders(), SentenceParser()
        sent = material(self.mask(record.standalone_text), citations, placeholders)
        pieces = self.generator.write(self.prompt.instructions, sent)
        for piece in pieces:
            attempt.first_ms = attempt.first_ms or attempt.elapsed_ms()
            for sentence in parser.feed(piece):
                if self._took(sentence, citations, placeholders, attempt):
                    yield
        if parser.unreadable:
            self._drop(attempt, "", f"有 {parser.unreadable} 处格式不对")

    def _took(self, sentence: WrittenSentence, citations: Sequence[Citation], placeholders: Placeholders, attempt: _Attempt) -> bool:
        """Whether it joined the block; where not, it is noted why."""
        restored = None if states_protected(sentence.text) else placeholders.restore(sentence.text, sentence.passages)
        if restored is None:
            return self._drop(attempt, sentence.text, "自己写了文号、电话或者网址，或者用了不属于所注依据的记号")
        grown, fault = self._grown(WrittenSentence(restored, sentence.passages), citations, attempt.block)
        if fault:
            return self._drop(attempt, restored, fault)
        attempt.block = grown
        return True

    def _grown(self, sentence: WrittenSentence, citations: Sequence[Citation], block: AnswerBlock) -> tuple[AnswerBlock, str]:
        """The block with the sentence, or as it was with what speaks against it."""
        if sentence.text in block.lines:
            return block, "与前面重复"
        if not self.checker.has_room(block, sentence.text):
            return block, "超出了长度上限"
        verdict = self.checker.judge(sentence, {citation.number: citation for citation in citations})
        if verdict.reason:
            return block, verdict.reason
        grown = replace(block, lines=(*block.lines, sentence.text), line_citations=(*block.line_citations, verdict.citations))
        # The last gate sees the whole block as it would be shown.
        return grown, next(iter(self.checker.block_faults(grown, citations)), "")

    def _drop(self, attempt: _Attempt, text: str, reason: str) -> bool:
        if len(attempt.dropped) < _DROPPED_KEPT:
            attempt.dropped.append(DroppedSentence(self.mask(text[:500]), reason))
        return False

    def _ended(self, record: AnswerRecord, attempt: _Attempt) -> AnswerRecord:
        final = self._with_block(record, attempt) if attempt.shown else record
        outcome = Outcome.USED if attempt.shown else attempt.failure or Outcome.TOO_LITTLE
        trace = GenerationTrace(
            model=self.generator.model,
            prompt_version=self.prompt.version,
            checker_version=self.checker_version,
            outcome=outcome,
            kept=len(attempt.block.lines) if attempt.shown else 0,
            dropped=tuple(attempt.dropped),
            first_ms=attempt.first_ms,
            total_ms=attempt.elapsed_ms(),
            detail=str(attempt.failure or "") if attempt.shown else "",
        )
        final = replace(final, generation=trace)
        _log.info(
            "reworded",
            answer_id=record.answer_id,
            outcome=str(outcome),
            kept=trace.kept,
            dropped=len(attempt.dropped),
            detail=attempt.detail,
            total_ms=trace.total_ms,
        )
        # Whoever was forgotten meanwhile is not brought back.
        if self.conversations.get(record.answer_id) is not None:
            self.conversations.save(final)
        return final

    def _with_block(self, record: AnswerRecord, attempt: _Attempt) -> AnswerRecord:
        return replace(record, answer=with_generated(record.answer, attempt.block))


def with_generated(answer: Answer, block: AnswerBlock) -> Answer:
    """The label stands before the text in every form of the answer (GB 45438-2025, 4.1); the quotes stay below."""
    return replace(answer, blocks=(block, *answer.blocks), text="\n".join((block.heading, *block.lines, answer.text)))
