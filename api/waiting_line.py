"""Questions that wait for a seat in this process. What can be left out under load is, where it is long."""

from __future__ import annotations

from typing import NewType

Place = NewType("Place", object)


class WaitingLine:
    """`len` of it from any thread. Each operation is one of the interpreter's own on a set, so it takes no lock."""

    def __init__(self) -> None:
        self._places: set[Place] = set()

    def enter(self) -> Place:
        place = Place(object())
        self._places.add(place)
        return place

    def leave(self, place: Place) -> None:
        """Leaving twice does nothing: whoever was seated has left, and so has whoever gave up."""
        self._places.discard(place)

    def __len__(self) -> int:
        return len(self._places)
