"""Tells what a message is for: by rule where a rule is certain, else by classifiers learned from examples. Searches nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from assistant.certain_intents import CertainIntents
from assistant.classification import ScoredLabel, TextClassifier
from assistant.intents import ConversationAct, Intent, RequestType

_MATTER, _FOLLOW_UP, _EMERGENCY = ConversationAct.MATTER, ConversationAct.FOLLOW_UP, ConversationAct.EMERGENCY
TALK = frozenset({ConversationAct.GREETING, ConversationAct.THANKS, ConversationAct.OUT_OF_SCOPE})
_HAS_TYPE = frozenset({_MATTER})
"""A follow-up is of the type of what it follows: its own few words tell nothing."""


@dataclass(frozen=True, slots=True)
class IntentThresholds:
    """From which confidence on an act, or a request type, is believed. An act that is not named is always believed.

    `talk` is for greetings, thanks and talk of other things together: none of them is searched for, so mistaking them costs little.
    """

    talk: float
    acts: Mapping[ConversationAct, float]
    request_type: float
    emergency_characters: int


@dataclass(frozen=True, slots=True)
class RuleIntentRecogniser:
    """Implements IntentRecogniser before anything has been learned: what no rule is certain of is a matter of no known type."""

    rules: CertainIntents

    def recognise(self, text: str, *, in_conversation: bool = False) -> Intent:
        act = certain_act(text, self.rules)
        return Intent(act, 1.0, True, None, 0.0) if act else Intent(_MATTER, 0.0, False, None, 0.0)


@dataclass(frozen=True, slots=True)
class TrainedIntentRecogniser:
    """Implements IntentRecogniser."""

    act_classifier: TextClassifier
    type_classifier: TextClassifier
    rules: CertainIntents
    thresholds: IntentThresholds

    def recognise(self, text: str, *, in_conversation: bool = False) -> Intent:
        act, confidence, certain = self._act(text, in_conversation)
        kind, type_confidence = self._type(text) if act in _HAS_TYPE else (None, 0.0)
        return Intent(act, confidence, certain, kind, type_confidence)

    def _act(self, text: str, in_conversation: bool) -> tuple[ConversationAct, float, bool]:
        ruled = certain_act(text, self.rules)
        if ruled:
            return ruled, 1.0, True
        scored = {ConversationAct(label.label): label.confidence for label in self._possible(text, in_conversation)}
        talk = {act: confidence for act, confidence in scored.items() if act in TALK}
        if sum(talk.values()) >= self.thresholds.talk:
            return max(talk, key=lambda act: talk[act]), sum(talk.values()), True
        act = max(scored, key=lambda act: scored[act])
        if act not in TALK and scored[act] >= self.thresholds.acts.get(act, 0.0):
            return act, scored[act], True
        return _MATTER, scored.get(_MATTER, 0.0), False

    def _possible(self, text: str, in_conversation: bool) -> list[ScoredLabel]:
        """Best first, without what the message cannot be; confidences sum to 1 again."""
        scored = self.act_classifier.classify(text)
        out = set() if in_conversation else {str(_FOLLOW_UP)}
        if not self._may_be_emergency(text, scored):
            out.add(str(_EMERGENCY))
        left = [label for label in scored if label.label not in out]
        total = sum(label.confidence for label in left) or 1.0
        return [ScoredLabel(label.label, label.confidence / total) for label in left]

    def _may_be_emergency(self, text: str, scored: tuple[ScoredLabel, ...]) -> bool:
        """Told briefly and of now, and with confidence: a wrong alarm would keep a citizen from the answer."""
        if len(text) > self.thresholds.emergency_characters or not self.rules.speaks_of_now(text):
            return False
        confidence = next((label.confidence for label in scored if label.label == _EMERGENCY), 0.0)
        return confidence >= self.thresholds.acts.get(_EMERGENCY, 0.0)

    def _type(self, text: str) -> tuple[RequestType | None, float]:
        best = self.type_classifier.classify(text)[0]
        return (RequestType(best.label) if best.confidence >= self.thresholds.request_type else None), best.confidence


def certain_act(text: str, rules: CertainIntents) -> ConversationAct | None:
    """What a rule is certain of; None where no rule is."""
    if rules.emergency(text):
        return _EMERGENCY
    if greeting := rules.greeting(text):
        return ConversationAct.THANKS if greeting == "thanks" else ConversationAct.GREETING
    return ConversationAct.HANDOFF if rules.wants_person(text) else None
