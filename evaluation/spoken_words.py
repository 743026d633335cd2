"""Whether what an answer says in words of its own is fixed wording, and whether it shows what is inside. Independent of the last check."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields

from assistant.generation.prompt import load_prompt
from assistant.models import Answer, BlockKind
from assistant.rules import EvidenceRules, GuideRules, QuotingRules
from assistant.wording import Wording

_BLANK = re.compile(r"\\\{\w*\\\}|\{\w*\}")
_ACTIVE = re.compile(r"<\s*/?\s*\w|javascript\s*:|\]\(\s*\w+:", re.IGNORECASE)
# Shorter stretches of what a language model is told are ordinary Chinese.
_TELLING = 10
_INSIDE = ("ZHENGWEN_", ".toml", "system prompt", "系统提示词")


@dataclass(frozen=True, slots=True)
class SpokenWords:
    """`sentences` match every fixed sentence with anything filled in; `inside` must never be read by a citizen."""

    sentences: re.Pattern[str]
    inside: tuple[str, ...]

    def unknown(self, answer: Answer) -> tuple[str, ...]:
        """Lines that are neither quoted, nor of a guide, nor fixed wording, and whatever a browser could run or follow."""
        own = (line for block in answer.blocks if block.kind is BlockKind.WORDING for line in block.lines)
        loose = [line for line in (*own, *answer.next_steps) if not self.sentences.fullmatch(line)]
        return (*loose, *(line for line in _all_lines(answer) if _ACTIVE.search(line)))

    def shown_inside(self, answer: Answer) -> tuple[str, ...]:
        said = "\n".join(_all_lines(answer)).lower()
        return tuple(word for word in self.inside if word.lower() in said)


def spoken_words(wording: Wording) -> SpokenWords:
    fixed = [line for reply in wording.replies.values() for line in (*reply.lines, *reply.next_steps)]
    fixed += [*wording.phrases.values(), *wording.facet_headings.values(), *wording.facet_questions.values()]
    patterns = "|".join(_BLANK.sub("[^\n]{0,1200}", re.escape(sentence)) for sentence in dict.fromkeys(fixed))
    return SpokenWords(re.compile(patterns), (*_INSIDE, *_names_of_rules(), *_told_to_a_model()))


def _all_lines(answer: Answer) -> Iterator[str]:
    yield answer.text
    for block in answer.blocks:
        yield from (block.heading, *block.lines)
    yield from (*answer.next_steps, *answer.next_questions)


def _names_of_rules() -> Iterable[str]:
    return [field.name for kind in (EvidenceRules, GuideRules, QuotingRules) for field in fields(kind) if "_" in field.name]


def _told_to_a_model() -> Iterable[str]:
    pieces = re.split(r"[，。；：\n]", load_prompt().instructions)
    return [piece.strip() for piece in pieces if len(piece.strip()) >= _TELLING]
