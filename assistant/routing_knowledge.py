"""What the router knows: the directory's own words, guides, labelled messages, and what people decided about past requests."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

import numpy as np
import numpy.typing as npt

from assistant.classification import LabelledText, TextClassifier
from assistant.routing import RoutingExample
from indexing.ports import Vectors
from knowledge_base.models import Department, ServiceGuide

Places = npt.NDArray[np.intp]


class TextKind(StrEnum):
    """Names double as keys of the reason templates in routing.toml."""

    MATTER = "matter"
    DUTY = "duty"
    GUIDE = "guide"
    EXAMPLE = "example"
    NAME = "name"
    SENT_BACK = "sent_back"


SPEAKING_FOR = frozenset(TextKind) - {TextKind.SENT_BACK}
"""Kinds that say what belongs to a department."""


@dataclass(frozen=True, slots=True)
class KnownText:
    """A text that speaks for a department (SENT_BACK: against it). `shown` is what a reason quotes."""

    department_id: str
    kind: TextKind
    text: str
    shown: str


@dataclass(frozen=True)
class RoutingKnowledge:
    """`vectors` float32 [len(texts), dimension], unit length, in the order of `texts`. `threshold`: see AutomaticSettings."""

    departments: Mapping[str, Department]
    texts: tuple[KnownText, ...]
    vectors: Vectors
    classifier: TextClassifier | None
    threshold: float

    def system(self, department_id: str) -> str:
        return system_of(self.departments[department_id], self.departments)

    def places(self, *, system: str = "", department: str = "", kinds: Collection[TextKind] = frozenset(TextKind)) -> Places:
        """Where texts of a system or of one department stand in `texts`."""
        wanted = system, department, frozenset(kinds)
        known = self._places.get(wanted)
        if known is None:
            found = self._by_system.get(system, ()) if system else self._by_department.get(department, ())
            known = np.array([place for place in found if self.texts[place].kind in kinds], dtype=np.intp)
            known.setflags(write=False)
            self._places[wanted] = known
        return known

    def children(self, system: str) -> tuple[Department, ...]:
        """Departments of narrower regions that belong under it."""
        return tuple(d for d in self.departments.values() if d.id != system and system_of(d, self.departments) == system)

    @cached_property
    def _places(self) -> dict[tuple[str, str, frozenset[TextKind]], Places]:
        """Asked for again and again with every request; no more of them than departments and ways to ask."""
        return {}

    @cached_property
    def _by_department(self) -> Mapping[str, list[int]]:
        found: dict[str, list[int]] = defaultdict(list)
        for place, text in enumerate(self.texts):
            found[text.department_id].append(place)
        return found

    @cached_property
    def _by_system(self) -> Mapping[str, list[int]]:
        found: dict[str, list[int]] = defaultdict(list)
        for department_id, places in self._by_department.items():
            found[self.system(department_id)] += places
        return found


def system_of(department: Department, departments: Mapping[str, Department]) -> str:
    """The department a district's own one belongs under (区教育局 → 市教育局); itself where that is in the same region or unknown."""
    above = departments.get(department.parent_id or "")
    return above.id if above and above.jurisdiction != department.jurisdiction else department.id


def known_texts(
    departments: Iterable[Department], guides: Iterable[ServiceGuide], labelled: Mapping[str, Sequence[str]], past: Iterable[RoutingExample]
) -> tuple[KnownText, ...]:
    """Everything that speaks for a department of the directory. `labelled`: messages by department id."""
    directory = {department.id: department for department in departments}
    texts: list[KnownText] = []
    for department in directory.values():
        texts += _of_directory(department)
    for guide in guides:
        said = (guide.title, *guide.aliases, *guide.usual_questions)
        texts += [KnownText(guide.department_id, TextKind.GUIDE, text, guide.title) for text in said]
    for department_id, messages in labelled.items():
        texts += [KnownText(department_id, TextKind.EXAMPLE, message, message) for message in messages]
    for example in past:
        kind = TextKind.EXAMPLE if example.belongs else TextKind.SENT_BACK
        texts.append(KnownText(example.department_id, kind, example.text, example.text))
    return tuple(text for text in dict.fromkeys(texts) if text.department_id in directory and text.text.strip())


def lessons(texts: Iterable[KnownText], departments: Mapping[str, Department]) -> tuple[LabelledText, ...]:
    """What the classifier learns from: a district's department speaks for its system, what was sent back is no lesson."""
    taught = (text for text in texts if text.kind is not TextKind.SENT_BACK)
    return tuple(dict.fromkeys(LabelledText(text.text, system_of(departments[text.department_id], departments)) for text in taught))


def _of_directory(department: Department) -> list[KnownText]:
    return [
        KnownText(department.id, TextKind.NAME, department.name, department.name),
        *(KnownText(department.id, TextKind.MATTER, matter, matter) for matter in department.matters),
        *(KnownText(department.id, TextKind.DUTY, duty, duty) for duty in department.duties),
    ]
