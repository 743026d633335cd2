"""Folders and web sites as sources, on the records and the settings of this installation."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING

from api.deferred import Deferred
from api.jobs.holders import Holders
from api.settings import Settings
from knowledge_base.adapters.parsers.limits import load_limits
from knowledge_base.adapters.sql import SqlSourceStore
from knowledge_base.intake.intake_desk import IntakeDesk
from knowledge_base.ports import Clock
from knowledge_base.sources.address_guard import AddressGuard, load_address_rules
from knowledge_base.sources.models import Source
from knowledge_base.sources.permits import read_permits
from knowledge_base.sources.ports import Beat, Place, Places
from knowledge_base.sources.source_desk import SourceDesk
from knowledge_base.sources.source_rules import load_source_rules

if TYPE_CHECKING:
    from sqlalchemy import Engine

# Libraries of the web are loaded when a source is first looked at, not when the service or a command starts.
# ruff: noqa: PLC0415

AGENT = "zhengwen"
"""What sites call this product in their robots.txt."""


def sources_on(engine: Engine, settings: Settings, intake: IntakeDesk, submit: Callable[[str, str], None], clock: Clock) -> SourceDesk:
    """`submit` puts (task, argument) into the queue of background work."""
    return SourceDesk(
        store=SqlSourceStore(engine),
        places=_DeferredPlaces(Deferred(lambda: places_for(settings, intake.suffixes))),
        receiver=intake,
        submit=submit,
        clock=clock,
        rules=load_source_rules(),
        holders=Holders(settings.home / "sources"),
    )


def places_for(settings: Settings, suffixes: frozenset[str]) -> Places:
    """`suffixes` of the files that are taken from folders."""
    from knowledge_base.adapters.folders.folder_places import FolderPlaces
    from knowledge_base.adapters.parsers.html import HtmlParser, load_html_rules
    from knowledge_base.adapters.parsers.metadata_hints import load_hint_names
    from knowledge_base.adapters.source_places import PlacesByKind
    from knowledge_base.adapters.web.fetching import GuardedFetcher
    from knowledge_base.adapters.web.polite_rate import PoliteRate
    from knowledge_base.adapters.web.site import Site, SiteParts
    from knowledge_base.adapters.web.web_places import WebPlaces
    from knowledge_base.adapters.web.web_rules import load_web_rules

    guard, rules, reading = AddressGuard(load_address_rules(), read_permits(settings.fetch_allow)), load_web_rules(), load_limits()
    # One for all runs of this process: two sources on one host keep its pause between them.
    rate = PoliteRate()

    def make_site(source: Source, beat: Beat) -> Site:
        fetcher = GuardedFetcher(guard, rules.limits, f"{AGENT}/{version('zhengwen')}", proxy=settings.fetch_proxy)
        return Site(SiteParts(fetcher, guard, rules.limits, rate, AGENT), source.delay_s, beat)

    parser = HtmlParser(reading, load_hint_names(), load_html_rules())
    return PlacesByKind(
        folders=FolderPlaces(settings.permitted_folders, suffixes, reading.max_bytes), web=WebPlaces(guard, rules, parser, make_site)
    )


@dataclass(frozen=True, slots=True)
class _DeferredPlaces:
    places: Deferred[Places]

    def check(self, source: Source) -> None:
        self.places().check(source)

    def open(self, source: Source, beat: Beat) -> AbstractContextManager[Place]:
        return self.places().open(source, beat)
