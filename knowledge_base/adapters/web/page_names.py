"""What a fetched file is called: the last part of its address, with the suffix of its kind."""

from __future__ import annotations

import re
from email.message import Message
from pathlib import PurePosixPath
from urllib.parse import unquote

import httpx

from knowledge_base.adapters.web.fetching import WebAnswer
from knowledge_base.adapters.web.web_rules import WebRules
from knowledge_base.sources.errors import FetchRefused

_LONGEST = 120
_UNSAFE = re.compile(r"[\x00-\x1f\x7f/\\:*?\"<>|]+")
_SAME_KIND = {".htm": ".html", ".shtml": ".html", ".wps": ".doc"}


def name_of(answer: WebAnswer, rules: WebRules) -> str:
    """Raises FetchRefused for a kind of file nobody reads."""
    url = httpx.URL(answer.address)
    name = _disposed(answer.disposition) or unquote(url.path).rstrip("/").rpartition("/")[2] or url.host
    name = _UNSAFE.sub("_", name).strip(" .")[-_LONGEST:] or "page"
    suffix = PurePosixPath(name).suffix.lower()
    if answer.content_type in rules.generic_types:
        if suffix not in rules.suffixes:
            raise FetchRefused(answer.address, "网站没有说明文件的类型，没有获取。请在浏览器中打开核对。")
        return name
    wanted = rules.types.get(answer.content_type)
    if wanted is None:
        raise FetchRefused(answer.address, f"文件类型是 {answer.content_type[:60]}，不是能读取的政策文件，没有获取。")
    return name if _SAME_KIND.get(suffix, suffix) == wanted else name + wanted


def _disposed(disposition: str) -> str:
    """The file name of a Content-Disposition header, also in the form of RFC 6266."""
    if not disposition:
        return ""
    header = Message()
    header["Content-Disposition"] = disposition
    return (header.get_filename() or "").strip()
