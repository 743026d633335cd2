"""What the report draws: lines over clients at one size, and over sizes. Measures and decides nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from evaluation.benchmarks.load.cells import ENGINE_WORDS, ENGINES, Outcome
from evaluation.benchmarks.load.goals import ANSWER_GOAL_MS, GOAL_CLIENTS, SEARCH_GOAL_MS, passages_words

Number = float | None
Figure = Callable[[Outcome], Number]


@dataclass(frozen=True, slots=True)
class Line:
    """`kind` is "service", "limit" or "goal"; lines of one `look` have one colour and one mark."""

    label: str
    values: list[Number]
    kind: str = "service"
    look: int = 0


@dataclass(frozen=True, slots=True)
class Chart:
    """`name` is unique on the page. `x` are the words below the horizontal axis, one for each value of a line."""

    name: str
    title: str
    unit: str
    x_title: str
    x: list[str]
    series: list[Line] = field(default_factory=list)
    log: bool = False


_HELLO, _EMBED, _SCAN = ("hello", "FastAPI 空路由", 2), ("embed", "单算问题向量", 3), ("scan", "numpy 全扫", 4)


@dataclass(frozen=True, slots=True)
class _Axis:
    """`name` is the field of an outcome that stands below the chart, `places` its values."""

    name: str
    places: list[int]

    def line(self, words: str, found: Sequence[Outcome], figure: Figure, look: int, kind: str = "service") -> Line:
        return Line(words, [self._value(found, place, figure) for place in self.places], kind, look)

    def services(self, cells: Sequence[Outcome], figure: Figure) -> list[Line]:
        """One for every engine and number of processes; each looks the same in every chart."""
        known = sorted({(ENGINES.index(cell["engine"]), cell["processes"]) for cell in cells})
        return [
            self.line(
                f"{ENGINE_WORDS[ENGINES[engine]]}，{processes} 进程",
                [cell for cell in cells if (cell["engine"], cell["processes"]) == (ENGINES[engine], processes)],
                figure,
                2 * engine + (processes > 1),
            )
            for engine, processes in known
        ]

    def engines(self, found: Sequence[Outcome], figure: Figure) -> list[Line]:
        own = {engine: [each for each in found if each["engine"] == engine] for engine in ENGINES}
        return [self.line(ENGINE_WORDS[engine], own[engine], figure, 2 * ENGINES.index(engine)) for engine in ENGINES if own[engine]]

    def _value(self, found: Sequence[Outcome], place: int, figure: Figure) -> Number:
        """The median where several stand at one place, as limits do: they are measured beside every service."""
        told = sorted(number for each in found if each[self.name] == place and (number := figure(each)) is not None)
        return told[len(told) // 2] if told else None


def charts_over_clients(passages: int, cells: Sequence[Outcome]) -> list[Chart]:
    """`cells` are all of this size."""
    axis = _Axis("clients", sorted({cell["clients"] for cell in cells}))

    def chart(title: str, way: str, figure: str, *beside: Line) -> Chart:
        unit = {"per_s": "每秒", "cpu_ms": "毫秒处理器时间"}.get(figure, "毫秒")
        lines = axis.services(cells, lambda cell: cell[way].get(figure))
        places = [str(count) for count in axis.places]
        return Chart(f"{way}-{figure}-{passages}", title, unit, "同时问的人数", places, [*lines, *beside], log=True)

    def limits(figure: str, *which: tuple[str, str, int]) -> list[Line]:
        return [axis.line(words, cells, lambda cell, way=way: cell[way].get(figure), look, "limit") for way, words, look in which]  # type: ignore[misc]  # a lambda's default

    promised = {GOAL_CLIENTS: SEARCH_GOAL_MS[passages]} if passages in SEARCH_GOAL_MS else {}
    search_goal, answer_goal = _goals(axis, promised), _goals(axis, ANSWER_GOAL_MS)
    return [
        chart("检索 p95，不停地问", "search", "p95_ms", *limits("p95_ms", _HELLO, _EMBED, _SCAN), *search_goal),
        chart("检索 p50，不停地问", "search", "p50_ms", *limits("p50_ms", _HELLO, _EMBED, _SCAN)),
        chart("检索 p95，不停地问，其间切换快照", "switching", "p95_ms", *limits("p95_ms", _HELLO, _EMBED), *search_goal),
        chart("检索 p95，每人每秒一次，其间切换快照", "paced", "p95_ms", *limits("p95_ms", _HELLO), *search_goal),
        chart("每秒检索几次", "search", "per_s", *limits("per_s", _HELLO, _EMBED, _SCAN)),
        chart("每秒答复几个", "answer", "per_s", *limits("per_s", _EMBED)),
        chart("答复 p95，不停地问", "answer", "p95_ms", *answer_goal),
        chart("答复 p50，不停地问", "answer", "p50_ms"),
        chart("一次检索用的处理器时间", "search", "cpu_ms"),
        chart("一个答复用的处理器时间", "answer", "cpu_ms"),
    ]


def charts_over_passages(cells: Sequence[Outcome], builds: Sequence[Outcome], refreshes: Sequence[Outcome]) -> list[Chart]:
    axis = _Axis("passages", sorted({each["passages"] for each in [*cells, *builds]}))
    many = max((cell["clients"] for cell in cells if cell["clients"] <= GOAL_CLIENTS), default=GOAL_CLIENTS)
    alone, busy = ([cell for cell in cells if cell["clients"] == count] for count in (1, many))

    def chart(name: str, title: str, unit: str, *lines: Line) -> Chart:
        return Chart(f"size-{name}", title, unit, "段落", [passages_words(size) for size in axis.places], list(lines), log=True)

    scan = axis.line("numpy 全扫，1 个线程", alone, lambda cell: cell["scan"].get("p50_ms"), 4, "limit")
    with_database = [cell for cell in busy if cell["database_mib"]]
    database = [axis.line("PostgreSQL 服务器本身", with_database, lambda cell: cell["database_mib"], 4, "limit")] if with_database else []
    return [
        chart("alone", "1 人检索 p50", "毫秒", *axis.services(alone, lambda cell: cell["search"].get("p50_ms")), scan),
        chart("search-rate", f"{many} 人时每秒检索几次", "每秒", *axis.services(busy, lambda cell: cell["search"]["per_s"])),
        chart("answer-rate", f"{many} 人时每秒答复几个", "每秒", *axis.services(busy, lambda cell: cell["answer"]["per_s"])),
        chart("memory", f"{many} 人时内存的最大值", "MiB", *axis.services(busy, lambda cell: cell["memory_mib"]), *database),
        chart("build", "建索引（不含算向量）", "秒", *axis.engines(builds, lambda build: build["build_s"])),
        chart("refresh", "发布一份十条的文件，更新索引", "秒", *axis.engines(refreshes, lambda refresh: refresh["refresh_s"])),
    ]


def _goals(axis: _Axis, goals: dict[int, float]) -> list[Line]:
    """A level line where there is one goal, else from goal to goal."""
    if len(goals) == 1:
        return [Line(f"目标（{count} 人）", [goal] * len(axis.places), "goal") for count, goal in goals.items() if count in axis.places]
    values = [goals.get(place) for place in axis.places]
    return [Line("目标（1 人、50 人）", values, "goal")] if any(values) else []
