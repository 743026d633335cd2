"""What sources need from outside: a store, the places themselves, and somebody who takes in what was found."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO, Protocol

from knowledge_base.intake.models import Upload
from knowledge_base.sources.models import ItemFilter, ItemState, Listed, Source, SourceItem, SourceRun

Beat = Callable[[str], None]
"""Called with what is being done, in Chinese, before every request and during every wait. It may raise to end the run."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file or page as it is now. `content` stands at its beginning and is None where the server says that nothing has changed.

    `name` has a suffix that tells its kind. Digests as in SourceItem; `size` in bytes.
    """

    name: str
    content: BinaryIO | None
    size: int = 0
    digest: str = ""
    text_digest: str = ""
    etag: str = ""
    last_modified: str = ""
    title: str = ""


class Place(Protocol):
    """A source opened for one run."""

    def listed(self) -> Iterator[Listed]:
        """What it holds now, each address once, filtered by the source's patterns. Raises ListingFailed, also midway."""

    @property
    def complete(self) -> bool:
        """After `listed` has ended: whether every part of the listing could be read."""

    def fetch(self, address: str, known: SourceItem | None) -> Fetched:
        """Asks only for what has changed since `known`. Raises ItemGone, ItemFailed, FetchRefused. Close the content after use."""


class Places(Protocol):
    def check(self, source: Source) -> None:
        """Whether its address may be looked at at all, without asking anybody. Raises InvalidSource."""

    def open(self, source: Source, beat: Beat) -> AbstractContextManager[Place]:
        """Raises ListingFailed where the place must not or cannot be reached."""


class SourceStore(Protocol):
    """Sources, items and runs. Durable on return; raises StoreUnavailable."""

    def add(self, source: Source) -> None: ...

    def replace(self, source: Source) -> None:
        """Raises UnknownSource, and SourceChanged unless the stored version is `source.version - 1`."""

    def remove(self, source_id: str, version: int, at: datetime) -> None:
        """From now on it is unknown; its runs stay. Raises UnknownSource, SourceChanged."""

    def source(self, source_id: str) -> Source:
        """Raises UnknownSource."""

    def sources(self) -> tuple[Source, ...]:
        """By label."""

    def save_item(self, item: SourceItem) -> None:
        """Adds it, or replaces the one of this source with this address."""

    def item(self, source_id: str, address: str) -> SourceItem | None: ...

    def items(self, source_id: str, wanted: ItemFilter) -> tuple[SourceItem, ...]:
        """The last changed first, then by address."""

    def count_items(self, source_id: str, wanted: ItemFilter) -> int: ...

    def item_counts(self, source_id: str, run_id: str = "") -> dict[ItemState, int]:
        """Items by state, of one run only where its id is given; states without items are absent."""

    def unseen_items(self, source_id: str, run_id: str) -> tuple[SourceItem, ...]:
        """Those that run has not dealt with, and that are not withdrawn; by address."""

    def start_run(self, run: SourceRun) -> None:
        """Raises SourceBusy where a run of this source is open (not over) already."""

    def open_run(self, source_id: str) -> SourceRun | None:
        """The one that waits or runs."""

    def hold_run(self, run_id: str, holder: str, before: str, until: datetime | None) -> bool:
        """It belongs to `holder` ("" for nobody) and RUNS if it is open and still held by `before`: one of many who ask gets it."""

    def note_progress(self, run: SourceRun) -> SourceRun:
        """Keeps `doing`, `done`, `total` and `held_until`; returns it with a wish to cancel. Raises SourceBusy where another holds it."""

    def ask_to_cancel(self, run_id: str, by: str) -> None: ...

    def end_run(self, run: SourceRun) -> None:
        """Keeps it as given; a run that is over stays as it is."""

    def runs(self, source_id: str, limit: int = 20) -> tuple[SourceRun, ...]:
        """Newest first."""


class Receiver(Protocol):
    """Takes in a file as if a person had uploaded it: knowledge_base.intake.intake_desk.IntakeDesk is one."""

    def receive(self, name: str, stream: BinaryIO, *, by: str, origin: str = "", source_id: str = "") -> Upload:
        """Raises FileRefused, StoreUnavailable."""

    def uploads(self, *, source_id: str = "", limit: int = 50) -> tuple[Upload, ...]:
        """Newest first."""


class Holders(Protocol):
    """Which process works at a run, and whether it still lives."""

    @property
    def name(self) -> str:
        """Of this process."""

    def enter(self) -> None:
        """From now on others can see that this process lives."""

    def is_alive(self, holder: str) -> bool | None:
        """None where that cannot be known here."""
