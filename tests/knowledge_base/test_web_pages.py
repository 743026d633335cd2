"""Web pages of government sites: article, title, tables, stated metadata."""

from __future__ import annotations

import pytest

from knowledge_base.adapters.parsers.html import HtmlParser, load_html_rules
from knowledge_base.adapters.parsers.limits import load_limits
from knowledge_base.adapters.parsers.metadata_hints import load_hint_names
from knowledge_base.errors import UnreadableDocument
from knowledge_base.models import ParsedText
from tests.knowledge_base.office_files import ARTICLES, raw

PAGE = f"""<!DOCTYPE html><html><head><meta charset="CHARSET"><title>居住证管理办法_示范市人民政府</title>
<meta name="ArticleTitle" content="示范市居住证管理办法"><meta name="PubDate" content="2024-06-20 09:30">
<meta name="ContentSource" content="SOURCE"><meta name="Url" content="https://www.shifan.example/1.html"></head>
<body><nav><a href="/">首页</a><a href="/zc">政策</a></nav>
<table><tr><td>索 引 号：</td><td>000014/2024-1</td><td>发文字号：</td><td>示政发〔2024〕12号</td></tr>
<tr><td>成文日期：</td><td>2024年6月18日</td></tr></table>
<div class="TRS_Editor"><style>p{{color:red}}</style><p>　　{ARTICLES[0]}</p><p>{ARTICLES[1]}<br>另起一行。</p>
<table><tr><th>材料</th><th>份数</th></tr><tr><td>居民<br>户口簿</td><td>1</td></tr></table>
<ol><li>到窗口提交</li><li>领取证件</li></ol></div>
<footer>版权所有 示范市人民政府办公室</footer><script>var a = "不应出现";</script></body></html>"""


def read(source: str, encoding: str = "utf-8") -> ParsedText:
    parser = HtmlParser(load_limits(), load_hint_names(), load_html_rules())
    (parsed,) = parser.parse(raw("1.html", source.encode(encoding)))
    return parsed


@pytest.mark.parametrize(("charset", "encoding"), [("utf-8", "utf-8"), ("gb2312", "gb18030"), ("big5", "utf-8")])
def test_the_article_is_read_without_navigation_footer_and_scripts(charset: str, encoding: str) -> None:
    lines = read(PAGE.replace("CHARSET", charset), encoding).text.split("\n")
    assert lines == [*ARTICLES[:2], "另起一行。", "材料 | 份数", "居民 户口簿 | 1", "1. 到窗口提交", "2. 领取证件"]


def test_what_the_page_states_becomes_hints() -> None:
    parsed = read(PAGE.replace("SOURCE", "示范市公安局"))
    assert parsed.title == "示范市居住证管理办法"
    assert parsed.hints == {
        "title": "示范市居住证管理办法",
        "published_on": "2024-06-20",
        "issuing_authorities": "示范市公安局",
        "source_url": "https://www.shifan.example/1.html",
        "document_number": "示政发〔2024〕12号",
        "signed_on": "2024-06-18",
    }


@pytest.mark.parametrize("source", ["示范日报", "本网", "中国政府网"])
def test_a_newspaper_or_site_is_not_taken_for_the_issuing_authority(source: str) -> None:
    assert "issuing_authorities" not in read(PAGE.replace("SOURCE", source)).hints


def test_a_page_without_a_known_container_loses_no_article() -> None:
    body = "".join(f"<p>{article}</p>" for article in ARTICLES)
    lines = read(f"<html><head><title>办法 - 示范市</title></head><body><div id='x'>{body}</div></body></html>")
    assert [line for line in lines.text.split("\n") if line.startswith("第")] == list(ARTICLES)
    assert lines.title == "办法"


def test_a_page_filled_by_scripts_is_refused_with_advice() -> None:
    with pytest.raises(UnreadableDocument, match="脚本"):
        read("<html><body><div id='app'></div><script>load()</script></body></html>")
