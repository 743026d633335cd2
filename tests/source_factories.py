"""Values of sources for tests, each with harmless defaults."""

from __future__ import annotations

from dataclasses import replace

from knowledge_base.sources.models import ItemState, RunState, Source, SourceItem, SourceKind, SourceRun
from tests.factories import a_moment


def a_source(id: str = "s-1", **fields: object) -> Source:  # noqa: A002 - reads best at the call
    source = Source(
        id=id,
        version=1,
        kind=SourceKind.SITEMAP,
        label="示范市政府网站",
        address="https://www.shifan.example/sitemap.xml",
        changed_at=a_moment(),
    )
    return replace(source, **fields)  # type: ignore[arg-type]


def an_item(address: str = "https://www.shifan.example/zcwj/1.html", **fields: object) -> SourceItem:
    item = SourceItem("s-1", address, ItemState.NEW, a_moment(), a_moment(), "r-1", title="示范市居住证管理办法", upload_id="u-1")
    return replace(item, **fields)  # type: ignore[arg-type]


def a_run(id: str = "r-1", **fields: object) -> SourceRun:  # noqa: A002 - reads best at the call
    return replace(SourceRun(id, "s-1", a_moment(), RunState.WAITING, "wang"), **fields)  # type: ignore[arg-type]
