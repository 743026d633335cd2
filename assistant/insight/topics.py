"""What a question was about: the topic of the guide or policy its answer rests on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from knowledge_base.errors import KnowledgeBaseError
from knowledge_base.ports import DocumentStore, GuideStore


@dataclass(frozen=True, slots=True)
class TopicFinder:
    """By the title an answer cites. A title without a topic stands for itself: nothing is guessed."""

    guides: GuideStore
    documents: DocumentStore

    def topics(self, titles: Iterable[str]) -> Mapping[str, str]:
        of_guides = {guide.title: guide.topic for guide in self.guides.all() if guide.topic}
        return {title: of_guides.get(title) or self._of_policy(title) or title for title in titles}

    def _of_policy(self, title: str) -> str:
        try:
            found = [topic for name in self.documents.find_by_title(title) for topic in self.documents.latest(name).metadata.topics]
        except KnowledgeBaseError:
            return ""
        return found[0] if found else ""
