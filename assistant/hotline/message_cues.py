"""What the words of a message say beyond its matter: how urgent, how confidential, what is wished. Rules from message_cues.toml."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from assistant.hotline.models import Confidentiality, Urgency
from assistant.intents import RequestType

CUES_FILE = Path(__file__).with_name("message_cues.toml")
_SENTENCE = re.compile(r"[^。！？!?；;\n]+[。！？!?；;]*")
_CLAUSE_END = re.compile(r"[，,、：:\s]")
_ENDS = "，,。.；;、：:！!？? \n"
_Pattern = re.Pattern[str]


@dataclass(frozen=True, slots=True)
class MessageCues:
    """Immutable, safe to share between threads. Texts are masked; lengths in characters."""

    seriousness: tuple[RequestType, ...]
    said_types: Mapping[RequestType, _Pattern]
    inquiry: _Pattern
    urgencies: Mapping[Urgency, _Pattern]
    protected: _Pattern
    asks: _Pattern
    questions: _Pattern
    openings: _Pattern
    empty: _Pattern
    introductions: _Pattern
    wish_characters: int
    wish_sentences: int
    title_characters: int

    def most_serious(self, types: Iterable[RequestType]) -> RequestType | None:
        """None of none."""
        return min(types, key=self.seriousness.index, default=None)

    def said_type(self, text: str) -> RequestType | None:
        """The most serious type the caller names outright ("我要投诉"); asking for the complaints number names none."""
        return self.most_serious(kind for kind, pattern in self.said_types.items() if any(map(pattern.search, sentences(text))))

    def guessed_type(self, text: str) -> RequestType:
        """What it is where nothing better is known: a question is an inquiry, anything else a call for help."""
        return RequestType.INQUIRY if self.inquiry.search(text) else RequestType.HELP

    def urgency(self, text: str) -> Urgency:
        return next((urgency for urgency, pattern in self.urgencies.items() if pattern.search(text)), Urgency.NORMAL)

    def confidentiality(self, text: str, request_type: RequestType) -> Confidentiality:
        """Who reports somebody is protected without asking for it."""
        protected = request_type is RequestType.REPORT or self.protected.search(text)
        return Confidentiality.PROTECTED if protected else Confidentiality.OPEN

    def wish(self, text: str) -> str:
        """The last sentences in which something is asked for, from the asking on; questions where nothing is; "" where neither is."""
        wishes = [sentence[match.start() :] for sentence in sentences(text) if (match := self.asks.search(sentence))]
        wishes = wishes or [sentence for sentence in sentences(text) if self.questions.search(sentence)]
        return "".join(wishes[-self.wish_sentences :])[: self.wish_characters].strip()

    def content(self, texts: Iterable[str]) -> str:
        """The caller's own words, one line for each text, without greetings, introductions and repetitions."""
        lines = dict.fromkeys(self._cleaned(text) for text in texts)
        return "\n".join(line for line in lines if line)

    def title(self, text: str, place: str = "") -> str:
        """The first sentence that says something, without its opening; with 【place】 in front where it names none and both fit."""
        core = next((core for sentence in sentences(text) if len(core := self._core(sentence)) >= 4), text.strip())
        core = self._shortened(core)
        with_place = f"【{place}】{core}"
        return with_place if place and place not in core and len(with_place) <= self.title_characters else core

    def _core(self, sentence: str) -> str:
        core, before = sentence.strip(), ""
        while core != before:
            before, core = core, self.openings.sub("", core).lstrip(_ENDS)
        return core.rstrip(_ENDS)

    def _shortened(self, text: str) -> str:
        if len(text) <= self.title_characters:
            return text
        ends = [match.start() for match in _CLAUSE_END.finditer(text, 8, self.title_characters + 1)]
        return text[: ends[-1] if ends else self.title_characters].rstrip(_ENDS)

    def _cleaned(self, text: str) -> str:
        kept = [sentence for sentence in sentences(self.introductions.sub("", text)) if not self.empty.search(sentence.strip())]
        return "".join(kept).strip()


def sentences(text: str) -> list[str]:
    """With their closing marks."""
    return [match[0].strip() for match in _SENTENCE.finditer(text) if match[0].strip()]


def load_message_cues(path: Path = CUES_FILE) -> MessageCues:
    """Raises KeyError or ValueError for a missing or unknown entry, re.error for a broken pattern."""
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    return MessageCues(
        seriousness=tuple(RequestType(name) for name in table["seriousness"]),
        said_types={RequestType(name): _compiled(pattern) for name, pattern in table["said_types"].items()},
        inquiry=_compiled(table["guessed_types"]["inquiry"]),
        urgencies={urgency: _compiled(table["urgency"][urgency]) for urgency in (Urgency.CRITICAL, Urgency.URGENT)},
        protected=_compiled(table["confidentiality"]["protected"]),
        asks=_compiled(table["wish"]["asks"]),
        questions=_compiled(table["wish"]["questions"]),
        openings=_compiled(table["title"]["openings"]),
        empty=_compiled(table["content"]["empty_sentences"]),
        introductions=_compiled(table["content"]["introductions"]),
        wish_characters=table["wish"]["max_characters"],
        wish_sentences=table["wish"]["max_sentences"],
        title_characters=table["title"]["max_characters"],
    )


def _compiled(pattern: str) -> _Pattern:
    return re.compile(pattern, re.IGNORECASE | re.VERBOSE)
