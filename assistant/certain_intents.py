"""What a message certainly is, by rule: an emergency, a greeting, a wish for a person. Learns nothing; safe from many threads."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from assistant.safety_rules import EmergencyRule, SafetyRules

_SENTENCE_END = re.compile(r"[。！？；!?;\n]+")


@dataclass(frozen=True, slots=True)
class CertainIntents:
    rules: SafetyRules

    def emergency(self, text: str) -> str:
        """The key of the emergency the text tells of, "" for none."""
        for rule in self.rules.emergencies.rules:
            if any(self._tells_of(rule, sentence, len(text)) for sentence in _sentences(text)):
                return rule.key
        return ""

    def emergency_kind(self, text: str) -> str:
        """The key whose words an emergency is told in, "" where they are nobody's: then every number is given."""
        return next((rule.key for rule in self.rules.emergencies.rules if rule.likely.search(text) or rule.loose.search(text)), "")

    def speaks_of_now(self, text: str) -> bool:
        """False for questions about rules and stories of the past, which use the same words as emergencies."""
        emergencies = self.rules.emergencies
        return not emergencies.not_now.search(text) and not any(rule.never.search(text) for rule in emergencies.rules)

    def greeting(self, text: str) -> str:
        """The key of the greeting (hello, thanks, goodbye) if the message is nothing but greetings, else ""."""
        plain = "".join(char for char in text if unicodedata.category(char) not in {"So", "Sk", "Mn"})
        if not self.rules.greetings.whole.fullmatch(plain):
            return ""
        return next((key for key, pattern in self.rules.greetings.kinds if pattern.search(plain)), "")

    def wants_person(self, text: str) -> bool:
        handoff = self.rules.handoff
        return len(text) <= handoff.max_characters and bool(handoff.wanted.search(text)) and not handoff.not_wanted.search(text)

    def follows_up(self, text: str) -> bool:
        """True for a few words that ask: in a conversation they are about what went before."""
        follow_up, bare = self.rules.follow_up, text.strip()
        return len(bare) <= follow_up.max_characters and bool(follow_up.asks.search(bare)) and not follow_up.talk.search(bare)

    def _tells_of(self, rule: EmergencyRule, sentence: str, length: int) -> bool:
        emergencies = self.rules.emergencies
        if rule.never.search(sentence):
            return False
        certain = bool(rule.certain.search(sentence))
        if length > emergencies.long_text:
            return certain and bool(emergencies.now.search(sentence))
        if certain or emergencies.not_now.search(sentence):
            return certain
        tells = length <= emergencies.short_text and not emergencies.asking.search(sentence)
        return bool(rule.likely.search(sentence) or (tells and rule.loose.search(sentence)))


def _sentences(text: str) -> list[str]:
    return [sentence for sentence in _SENTENCE_END.split(text) if sentence.strip()]
