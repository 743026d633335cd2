"""Splits an answer into what can be rated: the sentences that are not fixed wording, as the citizen read them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.models import Answer, AnswerBlock
from assistant.ratings.models import RatedSentence
from assistant.ratings.rules import RatingRules

# A full stop inside a quotation closes with the mark that follows it.
_SENTENCE = re.compile(r"[^。！？]*[。！？]+[”’』」）)]*|[^。！？]+$")


def shown_sentences(answer: Answer, rules: RatingRules) -> tuple[RatedSentence, ...]:
    """In the order shown. Where nothing but fixed wording was shown, how the answer ended is the one thing to rate."""
    sentences = tuple(sentence for block in answer.blocks if block.kind in rules.sources for sentence in _sentences(block, rules))
    return sentences or (RatedSentence(rules.words["ending"].format(status=answer.status.label), rules.words["ending_source"]),)


def _sentences(block: AnswerBlock, rules: RatingRules) -> Iterator[RatedSentence]:
    for place, line in enumerate(block.lines):
        own = block.line_citations[place] if place < len(block.line_citations) else ()
        for text in _SENTENCE.findall(line):
            if text.strip():
                yield RatedSentence(text.strip(), rules.sources[block.kind], own[0] if own else block.citation)
