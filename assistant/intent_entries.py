"""Examples of intents as entries that administrators edit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from assistant.intent_examples import EXAMPLES_FOLDER, IntentExample, LabelFamily, load_examples, sameness
from knowledge_base.content.models import EntryFault, Row
from knowledge_base.content.ports import ProposedChange


def intent_rows(own_folder: Path) -> dict[str, Row]:
    """Examples of the program and of an administrator's folder, by key. Raises InvalidExamples."""
    examples = [example for family in LabelFamily for example in load_examples(family, EXAMPLES_FOLDER, own_folder)]
    rows = ({"text": example.text, "label": example.label, "group": example.group} for example in examples)
    return {row["text"]: {name: text for name, text in row.items() if text} for row in rows}


def examples_of(rows: Mapping[str, Row]) -> Mapping[LabelFamily, tuple[IntentExample, ...]]:
    """By family. Raises KeyError."""
    examples = [IntentExample(row["text"], row["label"], row.get("group", "")) for row in rows.values()]
    return {family: tuple(example for example in examples if example.label in family.labels) for family in LabelFamily}


@dataclass(frozen=True, slots=True)
class IntentRules:
    """One label for a text, none without examples, nothing personal in them. `mask` hides personal data in a text."""

    mask: Callable[[str], str]

    def settled(self, row: Row) -> Row:
        return row

    def faults(self, change: ProposedChange) -> Iterator[EntryFault]:
        first: dict[str, str] = {}
        for key in change.all:
            first.setdefault(sameness(key), key)
        for key in change.rows:
            if not sameness(key):
                yield EntryFault(key, "text", "例句里没有文字，请写一句市民会说的话。")
            elif self.mask(key) != key:
                yield EntryFault(key, "text", "例句里好像有电话、证件号码等个人信息，请去掉或换成虚构的说法。")
            elif sum(1 for other in (first[sameness(key)],) if other != key):
                yield EntryFault(key, "text", f"与“{first[sameness(key)]}”只差标点或大小写，请只保留一句。")
        left = Counter(row["label"] for row in change.all.values() if "label" in row)
        labels = {label for family in LabelFamily for label in family.labels}
        for key in change.removed:
            if any(not left[label] for label in labels):
                yield EntryFault(key, "label", "这是最后一句同类的例句，删掉以后就分辨不出这种意图了。请先补充几句再删。")
