"""Sentences out of what a language model streams: JSON objects wherever they stand, whatever stands around them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from assistant.generation.models import WrittenSentence

_LONGEST_OBJECT = 4000
_LONGEST_LIST = 20


class SentenceParser:
    """Feed it pieces as they come. Tolerates code fences, arrays, wrapping objects, thoughts before and words between; believes none."""

    def __init__(self) -> None:
        self._buffer: list[str] = []
        self._starts: list[int] = []
        self._in_string = self._escaped = False
        self.unreadable = 0

    def feed(self, piece: str) -> Iterator[WrittenSentence]:
        for char in piece:
            sentence = self._take(char)
            if sentence is not None:
                yield sentence

    def _take(self, char: str) -> WrittenSentence | None:
        if not self._starts and char != "{":
            return None
        if (char == "\n" and self._in_string) or len(self._buffer) >= _LONGEST_OBJECT:
            # No string of JSON holds a line end: the object is broken, and the next line is read afresh.
            self._forget()
            return None
        self._buffer.append(char)
        if self._in_string:
            self._in_string = self._escaped or char != '"'
            self._escaped = char == "\\" and not self._escaped
        elif char == '"':
            self._in_string = True
        elif char == "{":
            self._starts.append(len(self._buffer) - 1)
        elif char == "}":
            return self._close()
        return None

    def _close(self) -> WrittenSentence | None:
        start = self._starts.pop()
        sentence = _sentence("".join(self._buffer[start:]))
        if not self._starts:
            self._buffer.clear()
            self.unreadable += sentence is None
        return sentence

    def _forget(self) -> None:
        self.unreadable += 1
        self._buffer.clear()
        self._starts.clear()
        self._in_string = self._escaped = False


def _sentence(text: str) -> WrittenSentence | None:
    try:
        entry = json.loads(text)
    except (ValueError, RecursionError):
        return None
    words = entry.get("text")
    if not isinstance(words, str) or not words.strip():
        return None
    return WrittenSentence(words.strip(), _numbers(entry.get("passages", entry.get("passage"))))


def _numbers(named: Any) -> tuple[int, ...]:
    listed = named if isinstance(named, list) else [named]
    numbers = (int(one) for one in listed[:_LONGEST_LIST] if isinstance(one, int | str) and str(one).strip().isdecimal())
    return tuple(dict.fromkeys(number for number in numbers if 0 < number < 1000))
