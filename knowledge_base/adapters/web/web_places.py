"""Web sites as Places: what a sitemap, feed or list page names, filtered, and each page with its digests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx

from knowledge_base.adapters.web.fetching import Known, checked_address
from knowledge_base.adapters.web.page_names import name_of
from knowledge_base.adapters.web.page_text import page_text
from knowledge_base.adapters.web.site import Site
from knowledge_base.adapters.web.site_lists import SiteList
from knowledge_base.adapters.web.web_rules import WebRules
from knowledge_base.models import RawDocument
from knowledge_base.ports import DocumentParser
from knowledge_base.sources.address_guard import AddressGuard
from knowledge_base.sources.address_patterns import is_wanted
from knowledge_base.sources.errors import FetchRefused, InvalidSource, ItemFailed
from knowledge_base.sources.models import Listed, Source, SourceItem, SourceKind
from knowledge_base.sources.ports import Beat, Fetched, Place

_LONGEST_ADDRESS = 2000
MakeSite = Callable[[Source, Beat], Site]


class WebPlace:
    """A Place on the web."""

    def __init__(self, source: Source, site: Site, guard: AddressGuard, rules: WebRules, parser: DocumentParser) -> None:
        self._source, self._site, self._guard, self._rules, self._parser = source, site, guard, rules, parser
        self._list = SiteList(site, source, rules.limits)

    @property
    def complete(self) -> bool:
        return self._list.complete

    def listed(self) -> Iterator[Listed]:
        ways = {SourceKind.SITEMAP: self._list.sitemap, SourceKind.FEED: self._list.feed, SourceKind.LIST_PAGE: self._list.list_pages}
        own_host, seen = _host(self._source.address), set[str]()
        for listed in ways[self._source.kind]():
            if listed.address in seen or not 0 < len(listed.address) <= _LONGEST_ADDRESS:
                continue
            # Other sites only where a pattern asks for them.
            if not self._source.include and _host(listed.address) != own_host:
                continue
            if is_wanted(listed.address, self._source.include, self._source.exclude):
                seen.add(listed.address)
                yield listed

    def fetch(self, address: str, known: SourceItem | None) -> Fetched:
        answer = self._site.get(address, Known(known.etag, known.last_modified) if known else Known())
        if answer.content is None:
            if known is None:
                raise ItemFailed(address, "网站没有传来内容，没有取到。下次会再试。")
            return Fetched("", None, etag=answer.etag, last_modified=answer.last_modified)
        try:
            name = name_of(answer, self._rules)
        except FetchRefused:
            answer.content.close()
            raise
        text_digest, title = "", ""
        if name.lower().endswith(tuple(self._parser.suffixes)) and answer.size <= self._rules.limits.max_text_bytes:
            text_digest, title = page_text(self._parser, self._rules, RawDocument(name, answer.content.read(), address))
            answer.content.seek(0)
        return Fetched(name, answer.content, answer.size, answer.digest, text_digest, answer.etag, answer.last_modified, title=title)


class WebPlaces:
    """`parser` reads HTML; `make_site` gives the site of a source for one run."""

    def __init__(self, guard: AddressGuard, rules: WebRules, parser: DocumentParser, make_site: MakeSite) -> None:
        self._guard, self._rules, self._parser, self._make_site = guard, rules, parser, make_site

    def check(self, source: Source) -> None:
        for field, address in (("address", source.address), ("more_pages", source.more_pages.replace("{n}", "1"))):
            try:
                if address:
                    checked_address(self._guard, address)
            except FetchRefused as refused:
                raise InvalidSource(field, refused.reason) from refused

    @contextmanager
    def open(self, source: Source, beat: Beat) -> Iterator[Place]:
        with self._make_site(source, beat) as site:
            yield WebPlace(source, site, self._guard, self._rules, self._parser)


def _host(address: str) -> str:
    try:
        return httpx.URL(address).host.removeprefix("www.")
    except httpx.InvalidURL:
        return ""
