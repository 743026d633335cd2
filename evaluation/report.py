"""Turn results into one HTML page that opens from a file, without a network, and can be read on a phone. Measures nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

import api
from evaluation.baselines import Baseline
from evaluation.comparison import Change, Comparison, compare
from evaluation.figures import Figure, Section, Unit

_PAGE = Path(__file__).with_name("report_page")
# The one the console's pages carry, with its licence beside it.
_CHARTS = Path(str(api.__file__)).with_name("web") / "static" / "vendor" / "chartjs" / "chart.umd.min.js"
_SHOWN_FLIPS = 12


@dataclass(frozen=True, slots=True)
class ShownFigure:
    """A figure with its words: `state` is "reached", "short", "broken" (must be zero and is not) or "" where there is no goal."""

    figure: Figure
    compared: Comparison

    @property
    def state(self) -> str:
        if self.figure.reached is None:
            return ""
        if self.figure.must_be_zero and not self.figure.reached:
            return "broken"
        return "reached" if self.figure.reached else "short"

    @property
    def state_words(self) -> str:
        return {"reached": "达到", "short": "没有达到", "broken": "必须为 0", "": ""}[self.state]

    @property
    def value(self) -> str:
        return number_words(self.figure, self.figure.value)

    @property
    def before(self) -> str:
        return number_words(self.figure, self.compared.before) if self.compared.before is not None else ""

    @property
    def interval(self) -> str:
        found = self.figure.interval
        return f"{found.low * 100:.1f}–{found.high * 100:.1f}%" if found else ""

    @property
    def goal(self) -> str:
        if self.figure.goal is None:
            return ""
        sign = "≥" if self.figure.higher_is_better else "=" if self.figure.must_be_zero else "≤"
        return f"{sign} {number_words(self.figure, self.figure.goal)}"

    @property
    def turned(self) -> str:
        """Which cases changed, where single cases are known."""
        found = self.compared.flips
        if found is None or not (found.gained or found.lost):
            return ""
        lost = f"：{'、'.join(found.lost[:_SHOWN_FLIPS])}{' 等' if len(found.lost) > _SHOWN_FLIPS else ''}" if found.lost else ""
        return f"{len(found.gained)} 题由错变对，{len(found.lost)} 题由对变错{lost}"


@dataclass(frozen=True, slots=True)
class ShownSection:
    section: Section
    figures: tuple[ShownFigure, ...]
    chart: Mapping[str, Any]
    compared_with: str


def render_report(sections: Sequence[Section], baseline: Baseline, made: Mapping[str, str]) -> str:
    """The page as HTML. `made`: see `provenance.made_with`."""
    shown = [_shown(section, baseline) for section in sections]
    return render_page(
        "report.html",
        sections=shown,
        made=made,
        broken=_with_state(shown, "broken"),
        short=_with_state(shown, "short"),
        reached=_with_state(shown, "reached"),
        worse=_with_change(shown, Change.WORSE),
        better=_with_change(shown, Change.BETTER),
    )


def render_page(template: str, **shown: object) -> str:
    """A template of `report_page` with its style, its charts and what it is to show, in one file that needs nothing else."""
    # StrictUndefined: a name misspelt in the template is an error, not a gap on the page.
    environment = Environment(
        loader=FileSystemLoader(_PAGE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["share"] = share_words
    return environment.get_template(template).render(
        **shown,
        style=(_PAGE / "report.css").read_text(encoding="utf-8"),
        charts=_CHARTS.read_text(encoding="utf-8"),
        script=(_PAGE / "report.js").read_text(encoding="utf-8"),
    )


def number_words(figure: Figure, number: float | None) -> str:
    if number is None:
        return "没有题目"
    if figure.unit is Unit.SHARE:
        return f"{number * 100:.1f}%"
    if figure.unit is Unit.MILLISECONDS:
        return f"{number:.1f} 毫秒"
    return f"{number:.0f} 字" if figure.unit is Unit.CHARACTERS else f"{number:.0f}"


def share_words(cell: tuple[float | None, int]) -> str:
    share, cases = cell
    if share is None:
        return "—"
    return f"{share * 100:.1f}%" + (f"（{cases}）" if cases else "")


def _shown(section: Section, baseline: Baseline) -> ShownSection:
    before = baseline.figures_of(section.name)
    figures = tuple(ShownFigure(figure, compare(figure, before.get(figure.name))) for figure in section.figures)
    return ShownSection(section, figures, _chart(figures), _made_words(baseline.made.get(section.name, {})))


def _chart(figures: Sequence[ShownFigure]) -> dict[str, Any]:
    """What report.js draws: shares in percent; null where there is nothing."""
    shares = [one for one in figures if one.figure.unit is Unit.SHARE and one.figure.value is not None]
    return {
        "labels": [one.figure.label for one in shares],
        "values": [_percent(one.figure.value) for one in shares],
        "low": [_percent(one.figure.interval.low if one.figure.interval else None) for one in shares],
        "high": [_percent(one.figure.interval.high if one.figure.interval else None) for one in shares],
        "goals": [_percent(one.figure.goal) for one in shares],
        "before": [_percent(one.compared.before) for one in shares],
    }


def _percent(share: float | None) -> float | None:
    return None if share is None else round(share * 100, 2)


def _with_state(shown: Sequence[ShownSection], state: str) -> list[tuple[ShownSection, ShownFigure]]:
    return [(section, figure) for section in shown for figure in section.figures if figure.state == state]


def _with_change(shown: Sequence[ShownSection], change: Change) -> list[tuple[ShownSection, ShownFigure]]:
    return [(section, figure) for section in shown for figure in section.figures if figure.compared.change is change]


def _made_words(made: Mapping[str, str]) -> str:
    return "，".join(filter(None, (made.get("on", ""), f"版本 {made['version']}" if made.get("version") else "", made.get("embedder", ""))))
