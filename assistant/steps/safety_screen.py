"""Stop what cannot or must not be answered: empty, too long, unreadable, emergencies, greetings, wishes for a person, instructions."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace

from assistant.answer_status import AnswerStatus
from assistant.certain_intents import CertainIntents
from assistant.instruction_attempts import InstructionAttempts
from assistant.models import Answer, ScreenedQuestion
from assistant.safety_rules import SafetyRules
from assistant.wording import Wording

_MASK = re.compile(r"【[^【】\n]{1,8}】")
_HANZI = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]")
_LATIN_WORD = re.compile(r"[a-z]{2,}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class SafetyScreen:
    """Safe to call from many threads. Emergencies are looked for first, whatever the length: they must never be lost."""

    rules: SafetyRules
    wording: Wording

    @property
    def certain(self) -> CertainIntents:
        return CertainIntents(self.rules)

    def screen(self, question: ScreenedQuestion) -> ScreenedQuestion | Answer:
        """The question with control characters removed, or the answer that ends it here.

        Of a message that gives instructions to the program only what it asks beside them goes on.
        """
        text = _without_controls(question.text).strip()
        if not text:
            return self.wording.answer(AnswerStatus.EMPTY_QUESTION)
        if emergency := self.certain.emergency(text):
            return self.wording.answer(AnswerStatus.EMERGENCY, emergency)
        if len(text) > self.rules.max_characters:
            return self.wording.answer(AnswerStatus.TOO_LONG, length=str(len(text)), limit=str(self.rules.max_characters))
        attempt = InstructionAttempts(self.rules.instructions).find(text)
        if attempt and not attempt.question:
            return self.wording.answer(AnswerStatus.OUT_OF_SCOPE, "instruction")
        text = attempt.question if attempt else text
        return self._small_talk(text) or replace(question, text=text)

    def _small_talk(self, text: str) -> Answer | None:
        greeting = self.certain.greeting(text)
        if greeting == "thanks":
            return self.wording.answer(AnswerStatus.THANKS)
        if greeting:
            return self.wording.answer(AnswerStatus.GREETING, greeting)
        if self.certain.wants_person(text):
            return self.wording.answer(AnswerStatus.HANDOFF_REQUESTED)
        return None if self._is_readable(text) else self.wording.answer(AnswerStatus.UNREADABLE_QUESTION)

    def _is_readable(self, text: str) -> bool:
        """At least two different Chinese characters, or one with a letter or digit, or Latin words; masks of personal data do not count."""
        words = _MASK.sub("", text)
        hanzi = set(_HANZI.findall(words))
        if self.rules.garbled.search(words) and len(hanzi) < 8:
            return False
        if hanzi:
            return len(hanzi) >= 2 or any(char.isascii() and char.isalnum() for char in words)
        latin = _LATIN_WORD.findall(words)
        return bool(latin) and len(set("".join(latin).lower())) > 2 and not self.rules.keyboard.search(words)


def _without_controls(text: str) -> str:
    """Drops control, format (zero-width, bidirectional) and surrogate characters; line ends, tabs and rare 汉字 stay."""
    return "".join(char for char in text if char in "\n\t" or unicodedata.category(char) not in {"Cc", "Cf", "Cs"})
