"""Acts and request types with classifiers whose answers are given: what is believed, and when."""

from __future__ import annotations

import pytest

from assistant.certain_intents import CertainIntents
from assistant.classification import ScoredLabel
from assistant.intent_recogniser import IntentThresholds, RuleIntentRecogniser, TrainedIntentRecogniser
from assistant.intent_settings import load_intent_settings
from assistant.intents import ConversationAct, Intent, RequestType
from assistant.safety_rules import load_safety_rules

RULES = CertainIntents(load_safety_rules())
MESSAGE = "随便一句没有规则认得的话"
Act = ConversationAct


class Always:
    """Implements TextClassifier: the same confidences for every text; what is left goes to the last label."""

    training_digest, embedder_fingerprint = "d", "e"

    def __init__(self, kinds: type[Act] | type[RequestType], **confidences: float) -> None:
        self.labels = tuple(str(kind) for kind in kinds)
        rest = (1 - sum(confidences.values())) / max(len(self.labels) - len(confidences), 1)
        scored = [ScoredLabel(label, confidences.get(label, rest)) for label in self.labels]
        self._scored = tuple(sorted(scored, key=lambda label: -label.confidence))

    def classify(self, text: str, title: str = "") -> tuple[ScoredLabel, ...]:
        return self._scored

    def classify_many(self, messages: object) -> list[tuple[ScoredLabel, ...]]:
        raise AssertionError("one message at a time")


def recogniser(types: Always | None = None, **acts: float) -> TrainedIntentRecogniser:
    thresholds = IntentThresholds(0.7, {Act.PROGRESS: 0.6, Act.HANDOFF: 0.6, Act.FOLLOW_UP: 0.5, Act.EMERGENCY: 0.5}, 0.6, 60)
    return TrainedIntentRecogniser(Always(Act, **acts), types or Always(RequestType, complaint=0.9), RULES, thresholds)


def test_talk_of_other_things_is_believed_from_its_threshold_on() -> None:
    assert recogniser(out_of_scope=0.9).recognise(MESSAGE).act is Act.OUT_OF_SCOPE
    unsure = recogniser(out_of_scope=0.5, matter=0.45).recognise(MESSAGE)
    assert (unsure.act, unsure.act_certain) == (Act.MATTER, False)


def test_greetings_thanks_and_other_talk_add_up_for_none_of_them_is_searched() -> None:
    assert recogniser(out_of_scope=0.4, greeting=0.35, matter=0.2).recognise(MESSAGE).act is Act.OUT_OF_SCOPE


def test_a_follow_up_needs_a_conversation() -> None:
    senses = recogniser(follow_up=0.8, matter=0.15)
    assert senses.recognise(MESSAGE, in_conversation=True).act is Act.FOLLOW_UP
    assert senses.recognise(MESSAGE).act is Act.MATTER


def test_an_emergency_told_briefly_of_now_is_believed() -> None:
    assert recogniser(emergency=0.6, matter=0.3).recognise("他往屋里扔砖头").act is Act.EMERGENCY


@pytest.mark.parametrize("text", ["去年他往屋里扔砖头，想申请补助", "他往屋里扔砖头" * 10])
def test_a_tale_of_the_past_or_a_long_one_is_no_emergency(text: str) -> None:
    assert recogniser(emergency=0.9, matter=0.05).recognise(text).act is Act.MATTER


@pytest.mark.parametrize(
    ("text", "act"), [("家里着火了！", Act.EMERGENCY), ("您好", Act.GREETING), ("谢谢！", Act.THANKS), ("转人工", Act.HANDOFF)]
)
def test_what_a_rule_is_certain_of_no_classifier_overrules(text: str, act: Act) -> None:
    assert recogniser(matter=0.99).recognise(text).act is act
    assert RuleIntentRecogniser(RULES).recognise(text).act is act


def test_a_request_type_below_its_threshold_is_not_sure() -> None:
    sure = recogniser(matter=0.9).recognise(MESSAGE)
    unsure = recogniser(Always(RequestType, complaint=0.5, report=0.45), matter=0.9).recognise(MESSAGE)
    assert (sure.request_type, sure.type_confidence) == (RequestType.COMPLAINT, 0.9)
    assert (unsure.request_type, unsure.type_confidence) == (None, 0.5)


@pytest.mark.parametrize("act", ["out_of_scope", "follow_up"])
def test_only_a_matter_has_a_request_type(act: str) -> None:
    assert recogniser(**{act: 0.9}).recognise(MESSAGE, in_conversation=True).request_type is None


def test_without_classifiers_everything_no_rule_knows_is_a_matter_of_no_known_type() -> None:
    assert RuleIntentRecogniser(RULES).recognise("楼下太吵") == Intent(Act.MATTER, 0.0, False, None, 0.0)


def test_every_entry_of_the_settings_is_a_share_and_is_used() -> None:
    settings = load_intent_settings()
    shares = [*settings.act_precision.values(), settings.talk_precision, settings.type_precision]
    floors = [settings.act_floor, settings.talk_floor, settings.emergency_floor, settings.type_floor]
    assert all(0.5 < share < 1 for share in shares)
    assert all(0 < floor < 1 for floor in floors)
    assert settings.floor(Act.EMERGENCY) == settings.emergency_floor
    assert settings.floor(Act.PROGRESS) == settings.act_floor
    assert settings.emergency_characters > 0
