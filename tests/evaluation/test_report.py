"""The report: one file that needs nothing else, says what changed, and shows text as text."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from selectolax.lexbor import LexborHTMLParser

from evaluation.baselines import Baseline, read_baseline, save_baseline
from evaluation.figures import Figure, Mistake, Section, Table, Unit, never, share_of, stated_share
from evaluation.report import render_report

MADE = {"on": "2026-11-22", "version": "0.4.0", "embedder": "multilingual-e5-small@1/int8"}
HOSTILE = "<script>alert(1)</script>"


def outcomes(right: int, of: int = 200) -> dict[str, bool]:
    return {f"g-{number:04d}": number < right for number in range(of)}


def a_section(right: int = 150, invented: int = 0, asked: str = "居住证怎么办") -> Section:
    return Section(
        name="golden",
        title="金标题目",
        about="一题一题地问。",
        figures=(
            share_of("answered", "作答率", outcomes(right), goal=0.92),
            share_of("turns", "多轮", {}),
            stated_share("refused", "婉拒", 0.99, 300, goal=0.97),
            never("invented", "编造的数字", invented, 200),
            Figure("p95", "用时", 12.5, 200, Unit.MILLISECONDS, higher_is_better=False),
        ),
        tables=(Table("按说法", ("作答",), (("方言", ((0.5, 10),)), ("错别字", ((None, 0),)))),),
        mistakes=(Mistake("g-0199", asked, "已依据条款答复", "没有找到依据", grave=invented > 0),),
    )


def page(section: Section | None = None, baseline: Baseline | None = None) -> LexborHTMLParser:
    return LexborHTMLParser(render_report([section or a_section()], baseline or Baseline(), MADE))


def row_of(tree: LexborHTMLParser, label: str) -> str:
    """The words of the table row of a figure."""
    rows = [row for row in tree.css("table.figures tbody tr") if (head := row.css_first("th")) and head.text(strip=True) == label]
    assert len(rows) == 1
    return " ".join(rows[0].text(separator=" ").split())


@pytest.fixture
def earlier(tmp_path: Path) -> Baseline:
    save_baseline([a_section()], {**MADE, "on": "2026-11-01"}, tmp_path)
    return read_baseline(tmp_path)


def test_it_asks_for_nothing_outside_itself() -> None:
    tree = page()
    assert not [node.tag for node in tree.css("[src], link, img, iframe, object")]
    assert not re.search(r"url\(|@import", "".join(style.text() for style in tree.css("style")))
    assert all((link.attributes.get("href") or "").startswith("#") for link in tree.css("a"))


def test_every_link_leads_somewhere_on_the_page() -> None:
    tree = page()
    ids = {node.attributes["id"] for node in tree.css("[id]")}
    assert {(link.attributes.get("href") or "")[1:] for link in tree.css("a")} <= ids


def test_a_figure_is_shown_with_its_interval_its_cases_and_its_goal() -> None:
    row = row_of(page(), "作答率")
    assert "75.0%" in row
    assert "200 题" in row
    assert re.search(r"6\d\.\d–8\d\.\d%", row)
    assert "≥ 92.0% 没有达到" in row
    assert "没有可比的基线" in row


def test_a_figure_of_nothing_says_so() -> None:
    assert "没有题目" in row_of(page(), "多轮")


def test_a_goal_that_is_reached_is_told_apart_in_words() -> None:
    assert "≥ 97.0% 达到" in row_of(page(), "婉拒")


def test_what_must_be_zero_and_is_not_stands_at_the_top() -> None:
    card = page(a_section(invented=3)).css_first(".card.bad")
    assert card is not None
    assert "编造的数字" in card.text()
    assert "必须为 0" in row_of(page(a_section(invented=3)), "编造的数字")


def test_a_change_beyond_chance_names_the_cases_that_turned_wrong(earlier: Baseline) -> None:
    row = row_of(page(a_section(right=100), earlier), "作答率")
    assert "变差" in row
    assert "上次 75.0%" in row
    assert "50 题由对变错：g-0100" in row


def test_a_change_within_chance_is_called_that(earlier: Baseline) -> None:
    assert "在波动范围内" in row_of(page(a_section(right=148), earlier), "作答率")


def test_the_baseline_is_named_with_its_day(earlier: Baseline) -> None:
    assert "基线：2026-11-01，版本 0.4.0" in page(baseline=earlier).text()


def test_the_chart_is_given_the_shares_in_percent(earlier: Baseline) -> None:
    script = page(a_section(right=100), earlier).css_first("[data-chart] script")
    assert script is not None
    chart = json.loads(script.text())
    assert chart["labels"] == ["作答率", "婉拒"]
    assert (chart["values"], chart["before"], chart["goals"]) == ([50.0, 99.0], [75.0, 99.0], [92.0, 97.0])


def test_groups_without_cases_show_a_dash() -> None:
    table = page().css_first("table.groups")
    assert table is not None
    assert "50.0%（10）" in table.text()
    assert "—" in table.text()


def test_questions_are_shown_as_text() -> None:
    tree = page(a_section(asked=HOSTILE))
    assert HOSTILE in (tree.css_first(".mistakes") or tree).text()
    assert not tree.css(".mistakes script")


def test_a_grave_mistake_is_marked_in_words() -> None:
    assert "不允许" in (page(a_section(invented=1)).css_first(".mistakes li.grave") or page()).text()
    assert not page().css(".mistakes li.grave")
