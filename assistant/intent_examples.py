"""Labelled examples of conversation acts and request types: ours, an administrator's, and the policy base's own words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import yaml

from assistant.classification import LabelledText
from assistant.errors import InvalidExamples
from assistant.intents import ConversationAct, RequestType
from knowledge_base.models import Department, ServiceGuide

EXAMPLES_FOLDER = Path(__file__).with_name("examples") / "intents"
_NOT_TEXT = re.compile(r"[\W_]+")


class LabelFamily(StrEnum):
    """What is told apart; each family has a classifier of its own."""

    ACTS = "acts"
    REQUEST_TYPES = "request_types"

    @property
    def labels(self) -> frozenset[str]:
        kinds: type[StrEnum] = ConversationAct if self is LabelFamily.ACTS else RequestType
        return frozenset(str(kind) for kind in kinds)


@dataclass(frozen=True, slots=True)
class IntentExample:
    """`group` is the heading it stands under, "" for none; it teaches nothing and serves people and reports."""

    text: str
    label: str
    group: str = ""


@dataclass(frozen=True, slots=True)
class ExampleFile:
    """`replaces`: for the labels it names, it stands in place of the files read before."""

    name: str
    family: LabelFamily
    examples: tuple[IntentExample, ...]
    replaces: bool


def read_example_file(path: Path) -> ExampleFile:
    """A table {family, examples: {label: [text] | {heading: [text]}}, replace?}.

    Raises InvalidExamples for anything else, and for a text given twice.
    """
    try:
        table = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise InvalidExamples(path.name, "不是有效的 YAML 文件（UTF-8 编码）") from error
    if not isinstance(table, dict) or not isinstance(table.get("examples"), dict):
        raise InvalidExamples(path.name, "应当写明 family 和 examples")
    if table.get("family") not in {str(family) for family in LabelFamily}:
        raise InvalidExamples(path.name, "family 应当是 acts 或者 request_types")
    family = LabelFamily(table["family"])
    examples = tuple(example for label, entry in table["examples"].items() for example in _of_label(path.name, family, str(label), entry))
    _refuse_repeated(path.name, examples)
    return ExampleFile(path.name, family, examples, bool(table.get("replace", False)))


def load_examples(family: LabelFamily, *folders: Path) -> tuple[IntentExample, ...]:
    """Of all `*.yaml` in the folders that exist, a later folder before an earlier one where they disagree about a text.

    Raises InvalidExamples, also for a text that two files of one folder give.
    """
    kept: dict[str, IntentExample] = {}
    for folder in folders:
        files = [file for path in sorted(folder.glob("*.yaml")) if (file := read_example_file(path)).family is family]
        replaced = {example.label for file in files if file.replaces for example in file.examples}
        _refuse_repeated(folder.name, [example for file in files for example in file.examples])
        kept = {key: example for key, example in kept.items() if example.label not in replaced}
        kept.update((sameness(example.text), example) for file in files for example in file.examples)
    return tuple(kept.values())


def policy_base_words(guides: Iterable[ServiceGuide], departments: Iterable[Department], titles: Iterable[str]) -> tuple[str, ...]:
    """What the policy base itself says it is about, each once: all of it in scope."""
    words = [text for guide in guides for text in (guide.title, *guide.aliases, *guide.usual_questions)]
    words += [matter for department in departments for matter in department.matters]
    return tuple({sameness(text): text for text in (*words, *titles) if sameness(text)}.values())


def act_lessons(acts: Sequence[IntentExample], requests: Sequence[IntentExample], in_scope: Iterable[str]) -> tuple[LabelledText, ...]:
    """A request of any type is a matter, and so is whatever the policy base speaks of; a labelled example wins over both."""
    matter = str(ConversationAct.MATTER)
    lessons = {sameness(text): LabelledText(text, matter) for text in in_scope}
    lessons.update((sameness(example.text), LabelledText(example.text, matter)) for example in requests)
    lessons.update((sameness(example.text), LabelledText(example.text, example.label)) for example in acts)
    return tuple(lessons.values())


def type_lessons(requests: Sequence[IntentExample], usual_questions: Iterable[str]) -> tuple[LabelledText, ...]:
    """The usual questions of guides are inquiries; a labelled example wins."""
    lessons = {sameness(text): LabelledText(text, str(RequestType.INQUIRY)) for text in usual_questions}
    lessons.update((sameness(example.text), LabelledText(example.text, example.label)) for example in requests)
    return tuple(lessons.values())


def sameness(text: str) -> str:
    """Texts that differ in punctuation, width or case alone are one text."""
    return _NOT_TEXT.sub("", unicodedata.normalize("NFKC", text)).lower()


def _of_label(name: str, family: LabelFamily, label: str, entry: Any) -> Iterable[IntentExample]:
    if label not in family.labels:
        raise InvalidExamples(name, f"没有“{label}”这个标签")
    groups: Mapping[str, Any] = entry if isinstance(entry, dict) else {"": entry}
    for group, texts in groups.items():
        if not isinstance(texts, list) or not all(isinstance(text, str) and sameness(text) for text in texts):
            raise InvalidExamples(name, f"“{label}”下面应当是一个列表，每条一句话")
        yield from (IntentExample(text.strip(), label, str(group)) for text in texts)


def _refuse_repeated(where: str, examples: Iterable[IntentExample]) -> None:
    seen: set[str] = set()
    for example in examples:
        if sameness(example.text) in seen:
            raise InvalidExamples(where, f"“{example.text}”出现了两次")
        seen.add(sameness(example.text))
