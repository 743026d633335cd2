"""Make a question understandable on its own: subject from the last turns, facets, and the region it names. Searches nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from assistant.intents import Intent
from assistant.models import ConversationTurn, ScreenedQuestion, UnderstoodQuestion
from assistant.question_terms import find_facets, subject_of
from assistant.rules import AnsweringRules
from indexing.ports import Tokenizer
from knowledge_base.ports import GuideStore
from knowledge_base.regions import RegionDirectory


@dataclass(frozen=True, slots=True)
class QuestionRewriter:
    tokenizer: Tokenizer
    regions: RegionDirectory
    guides: GuideStore
    rules: AnsweringRules

    def rewrite(self, question: ScreenedQuestion, turns: tuple[ConversationTurn, ...], intent: Intent | None = None) -> UnderstoodQuestion:
        """`turns` are the last ones of the conversation, oldest first."""
        text = question.text
        if turns and self._is_follow_up(text):
            text = self._with_subject(text, turns)
        return UnderstoodQuestion(
            standalone_text=text,
            facets=tuple(found.facet for found in find_facets(text, self.rules)),
            jurisdiction=self._named_region(text, question.jurisdiction) or question.jurisdiction,
            as_of=question.as_of,
            screened=question,
            intent=intent,
        )

    def _is_follow_up(self, text: str) -> bool:
        follow_up, bare = self.rules.follow_up, text.strip().rstrip("。？?！!")
        if set(self.tokenizer.query_terms(subject_of(text, self.rules))) <= set(follow_up.fillers):
            return True
        if any(pronoun in bare for pronoun in follow_up.pronouns if len(pronoun) > 1):
            return True
        short = len(bare) <= follow_up.max_characters
        return short and (bare.startswith(follow_up.starts) or bare.endswith(follow_up.ends))

    def _with_subject(self, text: str, turns: tuple[ConversationTurn, ...]) -> str:
        for turn in reversed(turns):
            subject = subject_of(turn.standalone_text, self.rules) or next(iter(turn.subjects), "")
            if not subject:
                continue
            return self._same_facet_of_another_subject(text, turn) or f"{subject}，{text}"
        return text

    def _same_facet_of_another_subject(self, text: str, turn: ConversationTurn) -> str | None:
        """「那身份证呢？」 after a question about the materials of 居住证 asks for the materials of 身份证."""
        subject, earlier = subject_of(text, self.rules), find_facets(turn.standalone_text, self.rules)
        if not subject or not earlier or find_facets(text, self.rules) or not self._names_a_guide(subject):
            return None
        return f"{subject}，{'，'.join(found.phrase for found in earlier)}"

    def _names_a_guide(self, subject: str) -> bool:
        names = (name for guide in self.guides.all() for name in (guide.title, *guide.aliases))
        return any(subject in name or name in subject for name in names)

    def _named_region(self, text: str, own: str | None) -> str | None:
        """The one region named, if it is narrower than or beside the person's own; a wider one ("全国", the own city) changes nothing."""
        lineage = self.regions.lineage(own) if own else ()
        named = [region.code for region in self.regions.find_in_text(text) if region.code not in lineage]
        return _narrowest(named, self.regions) if named else None


def _narrowest(codes: Iterable[str], regions: RegionDirectory) -> str | None:
    """The one code whose lineage holds all the others ("广州市天河区"); None where they name different places."""
    codes = tuple(codes)
    return next((code for code in codes if all(other in regions.lineage(code) for other in codes)), None)
