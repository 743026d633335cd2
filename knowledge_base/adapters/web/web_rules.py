"""Limits of requests, kinds of files and lines of frames, loaded from web.toml."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

WEB_RULES_FILE = Path(__file__).with_name("web.toml")


@dataclass(frozen=True, slots=True)
class FetchLimits:
    """Seconds and bytes as the names say; the rest counts redirects, sitemaps or pages."""

    connect_s: float
    read_s: float
    total_s: float
    max_redirects: int
    max_file_bytes: int
    max_list_bytes: int
    max_robots_bytes: int
    max_text_bytes: int
    spool_bytes: int
    max_sitemaps: int
    max_sitemap_depth: int
    max_list_pages: int
    max_crawl_delay_s: float


@dataclass(frozen=True, slots=True)
class WebRules:
    """`types`: suffix by content type; `generic_types` say nothing of the kind; `frame_line` matches a line that changes by itself."""

    limits: FetchLimits
    types: Mapping[str, str]
    generic_types: frozenset[str]
    suffixes: frozenset[str]
    frame_line: re.Pattern[str]
    longest_frame_line: int


def load_web_rules(path: Path = WEB_RULES_FILE) -> WebRules:
    """Raises TypeError where a limit is missing or unknown."""
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    generic, frame = table["generic"], table["frame"]
    return WebRules(
        limits=FetchLimits(**table["limits"]),
        types=table["types"],
        generic_types=frozenset(generic["types"]),
        suffixes=frozenset(generic["suffixes"]),
        frame_line=re.compile("|".join(f"(?:{line})" for line in frame["lines"])),
        longest_frame_line=frame["longest"],
    )
