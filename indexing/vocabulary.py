"""Load the policy vocabulary: official terms, the everyday words that stand for them, and stop words of questions."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import yaml

from indexing.errors import InvalidVocabulary


@dataclass(frozen=True, slots=True)
class PolicyVocabulary:
    """Words that shape tokenising. Order is that of the file; every string is stripped and non-empty.

    `terms` must stay whole under segmentation. `synonyms` maps an everyday word (also dialect and common misspellings) to the official
    terms it stands for. `stop_words` carry no meaning in a question; none of them is a term or an everyday word.
    """

    terms: tuple[str, ...]
    synonyms: Mapping[str, tuple[str, ...]]
    stop_words: tuple[str, ...]

    @property
    def fingerprint(self) -> str:
        """16 hex digits of SHA-256 over the content; independent of order, so regrouping the file does not force a new index."""
        content = {
            "terms": sorted(self.terms),
            "synonyms": {word: sorted(official) for word, official in self.synonyms.items()},
            "stop_words": sorted(self.stop_words),
        }
        canonical = json.dumps(content, ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(canonical.encode("utf-8")).hexdigest()[:16]

    def to_json(self) -> bytes:
        """For `vocabulary_from_json`, which gives the same vocabulary back."""
        content = {"terms": self.terms, "synonyms": dict(self.synonyms), "stop_words": self.stop_words}
        return json.dumps(content, ensure_ascii=False, indent=0).encode("utf-8")


def vocabulary_from_json(content: bytes) -> PolicyVocabulary:
    """Raises ValueError, KeyError or TypeError where the content is not what `to_json` writes."""
    table = json.loads(content)
    synonyms = {str(word): tuple(official) for word, official in table["synonyms"].items()}
    return PolicyVocabulary(tuple(table["terms"]), MappingProxyType(synonyms), tuple(table["stop_words"]))


@dataclass(frozen=True, slots=True)
class VocabularyWord:
    """A word under its topic heading; `official` for an everyday word alone."""

    word: str
    group: str
    official: tuple[str, ...] = ()


def grouped_words(path: Path) -> Mapping[str, tuple[VocabularyWord, ...]]:
    """The words of each section (`terms`, `synonyms`, `stop_words`) with their headings. Raises InvalidVocabulary as `load_vocabulary`."""
    load_vocabulary(path)
    found = {section: dict[str, VocabularyWord]() for section in ("terms", "synonyms", "stop_words")}
    for section, groups in _read_sections(path).items():
        for group, entries in groups.items() if section in found else ():
            pairs = entries.items() if isinstance(entries, dict) else ((word, ()) for word in entries if isinstance(entries, list))  # type: ignore[attr-defined]  # checked by load_vocabulary
            found[section] |= {word: VocabularyWord(word, group, tuple(official)) for word, official in pairs}
    return {section: tuple(words.values()) for section, words in found.items()}


def load_vocabulary(path: Path) -> PolicyVocabulary:
    """Read a YAML file whose three sections (`terms`, `synonyms`, `stop_words`) are each grouped under topic headings.

    Raises InvalidVocabulary, naming the offending word: unreadable file, missing section, empty entry, duplicate, a word mapped onto
    itself, a word without official terms, a stop word that is also a term or an everyday word.
    """
    sections = _read_sections(path)
    vocabulary = PolicyVocabulary(
        terms=tuple(_words(path, sections["terms"])),
        synonyms=MappingProxyType(_synonyms(path, sections["synonyms"])),
        stop_words=tuple(_words(path, sections["stop_words"])),
    )
    _refuse_contradictions(path, vocabulary)
    return vocabulary


def _read_sections(path: Path) -> dict[str, dict[str, object]]:
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=_LoaderRefusingRepeatedKeys)  # noqa: S506 (subclass of SafeLoader)
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidVocabulary(path.name, f"文件打不开（{error}），请检查路径和编码（应为 UTF-8）。") from error
    except yaml.YAMLError as error:
        raise InvalidVocabulary(path.name, f"不是有效的 YAML：{error}") from error
    for section in ("terms", "synonyms", "stop_words"):
        if not isinstance(content, dict) or not isinstance(content.get(section), dict):
            raise InvalidVocabulary(path.name, f"缺少按主题分组的“{section}”部分，请补上。")
    return dict(content)


def _words(path: Path, groups: Mapping[str, object]) -> list[str]:
    words: list[str] = []
    for group, entries in groups.items():
        if not isinstance(entries, list):
            raise InvalidVocabulary(path.name, f"“{group}”下应当是词语的列表。")
        words += [_checked_word(path, group, entry) for entry in entries]
    _refuse_repeats(path, words)
    return words


def _synonyms(path: Path, groups: Mapping[str, object]) -> dict[str, tuple[str, ...]]:
    pairs: list[tuple[str, tuple[str, ...]]] = []
    for group, entries in groups.items():
        if not isinstance(entries, dict):
            raise InvalidVocabulary(path.name, f"“{group}”下应当是“日常说法: [规范用语]”。")
        pairs += [(_checked_word(path, group, word), _official_terms(path, word, official)) for word, official in entries.items()]
    _refuse_repeats(path, (word for word, _ in pairs))
    return dict(pairs)


def _official_terms(path: Path, word: str, official: object) -> tuple[str, ...]:
    if not isinstance(official, list) or not official:
        raise InvalidVocabulary(path.name, f"“{word}”没有对应的规范用语，请至少写一个。")
    terms = tuple(_checked_word(path, word, term) for term in official)
    _refuse_repeats(path, terms)
    if word in terms:
        raise InvalidVocabulary(path.name, f"“{word}”不能对应它自己。")
    return terms


def _checked_word(path: Path, group: str, entry: object) -> str:
    if not isinstance(entry, str) or not entry.strip():
        raise InvalidVocabulary(path.name, f"“{group}”下有空的或不是文字的条目：{entry!r}。")
    if entry != entry.strip() or any(character.isspace() for character in entry):
        raise InvalidVocabulary(path.name, f"“{entry}”含有空格，请去掉。")
    return entry


def _refuse_repeats(path: Path, words: Iterable[str]) -> None:
    repeated = [word for word, count in Counter(words).items() if count > 1]
    if repeated:
        raise InvalidVocabulary(path.name, f"有重复的条目：{'、'.join(repeated)}。每个词只保留一处。")


def _refuse_contradictions(path: Path, vocabulary: PolicyVocabulary) -> None:
    meaningful = {*vocabulary.terms, *vocabulary.synonyms}
    both = [word for word in vocabulary.stop_words if word in meaningful]
    if both:
        raise InvalidVocabulary(path.name, f"停用词不能同时是规范用语或日常说法：{'、'.join(both)}。")


class _LoaderRefusingRepeatedKeys(yaml.SafeLoader):
    """Plain YAML keeps the last of two equal keys silently; an editor would lose a mapping without noticing."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[object, object]:
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        repeated = [str(key) for key, count in Counter(keys).items() if count > 1]
        if repeated:
            raise yaml.constructor.ConstructorError(None, None, f"重复的键：{'、'.join(repeated)}", node.start_mark)
        return super().construct_mapping(node, deep=deep)
