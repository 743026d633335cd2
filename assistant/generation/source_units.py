"""Cut what an answer cites into units that a written sentence may stand for: one whole sentence, or a list with its lead."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from assistant.generation.number_words import plain
from assistant.models import Citation
from assistant.quotation import is_list_item, leads_a_list, sentences

_MARKER = re.compile(
    r"^(?:第[〇零一二三四五六七八九十百千\d]+条(?:之[一二三四五六七八九十]+)?|[（(][一二三四五六七八九十\d]+[)）]|\d+[.、．)）]"
    r"|[一二三四五六七八九十]+、|[①-⑳])\s*"
)
_ENTRY_END = re.compile(r"[；;\n]+")
_LEAVES_OUT = "办事指南·"


@dataclass(frozen=True, slots=True)
class SourceUnit:
    """`names` say what it is about (title, 文号, provision or field), each to be repeated whole or not at all; `text` is what it says.

    All went through `plain`.
    """

    citation: int
    names: tuple[str, ...]
    text: str

    @property
    def heading(self) -> str:
        return "".join(self.names)


def source_units(citation: Citation, list_fields: tuple[str, ...] = ()) -> tuple[SourceUnit, ...]:
    """Never a part of a list: three documents of five are not what must be handed in.

    `list_fields`: words in the names of those fields of a guide that hold lists; their entries stand between semicolons.
    """
    named = (citation.title, citation.document_number or "", citation.provision.removeprefix(_LEAVES_OUT))
    names = tuple(plain(name) for name in named if name)
    whole = [_joined(_ENTRY_END.split(citation.quote))] if citation.edition == 0 else []
    is_list = any(word in citation.provision for word in list_fields)
    texts = whole if whole and is_list else [*whole, *_texts(citation.quote)]
    return tuple(SourceUnit(citation.number, names, text) for text in dict.fromkeys(texts) if text)


def _texts(text: str) -> Iterator[str]:
    run = list[str]()
    for span in sentences(text):
        words = text[span.start : span.end]
        if run and not is_list_item(text, span):
            yield _joined(run)
            run = []
        if run or leads_a_list(text, span):
            run.append(words)
        elif is_list_item(text, span):
            # The lead of this item is not quoted, so nobody can say what it is an item of.
            continue
        else:
            yield _joined([words])
    if run:
        yield _joined(run)


def _joined(lines: list[str]) -> str:
    return plain("；".join(_MARKER.sub("", line.strip()).rstrip("；;。，") for line in lines))
