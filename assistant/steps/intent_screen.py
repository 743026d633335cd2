"""Tell what a message is for, and answer at once what needs no search: small talk, talk of other things, progress, wishes for a person."""

from __future__ import annotations

from dataclasses import dataclass, replace

from assistant.answer_status import AnswerStatus
from assistant.certain_intents import CertainIntents
from assistant.intent_recogniser import RuleIntentRecogniser
from assistant.intents import ConversationAct, Intent, IntentRecogniser, more_than_words
from assistant.models import Answer, ScreenedQuestion, UnderstoodQuestion
from assistant.wording import Wording

_ANY_EMERGENCY = "any"
_REPLIES = {
    ConversationAct.THANKS: AnswerStatus.THANKS,
    ConversationAct.HANDOFF: AnswerStatus.HANDOFF_REQUESTED,
    ConversationAct.PROGRESS: AnswerStatus.PROGRESS_QUERY,
    ConversationAct.OUT_OF_SCOPE: AnswerStatus.OUT_OF_SCOPE,
}


@dataclass(frozen=True, slots=True)
class IntentScreen:
    """Safe to call from many threads. Without a recogniser rules alone decide."""

    rules: CertainIntents
    wording: Wording
    recogniser: IntentRecogniser | None = None

    def recognise(self, question: ScreenedQuestion, *, in_conversation: bool) -> Intent:
        recogniser = self.recogniser or RuleIntentRecogniser(self.rules)
        intent = recogniser.recognise(question.text, in_conversation=in_conversation)
        if in_conversation and intent.act is ConversationAct.OUT_OF_SCOPE and self.rules.follows_up(question.text):
            return Intent(ConversationAct.FOLLOW_UP, intent.act_confidence, False, None, 0.0)
        return intent

    def reply(self, question: ScreenedQuestion, intent: Intent) -> Answer | None:
        """The answer to what is never searched for; None for a matter or a follow-up."""
        if intent.act is ConversationAct.EMERGENCY:
            return self.wording.answer(AnswerStatus.EMERGENCY, self.rules.emergency_kind(question.text) or _ANY_EMERGENCY)
        if intent.act is ConversationAct.GREETING:
            return self.wording.answer(AnswerStatus.GREETING, "hello")
        status = _REPLIES.get(intent.act)
        return self.wording.answer(status) if status else None

    def offer_order(self, answer: Answer, question: UnderstoodQuestion) -> Answer:
        """A complaint is never a mere inquiry: whatever was found, whoever asks for more than words is offered a person and an order."""
        kind = more_than_words(question.intent)
        if kind is None:
            return answer
        offer = self.wording.phrase("offer_order", kind=kind.label)
        return replace(answer, next_steps=(offer, *answer.next_steps), offers_person=True)
