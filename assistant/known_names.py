"""Names of matters by how they sound, to recognise one that is written with other characters. Never used on what is shown."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from assistant.hearing_rules import SoundRules
from assistant.ports import Sounds

_SYLLABLES = 4096
_HANZI = re.compile(r"[\u3400-\u9fff]+")


@dataclass(frozen=True)
class KnownNames:
    """`proper` are written as they should be; `everyday` may be, or may be known misspellings of a proper one."""

    proper: frozenset[str]
    everyday: frozenset[str]
    sounds: Sounds
    rules: SoundRules
    _by_sound: dict[tuple[str, ...], set[str]] = field(default_factory=lambda: defaultdict(set), init=False, repr=False, compare=False)
    _slips: dict[str, str] = field(default_factory=dict, init=False, repr=False, compare=False)
    _names: set[str] = field(default_factory=set, init=False, repr=False, compare=False)
    _blurs: dict[str, str] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        for name in self._sounding(self.proper):
            self._learn(name)
        apart = []
        for word in self._sounding(self.everyday - self.proper):
            meant = self._by_sound.get(self._blurred(self.sounds.syllables(word)), set())
            if len(meant) == 1 and set(word) & set(next(iter(meant))):
                self._slips[word] = next(iter(meant))
            elif not meant:
                apart.append(word)
        for word in apart:
            self._learn(word)

    def _learn(self, name: str) -> None:
        self._names.add(name)
        syllables = self.sounds.syllables(name)
        for key in {syllables, self._blurred(syllables)}:
            self._by_sound[key].add(name)

    def _sounding(self, words: Iterable[str]) -> list[str]:
        fitting = (word for word in words if self.rules.min_characters <= len(word) <= self.rules.max_characters)
        return [word for word in fitting if _HANZI.fullmatch(word)]

    def corrected(self, text: str, words: Sequence[str]) -> str:
        """`text` with each misspelt name as it is written; `words` are those of a dictionary, and together they are the text."""
        starts = [0]
        for word in words:
            starts.append(starts[-1] + len(word))
        made, place = "", 0
        while place < len(words):
            end, meant = next(self._meant(text, starts, words, place), (place + 1, words[place]))
            made, place = made + meant, end
        return made

    def _meant(self, text: str, starts: list[int], words: Sequence[str], first: int) -> Iterator[tuple[int, str]]:
        """(first word after it, the name) for the longest stretch from there on that is a name, or is meant as one."""
        for after in range(min(len(words), first + self.rules.max_characters), first, -1):
            written = text[starts[first] : starts[after]]
            if not self.rules.min_characters <= len(written) <= self.rules.max_characters:
                continue
            if written in self._names:
                yield after, written
            elif written in self._slips:
                yield after, self._slips[written]
            elif name := self._one_meant(written, words[first:after]):
                yield after, name

    def _one_meant(self, written: str, words: Sequence[str]) -> str:
        long, tiled = len(written) >= self.rules.long_from, all(len(word) > 1 for word in words)
        if tiled and not long:
            return ""
        syllables = self.sounds.syllables(written)
        if not all(syllables):
            return ""
        blurs = len(written) > self.rules.min_characters and not tiled
        found = self._by_sound.get(syllables) or (self._by_sound.get(self._blurred(syllables), set()) if blurs else set())
        if len(found) != 1:
            return ""
        name = next(iter(found))
        alike = syllables == self.sounds.syllables(name)
        return name if self._is_slip(written, name, words, long=long, alike=alike) else ""

    def _is_slip(self, written: str, name: str, words: Sequence[str], *, long: bool, alike: bool) -> bool:
        """`alike`: they sound the same; a word of the dictionary is not taken for one that only sounds similar."""
        changed = [place for place, (one, other) in enumerate(zip(written, name, strict=True)) if one != other]
        in_words = {place for place, word in enumerate(word for word in words for _ in word) if len(word) > 1}
        if not alike and in_words & set(changed):
            return False
        if len(changed) > self.rules.changed_share * len(name):
            return False
        if not long and any(written[place] in self.rules.numerals + self.rules.common for place in changed):
            return False
        return len(written) > self.rules.min_characters or all(len(word) == 1 for word in words)

    def _blurred(self, syllables: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(map(self._blur, syllables))

    def _blur(self, syllable: str) -> str:
        known = self._blurs.get(syllable)
        if known is None:
            known = self.rules.blurred(syllable)
            # There are some 1,300 syllables; what is no syllable is not kept for ever.
            if len(self._blurs) < _SYLLABLES:
                self._blurs[syllable] = known
        return known


class NamesBySound:
    """Makes KnownNames once for each set of names; safe to share between threads."""

    def __init__(self, sounds: Sounds, rules: SoundRules) -> None:
        self.of = lru_cache(maxsize=2)(lambda proper, everyday: KnownNames(proper, everyday, sounds, rules))
