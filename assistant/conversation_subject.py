"""What a conversation leaves to a question that names no matter: which turns count, and which of their words. Searches nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from assistant.answer_status import AnswerStatus
from assistant.models import ConversationTurn

_ABOUT_NOTHING = frozenset(
    {
        AnswerStatus.EMPTY_QUESTION,
        AnswerStatus.TOO_LONG,
        AnswerStatus.UNREADABLE_QUESTION,
        AnswerStatus.EMERGENCY,
        AnswerStatus.GREETING,
        AnswerStatus.THANKS,
        AnswerStatus.OUT_OF_SCOPE,
        AnswerStatus.PROGRESS_QUERY,
        AnswerStatus.HANDOFF_REQUESTED,
    }
)
"""Turns that ended in one of these were talk, attempts on the program, or stopped before anything was understood."""
_ENDS = "，,。？！?!、；;：: "


def about_a_matter(turns: Iterable[ConversationTurn]) -> tuple[ConversationTurn, ...]:
    """Those that a later question may go on with, in the order given."""
    return tuple(turn for turn in turns if turn.status not in _ABOUT_NOTHING)


def said_again(text: str, turn: ConversationTurn) -> bool:
    """True if the turn asked the same in the same words."""
    bare = text.strip(_ENDS)
    return bare in {turn.text.strip(_ENDS), turn.standalone_text.strip(_ENDS)} or turn.standalone_text.strip(_ENDS).endswith(f"，{bare}")


def unsaid(stretches: Iterable[str], text: str, words: Callable[[str], list[str]], says: Callable[[str], bool]) -> tuple[str, ...]:
    """The stretches in their order, no word in them twice, without those that say nothing beside the others and `text`.

    `words` cuts a stretch, `says` is True for a word that means something by itself.
    """
    kept: list[str] = []
    for stretch in stretches:
        said = "，".join(kept)
        pieces = words(stretch)
        if any(says(word) and word not in said and word not in text for word in pieces):
            kept.append("".join(word for word in pieces if len(word) == 1 or word not in said))
    return tuple(kept)


def bounded(stretches: tuple[str, ...], limit: int, names_a_matter: Callable[[str], bool]) -> str:
    """At most `limit` characters: what names no matter goes first, the older first; the newest stretch and the matter stay longest."""
    kept = list(stretches)
    while len(kept) > 1 and len(" ".join(kept)) > limit:
        unnamed = next((place for place, stretch in enumerate(kept[:-1]) if not names_a_matter(stretch)), None)
        del kept[1 if unnamed is None else unnamed]
    return " ".join(kept)[-limit:]
