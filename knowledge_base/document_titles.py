"""The title of a document that states none: its first lines that read like one."""

from __future__ import annotations

import re

from knowledge_base.document_numbers import find_document_numbers
from knowledge_base.outline_grammar import line_candidate
from knowledge_base.outline_lines import Line, read_lines

_FIRST_LINES = 25
_LONGEST = 60
_MOST_LINES = 5
_KIND = re.compile(
    r"(?:通知|意见|办法|条例|规定|细则|方案|决定|决议|公告|通告|通报|公报|函|复函|批复|答复|规则|法|解释|规程|规范|标准|预案|纲要|计划|规划|章程|指南"
    r"|须知|措施|报告|纪要|要点|清单|制度|准则|政策|协定|安排|批示|讲话|解读|问答)(?:[（(][^（）()]{1,20}[）)]){0,2}$"
)
_FURNITURE = re.compile(
    r"^(?:\[|\||[-—_=*]{3,}|等级|签发|抄[送报]|发电|主送|总理|部长|局长|主席|省长|市长|主任|索\s*引|发文|发布|来源|时间|日期|成文)|^(?!.*关于).*(?:文件|规章|公报)$|令$|[:：]$|[\d〇○一二三四五六七八九]{4}\s*年.{0,8}日$"
)
_ABOUT = re.compile(r"关于|印发|转发")
_ENDS_ABOUT = re.compile(
    r"的(?:[\u3400-\u9fff]{0,6})?(?:通知|意见|函|复函|决定|公告|批复|通报|通告|答复|解释|规定|报告|决议|办法|方案|措施|解读)(?:[（(][^（）()]{1,20}[）)]){0,2}$"
)
_SPACES = re.compile(r"(?<=[\u3400-\u9fff])[ \u3000]+(?=[\u3400-\u9fff])")


def guess_title(text: str) -> str:
    """The first run of short lines that ends like the name of a document, joined; else the first line, at most 60 characters of it."""
    lines = read_lines(text[:4000])[:_FIRST_LINES]
    for line in lines:
        if text.startswith("# ", line.start):
            return clean_title(line.text)
    for index in range(len(lines)):
        if title := _title_from(lines, index):
            return title
    first = next((line for line in lines if line.has_words and not _FURNITURE.search(line.text)), lines[0] if lines else None)
    return clean_title(first.text)[:_LONGEST] if first else ""


def clean_title(words: str) -> str:
    """Without 《》 around it and without the spaces that spread a title over its line."""
    title = " ".join(words.split())
    if title.startswith("《") and title.endswith("》") and title.count("《") == 1:
        title = title[1:-1]
    return _SPACES.sub("", title).strip()


def _title_from(lines: tuple[Line, ...], begin: int) -> str:
    """The lines from `begin` to the first that ends like a title; "关于…" goes on to its "的通知", if that is near."""
    words, title = "", ""
    for index in range(begin, min(len(lines), begin + _MOST_LINES)):
        if not _may_belong(lines[index], index):
            break
        words += clean_title(lines[index].text)
        if _ABOUT.search(words) and _ENDS_ABOUT.search(words):
            return clean_title(words)
        if _KIND.search(words) and not title:
            title = clean_title(words)
            if not _ABOUT.search(words):
                break
    return title


def _may_belong(line: Line, index: int) -> bool:
    if len(line.text) > _LONGEST or line.ends_sentence or not line.has_words or line.text[0] in "（(" or _FURNITURE.search(line.text):
        return False
    is_number = any(number.end - number.start > len(line.text) - 12 for number in find_document_numbers(line.text))
    return not is_number and line_candidate(line, index, bare_digits=False) is None
