"""The policy vocabulary as entries that administrators edit, and a vocabulary made of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

from indexing.vocabulary import PolicyVocabulary, VocabularyWord, grouped_words
from knowledge_base.content.models import EntryFault, Row
from knowledge_base.content.ports import ProposedChange

TERM, EVERYDAY, STOP = "term", "everyday", "stop"
_SORTS = {"terms": TERM, "synonyms": EVERYDAY, "stop_words": STOP}


def vocabulary_rows(path: Path) -> dict[str, Row]:
    """The shipped file, by key, in its order. Raises InvalidVocabulary."""
    rows = (_row(_SORTS[section], word) for section, words in grouped_words(path).items() for word in words)
    return {key_of(row): row for row in rows}


def key_of(row: Row) -> str:
    return f"{row['sort']}：{row['word']}"


def vocabulary_of(rows: Mapping[str, Row]) -> PolicyVocabulary:
    """A vocabulary of these entries."""
    by_sort: dict[str, list[Row]] = {TERM: [], EVERYDAY: [], STOP: []}
    for row in rows.values():
        by_sort[row["sort"]].append(row)
    return PolicyVocabulary(
        terms=tuple(row["word"] for row in by_sort[TERM]),
        synonyms=MappingProxyType({row["word"]: tuple(row["official"].split("\n")) for row in by_sort[EVERYDAY]}),
        stop_words=tuple(row["word"] for row in by_sort[STOP]),
    )


class VocabularyRules:
    """What `load_vocabulary` demands of a file, told of one entry at a time."""

    def settled(self, row: Row) -> Row:
        if row.get("sort") == EVERYDAY:
            return row
        return {name: text for name, text in row.items() if name != "official"}

    def faults(self, change: ProposedChange) -> Iterator[EntryFault]:
        sorts: dict[str, set[str]] = {}
        for row in change.all.values():
            sorts.setdefault(row.get("word", ""), set()).add(row.get("sort", ""))
        for key, row in change.rows.items():
            yield from _faults(key, row, sorts)


def _faults(key: str, row: Row, sorts: Mapping[str, Iterable[str]]) -> Iterator[EntryFault]:
    word, official = row.get("word", ""), [line for line in row.get("official", "").split("\n") if line]
    if any(character.isspace() for character in word):
        yield EntryFault(key, "word", f"“{word}”里有空格，请去掉。")
    if row.get("sort") == EVERYDAY and not official:
        yield EntryFault(key, "official", f"“{word}”没有对应的规范用语，请至少写一个。")
    if word in official:
        yield EntryFault(key, "official", f"“{word}”不能对应它自己，请改填规范用语。")
    if len(set(official)) < len(official):
        yield EntryFault(key, "official", "有重复的规范用语，每个只写一次。")
    if any(character.isspace() for term in official for character in term):
        yield EntryFault(key, "official", "规范用语里有空格，请一行写一个。")
    both = set(sorts.get(word, ()))
    if STOP in both and both != {STOP}:
        yield EntryFault(key, "sort", f"“{word}”不能既是停用词，又是规范用语或群众说法。请先删除其中一条。")


def _row(sort: str, word: VocabularyWord) -> Row:
    cells = {"word": word.word, "sort": sort, "official": "\n".join(word.official), "group": word.group}
    return {name: text for name, text in cells.items() if text}
