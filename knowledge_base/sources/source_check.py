"""Refuse a source that makes no sense before it is kept. Asks nobody; whether an address may be reached, its place decides."""

from __future__ import annotations

from dataclasses import replace

from knowledge_base.sources.errors import InvalidSource
from knowledge_base.sources.models import Source, SourceKind
from knowledge_base.sources.source_rules import SourceRules

_LONGEST_ADDRESS = 2000
_LONGEST_LABEL = 60


def checked(source: Source, rules: SourceRules) -> Source:
    """The source without blanks around its entries. Raises InvalidSource with the field and what to do."""
    tidy = replace(
        source,
        label=" ".join(source.label.split()),
        address=source.address.strip(),
        include=_lines(source.include),
        exclude=_lines(source.exclude),
        topics=_lines(source.topics),
        link_selector=source.link_selector.strip(),
        more_pages=source.more_pages.strip(),
    )
    _check_words(tidy)
    _check_numbers(tidy, rules)
    return tidy


def _check_words(source: Source) -> None:
    if not source.label:
        raise InvalidSource("label", "请填写来源的名称。")
    if len(source.label) > _LONGEST_LABEL:
        raise InvalidSource("label", f"名称太长，请不要超过 {_LONGEST_LABEL} 个字。")
    if not source.address:
        raise InvalidSource("address", "请填写地址：文件夹的路径，或网站地图、列表页、订阅源的网址。")
    if len(source.address) > _LONGEST_ADDRESS:
        raise InvalidSource("address", f"地址太长，请不要超过 {_LONGEST_ADDRESS} 个字符。")
    if source.more_pages and "{n}" not in source.more_pages:
        raise InvalidSource("more_pages", "后续页的网址要用 {n} 表示页码，例如 https://www.shifan.example/zcwj/index_{n}.html。")
    if source.more_pages and source.kind is not SourceKind.LIST_PAGE:
        raise InvalidSource("more_pages", "只有列表页可以填写后续页的网址。")


def _check_numbers(source: Source, rules: SourceRules) -> None:
    if not rules.min_delay_s <= source.delay_s <= rules.max_delay_s:
        raise InvalidSource("delay_s", f"两次请求的间隔应在 {rules.min_delay_s:g} 至 {rules.max_delay_s:g} 秒之间。")
    if not 1 <= source.max_items <= rules.max_items:
        raise InvalidSource("max_items", f"每次最多项数应在 1 至 {rules.max_items} 之间。")
    if not 0 <= source.schedule.hour <= 23 or not 0 <= source.schedule.weekday <= 6:
        raise InvalidSource("hour", "请选择几点开始（0 至 23 点）和星期几。")
    for field in ("include", "exclude"):
        if len(getattr(source, field)) > rules.max_patterns:
            raise InvalidSource(field, f"网址规则请不要超过 {rules.max_patterns} 行。")


def _lines(entries: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(entry.strip() for entry in entries if entry.strip()))
