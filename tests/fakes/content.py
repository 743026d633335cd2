"""Edited content in memory: the real desk and rules, nothing shipped but two hot questions and what the files of the program hold."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from api.content.kinds import ContentSources, Rows, content_kinds, shipped_rows
from api.content.live import CurrentDirectory, live_parts
from api.content.parts import Content
from api.settings import Settings
from api.wiring.content import read_sheet, write_sheet
from knowledge_base.content.content_desk import ContentDesk
from knowledge_base.content.entry_values import department_of, guide_of, row_of
from knowledge_base.content.models import Author, EntryState
from knowledge_base.content.rows import References
from knowledge_base.ports import Clock, DocumentStore
from tests.fakes.content_store import Follower, MemoryContentStore
from tests.fakes.entry_stores import MemoryDepartmentStore, MemoryGuideStore

_HOT = {
    "居住证怎么办？": {"question": "居住证怎么办？", "order": "10"},
    "公积金能贷多少？": {"question": "公积金能贷多少？", "order": "20"},
}


def memory_content(
    settings: Settings, documents: DocumentStore, guides: MemoryGuideStore, departments: MemoryDepartmentStore, clock: Clock
) -> Content:
    """What the stores hold already are its first versions; from then on they follow. Changes act at once."""
    store = MemoryContentStore({"guides": _follow_guides(guides), "departments": _follow_departments(departments)})
    shipped = {**_shipped(settings.home, settings.demonstration), "hot-questions": lambda: _HOT}
    live = live_parts(store, shipped, check_every_s=0)
    references = References(live.regions, CurrentDirectory(departments))
    kinds = content_kinds(ContentSources(settings, documents, guides, departments, references, _mask), shipped)
    desk = ContentDesk(kinds, store, references, clock, _mask)
    desk.take("departments", {entry.id: row_of(entry) for entry in departments.all()}, Author("test"), checked=False)
    desk.take("guides", {entry.id: row_of(entry) for entry in guides.all()}, Author("test"), checked=False)
    return Content(desk, read_sheet, write_sheet, live.hot_questions, live.web_wording)


@cache  # Reading them takes a quarter of a second, and no test writes the files of the program.
def _shipped(home: Path, demonstration: bool) -> Mapping[str, Rows]:
    return shipped_rows(Settings(_env_file=None, home=home, demonstration=demonstration))


def _mask(text: str) -> str:
    return text.replace("13800138000", "【手机号】")


def _follow_guides(guides: MemoryGuideStore) -> Follower:
    def follow(states: Mapping[str, EntryState | None]) -> None:
        for key, state in states.items():
            guides.put(key, guide_of(state.live) if state and state.live is not None else None)

    return follow


def _follow_departments(departments: MemoryDepartmentStore) -> Follower:
    def follow(states: Mapping[str, EntryState | None]) -> None:
        for key, state in states.items():
            departments.put(key, department_of(state.live) if state and state.live is not None else None)

    return follow
