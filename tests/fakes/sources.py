"""A source desk in memory over places that a test fills; nothing is asked on any network."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from knowledge_base.ports import Clock
from knowledge_base.sources.errors import InvalidSource, ItemFailed, ItemGone, ListingFailed
from knowledge_base.sources.models import Listed, Source, SourceItem
from knowledge_base.sources.ports import Beat, Fetched, Place, Receiver
from knowledge_base.sources.source_desk import SourceDesk
from knowledge_base.sources.source_rules import load_source_rules
from tests.fakes.source_store import MemorySourceStore


@dataclass(frozen=True)
class Page:
    """`failure` instead of content: it cannot be had; `gone`: it is listed, but not there."""

    content: str = ""
    title: str = ""
    listed_as: str = ""
    etag: str = ""
    text: str = ""
    failure: str = ""
    gone: bool = False
    listed: bool = True


@dataclass
class MemoryPlaces:
    """`fetched` notes every address that was asked for; `on_fetch` may stop a run midway."""

    pages: dict[str, Page] = field(default_factory=dict)
    fetched: list[str] = field(default_factory=list)
    failure: str = ""
    complete: bool = True
    on_fetch: Callable[[str], None] = lambda _address: None

    def check(self, source: Source) -> None:
        if "127.0.0.1" in source.address:
            raise InvalidSource("address", "这个网址指向本机地址，没有获取。")

    @contextmanager
    def open(self, source: Source, beat: Beat) -> Iterator[Place]:
        if self.failure:
            raise ListingFailed(self.failure)
        beat("正在读取列表")
        yield self

    def listed(self) -> Iterator[Listed]:
        for address, page in self.pages.items():
            if page.listed:
                yield Listed(address, page.title, page.listed_as)

    def fetch(self, address: str, known: SourceItem | None) -> Fetched:
        self.fetched.append(address)
        self.on_fetch(address)
        page = self.pages.get(address, Page(gone=True))
        if page.gone:
            raise ItemGone(address, "打开时网站回复 404：页面已不存在。")
        if page.failure:
            raise ItemFailed(address, page.failure)
        if known is not None and page.etag and page.etag == known.etag:
            return Fetched("", None, etag=page.etag)
        content, text = page.content.encode(), (page.text or page.content).encode()
        digests = hashlib.sha256(content).hexdigest(), hashlib.sha256(text).hexdigest()
        name = address.rpartition("/")[2] or "page.html"
        return Fetched(name, io.BytesIO(content), len(content), *digests, etag=page.etag, title=page.title)

    def change(self, address: str, **changes: object) -> None:
        self.pages[address] = replace(self.pages[address], **changes)  # type: ignore[arg-type]


class MemoryHolders:
    """`living` names the processes that are known to live or to have ended; of others nothing is known."""

    def __init__(self, name: str = "p-1") -> None:
        self.name = name
        self.living: dict[str, bool] = {}

    def enter(self) -> None:
        self.living[self.name] = True

    def is_alive(self, holder: str) -> bool | None:
        return self.living.get(holder)


def memory_sources(receiver: Receiver, submit: Callable[[str, str], None], clock: Clock, places: MemoryPlaces | None = None) -> SourceDesk:
    return SourceDesk(MemorySourceStore(), places or MemoryPlaces(), receiver, submit, clock, load_source_rules(), MemoryHolders())
