"""Which entries of a kind stand, from what comes with the program and what was made of it."""

from __future__ import annotations

from collections.abc import Mapping

from knowledge_base.content.models import ContentEntry, EntryState, KeptEntry, Origin, Row


def live_rows(shipped: Mapping[str, Row], states: Mapping[str, EntryState]) -> dict[str, Row]:
    """Rows that act, by key: those of the program in its order, then one's own; taken away ones are left out."""
    rows = dict(shipped)
    for key, state in states.items():
        if state.live is not None:
            rows[key] = state.live
        elif state.draft is None or key in shipped:
            rows.pop(key, None)
    return rows


def entries_of(shipped: Mapping[str, Row], kept: Mapping[str, KeptEntry]) -> tuple[ContentEntry, ...]:
    """Every entry, also drafts and what is switched off; an entry of one's own that was taken away is gone."""
    found = [_entry(key, kept.get(key), row) for key, row in shipped.items()]
    own = ((key, entry) for key, entry in kept.items() if key not in shipped)
    found += [_entry(key, entry, None) for key, entry in own if entry.state.live is not None or entry.state.draft is not None]
    return tuple(found)


def _entry(key: str, kept: KeptEntry | None, shipped: Row | None) -> ContentEntry:
    if kept is None:
        return ContentEntry(key, shipped, None, shipped, Origin.SHIPPED, 0)
    state = kept.state
    return ContentEntry(key, state.live, state.draft, shipped, _origin(state, shipped), kept.number)


def _origin(state: EntryState, shipped: Row | None) -> Origin:
    if state.draft is not None:
        return Origin.DRAFT
    if state.live is None:
        return Origin.REMOVED
    if state.shipped or state.live == shipped:
        return Origin.SHIPPED
    return Origin.OWN if shipped is None else Origin.CHANGED
