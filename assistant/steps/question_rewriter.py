"""Make a question understandable on its own: subject from the last turns, facets, and the region it names.

Searches only where a few words leave open whether they go on with the matter before; without `before` it searches nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from assistant.conversation_subject import bounded, said_again, unsaid
from assistant.intents import Intent
from assistant.models import ConversationTurn, ScreenedQuestion, UnderstoodQuestion
from assistant.question_terms import find_facets, subject_of
from assistant.rules import AnsweringRules
from assistant.steps.matter_before import MatterBefore
from indexing.ports import Tokenizer
from knowledge_base.ports import GuideStore
from knowledge_base.regions import RegionDirectory


@dataclass(frozen=True, slots=True)
class QuestionRewriter:
    tokenizer: Tokenizer
    regions: RegionDirectory
    guides: GuideStore
    rules: AnsweringRules
    before: MatterBefore | None = None

    def rewrite(self, question: ScreenedQuestion, turns: tuple[ConversationTurn, ...], intent: Intent | None = None) -> UnderstoodQuestion:
        """`turns` are the last ones of the conversation that were about a matter, oldest first. Raises IndexingError."""
        own = question.jurisdiction
        text = self._standalone(question, turns) if turns else question.text
        return UnderstoodQuestion(
            standalone_text=text,
            facets=tuple(found.facet for found in find_facets(text, self.rules)),
            jurisdiction=self._named_region(question.text, own) or self._named_region(text, own) or own,
            as_of=question.as_of,
            screened=question,
            intent=intent,
        )

    def _standalone(self, question: ScreenedQuestion, turns: tuple[ConversationTurn, ...]) -> str:
        if not self._is_follow_up(question, turns[-1]):
            return question.text
        if said_again(question.text, turns[-1]):
            return turns[-1].standalone_text
        return self._with_subject(question.text, turns)

    def _is_follow_up(self, question: ScreenedQuestion, turn: ConversationTurn) -> bool:
        follow_up, bare = self.rules.follow_up, question.text.strip().rstrip("。？?！!")
        subject = self._own_subject(bare)
        if not subject:
            return True
        names_a_guide = self._names_whole_guide(subject)
        if any(pronoun in bare for pronoun in follow_up.pronouns if len(pronoun) > 1):
            return not (names_a_guide or self._leaves(question, subject, turn))
        if len(bare) > follow_up.max_characters:
            return False
        if bare.startswith(follow_up.starts) or bare.endswith(follow_up.ends):
            is_whole = names_a_guide and bool(find_facets(bare, self.rules))
            return not (is_whole or (self._has_words(subject) and self._leaves(question, subject, turn)))
        if names_a_guide:
            return False
        return self._keeps(question, subject, turn) if self._names_a_matter(bare) else not self._leaves(question, subject, turn)

    def _leaves(self, question: ScreenedQuestion, subject: str, turn: ConversationTurn) -> bool:
        return self.before is not None and self.before.is_left(self._alone(question), subject, turn)

    def _keeps(self, question: ScreenedQuestion, subject: str, turn: ConversationTurn) -> bool:
        return self.before is not None and self.before.is_kept(self._alone(question), subject, turn)

    def _alone(self, question: ScreenedQuestion) -> ScreenedQuestion:
        return replace(question, jurisdiction=self._named_region(question.text, question.jurisdiction) or question.jurisdiction)

    def _own_subject(self, text: str) -> str:
        stretches = subject_of(self._without_places(text), self.rules).split()
        return " ".join(stretch for stretch in stretches if self._says_something(stretch))

    def _has_words(self, subject: str) -> bool:
        """Enough for a whole question."""
        own = [word for word in self.tokenizer.words(subject) if len(word) > 1 and self._says_something(word)]
        return len(own) >= self.rules.follow_up.own_words

    def _says_something(self, text: str) -> bool:
        return not set(self.tokenizer.query_terms(text)) <= set(self.rules.follow_up.fillers)

    def _names_a_matter(self, text: str) -> bool:
        """True if an official term, or an everyday word for one, stands in it: then a few words may be a question of their own."""
        vocabulary, subject = self.tokenizer.vocabulary, subject_of(self._without_places(text), self.rules)
        if vocabulary is None or not subject:
            return vocabulary is None
        words = set(self.tokenizer.query_terms(subject)) - set(self.rules.follow_up.fillers)
        return any(word in vocabulary.terms or word in vocabulary.synonyms for word in words) or self._names_a_guide(subject)

    def _with_subject(self, text: str, turns: tuple[ConversationTurn, ...]) -> str:
        for turn in reversed(turns):
            # Of several questions in one message the last one is nearest to what is asked now.
            texts = (turn.standalone_text.rpartition("\n")[2], turn.standalone_text)
            subject = next(
                (found for text_before in texts if (found := subject_of(text_before, self.rules))), next(iter(turn.subjects), "")
            )
            if not subject:
                continue
            if self.regions.find_in_text(text):
                subject = self._without_places(subject) or subject
            stretches = unsaid(self._unasked(subject).split(), text, self.tokenizer.words, self._says_something)
            left = bounded(stretches, self.rules.follow_up.max_subject, self._names_a_matter)
            return self._same_facet_of_another_subject(text, turn) or (f"{left}，{text}" if left else text)
        return text

    def _unasked(self, subject: str) -> str:
        """What was asked of a matter before is not asked again."""
        for word in sorted(self.rules.parts.asks, key=len, reverse=True):
            subject = subject.replace(word, " ")
        return subject

    def _same_facet_of_another_subject(self, text: str, turn: ConversationTurn) -> str | None:
        """「那身份证呢？」 after a question about the materials of 居住证 asks for the materials of 身份证."""
        subject, earlier = subject_of(text, self.rules), find_facets(turn.standalone_text, self.rules)
        if not subject or not earlier or find_facets(text, self.rules) or self._has_words(subject) or not self._names_whole_guide(subject):
            return None
        return f"{subject}，{'，'.join(found.phrase for found in earlier)}"

    def _names_a_guide(self, subject: str) -> bool:
        names = (name for guide in self.guides.all() for name in (guide.title, *guide.aliases))
        return any(subject in name or name in subject for name in names)

    def _names_whole_guide(self, subject: str) -> bool:
        """True if a name of a guide stands in it, or most of one: 「登记」 alone names none."""
        names = (name.partition("（")[0] for guide in self.guides.all() for name in (guide.title, *guide.aliases))
        return any(name in subject or (subject in name and 2 * len(subject) >= len(name)) for name in names)

    def _without_places(self, text: str) -> str:
        for region in self.regions.find_in_text(text):
            text = text.replace(region.name, "")
        return text.strip("，, 的")

    def _named_region(self, text: str, own: str | None) -> str | None:
        """The one region named, if it is narrower than or beside the person's own; a wider one ("全国", the own city) changes nothing."""
        lineage = self.regions.lineage(own) if own else ()
        named = [region.code for region in self.regions.find_in_text(text) if region.code not in lineage]
        return _narrowest(named, self.regions) if named else None


def _narrowest(codes: Iterable[str], regions: RegionDirectory) -> str | None:
    """The one code whose lineage holds all the others ("广州市天河区"); None where they name different places."""
    codes = tuple(codes)
    return next((code for code in codes if all(other in regions.lineage(code) for other in codes)), None)
