"""The form of a source: what was entered, as text, and the source it describes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Annotated, TypeVar

from fastapi import Form

from knowledge_base.china_time import CHINA_TIME
from knowledge_base.models import NATION_CODE
from knowledge_base.regions import RegionDirectory
from knowledge_base.sources.errors import InvalidSource
from knowledge_base.sources.models import Pace, Schedule, Source, SourceKind

Choice = TypeVar("Choice", SourceKind, Pace)
_NEVER = datetime(2000, 1, 1, tzinfo=CHINA_TIME)

LABELS: Mapping[str, str] = {
    "label": "名称",
    "kind": "种类",
    "address": "地址",
    "jurisdiction": "默认地区",
    "topics": "默认主题",
    "pace": "多久获取一次",
    "hour": "几点开始",
    "weekday": "星期几",
    "include": "只要这些网址",
    "exclude": "不要这些网址",
    "link_selector": "链接位置",
    "more_pages": "后续页的网址",
    "delay_s": "两次请求的间隔（秒）",
    "max_items": "每次最多项数",
}


@dataclass(frozen=True, slots=True)
class SourceForm:
    """Every field as it was typed; lists one entry a line."""

    label: str = ""
    kind: str = SourceKind.SITEMAP.value
    address: str = ""
    jurisdiction: str = ""
    topics: str = ""
    pace: str = Pace.DAILY.value
    hour: str = "3"
    weekday: str = "0"
    include: str = ""
    exclude: str = ""
    link_selector: str = ""
    more_pages: str = ""
    delay_s: str = "2"
    max_items: str = "500"
    version: str = "0"

    @classmethod
    def of(cls, source: Source, regions: RegionDirectory) -> SourceForm:
        region = regions.resolve(source.jurisdiction)
        return cls(
            source.label,
            source.kind.value,
            source.address,
            regions.full_name(region.code) if region else source.jurisdiction,
            "\n".join(source.topics),
            source.schedule.pace.value,
            str(source.schedule.hour),
            str(source.schedule.weekday),
            "\n".join(source.include),
            "\n".join(source.exclude),
            source.link_selector,
            source.more_pages,
            f"{source.delay_s:g}",
            str(source.max_items),
            str(source.version),
        )

    def source(self, regions: RegionDirectory, source_id: str = "", *, enabled: bool = True) -> Source:
        """Raises InvalidSource with the field that cannot be understood."""
        return Source(
            id=source_id,
            version=int(_number(self.version, "version")),
            kind=_chosen(SourceKind, self.kind, "kind"),
            label=self.label,
            address=self.address,
            changed_at=_NEVER,
            jurisdiction=self._jurisdiction(regions),
            topics=tuple(self.topics.splitlines()),
            schedule=Schedule(_chosen(Pace, self.pace, "pace"), int(_number(self.hour, "hour")), int(_number(self.weekday, "weekday"))),
            include=tuple(self.include.splitlines()),
            exclude=tuple(self.exclude.splitlines()),
            link_selector=self.link_selector,
            more_pages=self.more_pages,
            delay_s=_number(self.delay_s, "delay_s"),
            max_items=int(_number(self.max_items, "max_items")),
            enabled=enabled,
        )

    def _jurisdiction(self, regions: RegionDirectory) -> str:
        if not self.jurisdiction.strip():
            return NATION_CODE
        region = regions.resolve(self.jurisdiction.strip())
        if region is None:
            raise InvalidSource("jurisdiction", "没有找到这个地区。请填写规范全称或六位行政区划代码，留空表示全国。")
        return region.code


def entered_form(
    label: Annotated[str, Form(max_length=200)] = "",
    kind: Annotated[str, Form(max_length=20)] = "",
    address: Annotated[str, Form(max_length=4000)] = "",
    jurisdiction: Annotated[str, Form(max_length=100)] = "",
    topics: Annotated[str, Form(max_length=2000)] = "",
    pace: Annotated[str, Form(max_length=20)] = Pace.OFF.value,
    hour: Annotated[str, Form(max_length=10)] = "3",
    weekday: Annotated[str, Form(max_length=10)] = "0",
    include: Annotated[str, Form(max_length=20_000)] = "",
    exclude: Annotated[str, Form(max_length=20_000)] = "",
    link_selector: Annotated[str, Form(max_length=500)] = "",
    more_pages: Annotated[str, Form(max_length=4000)] = "",
    delay_s: Annotated[str, Form(max_length=20)] = "2",
    max_items: Annotated[str, Form(max_length=20)] = "500",
    version: Annotated[str, Form(max_length=20)] = "0",
) -> SourceForm:
    return SourceForm(
        label,
        kind,
        address,
        jurisdiction,
        topics,
        pace,
        hour,
        weekday,
        include,
        exclude,
        link_selector,
        more_pages,
        delay_s,
        max_items,
        version,
    )


def in_words(source: Source) -> str:
    """For the audit trail: every entry that is not empty."""
    shown = asdict(source)
    kept = {name: value for name, value in shown.items() if name not in {"id", "version", "changed_at"} and value not in ((), "")}
    return "；".join(f"{LABELS.get(name, name)}：{value}" for name, value in kept.items())


def _chosen(choices: type[Choice], text: str, field: str) -> Choice:
    try:
        return choices(text)
    except ValueError as error:
        raise InvalidSource(field, f"请选择{LABELS[field]}。") from error


def _number(text: str, field: str) -> float:
    try:
        number = float(text.strip())
    except ValueError as error:
        raise InvalidSource(field, f"“{LABELS.get(field, field)}”请填写数字。") from error
    if not abs(number) < 1e9:
        raise InvalidSource(field, f"“{LABELS.get(field, field)}”请填写数字。")
    return number
