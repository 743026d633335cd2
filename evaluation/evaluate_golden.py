"""Measure the deployed assistant on the golden set: `zhengwen evaluate golden`. Puts the questions, judges the answers, adds them up."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter

from api.container import Container
from assistant.models import Answer
from evaluation.ask_golden import AnsweredCase, GoldenCase, ask_golden
from evaluation.figures import Figure, Mistake, Section, Table, never, share_of
from evaluation.golden_set import GoldenSet, Kind, Split, Style
from evaluation.golden_verdicts import Verdict, judge
from evaluation.source_book import read_sources
from indexing.ports import Progress

_ANSWERED_GOAL, _REFUSED_GOAL = 0.92, 0.97
_SHOWN_CHARACTERS = 160
_BESIDE_THE_POINT = frozenset({Kind.MISSING, Kind.OUT_OF_SCOPE, Kind.FALSE_PREMISE, Kind.INJECTION})
_ABOUT = (
    "示范内容上写好、按条款标注的题目，一题一题地问部署的这一套；多轮的一句接一句地问。作答而没有引到标注的条款（或办事指南）算错；"
    "结果不在标注之列算错；“应为 0”的几项由评测自己对照政策库原文核对，不用答复流程里的核对。"
)


@dataclass(frozen=True, slots=True)
class Judged:
    case: GoldenCase
    answer: Answer
    verdict: Verdict

    @property
    def kind(self) -> Kind | None:
        """None for a turn of a conversation."""
        return self.case.question.kind if self.case.question else None

    @property
    def in_scope(self) -> bool:
        return self.kind is Kind.IN_SCOPE and self.case.expected.may_answer

    @property
    def cites_the_forbidden(self) -> bool:
        """What is expired, not yet in force, replaced or of another region. What misses the point is a mistake, but binds."""
        return bool(self.verdict.forbidden) and self.kind not in _BESIDE_THE_POINT

    @property
    def grave(self) -> bool:
        return self.cites_the_forbidden or bool(self.verdict.not_binding or self.verdict.invented)

    @property
    def must_refuse(self) -> bool:
        return self.kind is not None and not self.case.expected.may_answer


def evaluate_golden(container: Container, golden: GoldenSet, progress: Progress) -> Section:
    """Raises what the container raises where there is no model or no index."""
    started = perf_counter()
    container.learn()
    assistant, sources = container.assistant(), read_sources(container)
    headings = assistant.wording.facet_headings

    def judged(asked: AnsweredCase) -> Judged:
        return Judged(asked.case, asked.answer, judge(asked.answer, asked.case.expected, asked.case.asked, sources, headings))

    return golden_section([judged(asked) for asked in ask_golden(assistant, golden, progress)], perf_counter() - started)


def golden_section(judged: Sequence[Judged], seconds: float = 0.0) -> Section:
    singles = [one for one in judged if one.kind is not None]
    turns = [one for one in judged if one.kind is None]
    return Section(
        name="golden",
        title="金标题目",
        about=_ABOUT,
        figures=(*_of_questions(singles), *_of_conversations(turns), *_beside(judged), *_never(judged)),
        tables=tuple(table for table in _tables(singles, turns) if table.rows),
        mistakes=tuple(_mistake(one) for one in judged if not one.verdict.right),
        seconds=round(seconds, 1),
    )


def _of_questions(singles: Sequence[Judged]) -> tuple[Figure, ...]:
    in_scope = [one for one in singles if one.in_scope]
    refusals = [one for one in singles if one.must_refuse]
    return (
        share_of("answered", "范围之内：作答率", _shares(in_scope, lambda v: v.answered), goal=_ANSWERED_GOAL),
        share_of("right", "范围之内：答对（结果对，依据也对）", _shares(in_scope, lambda v: v.right)),
        share_of("provision", "作答的：引对条款", _shares(in_scope, lambda v: v.provision_right)),
        share_of("document", "作答的：引对文件", _shares(in_scope, lambda v: v.document_right)),
        share_of("refused", "不应作答：没有作答", _shares(refusals, lambda v: v.asked and not v.answered), goal=_REFUSED_GOAL),
        share_of("refused_as", "不应作答：结果也对", _shares(refusals, lambda v: v.status_right)),
    )


def _of_conversations(turns: Sequence[Judged]) -> tuple[Figure, ...]:
    of = {one.case.id: one.case.id.partition("/")[0] for one in turns}
    right = _shares(turns, lambda verdict: verdict.right)
    whole = {name: all(right[case] for case in right if of[case] == name) for name in dict.fromkeys(of.values())}
    return (
        share_of("turns", "多轮：每一句答对", right, groups=of),
        share_of("conversations", "多轮：整段都答对", whole),
    )


def _beside(judged: Sequence[Judged]) -> tuple[Figure, ...]:
    return (
        share_of("department", "承办单位正确", _shares(judged, lambda verdict: verdict.department_right)),
        share_of("facets", "指南：显示了所问的内容", _shares(judged, lambda verdict: verdict.facets_shown)),
    )


def _never(judged: Sequence[Judged]) -> tuple[Figure, ...]:
    def count(fault: Callable[[Judged], object]) -> int:
        return sum(bool(fault(one)) for one in judged)

    return (
        never("must_not_cite", "引用了失效、尚未生效或别处的文件（按标注）", count(lambda one: one.cites_the_forbidden), len(judged)),
        never("not_binding", "引用了当日当地不适用的文件（按政策库）", count(lambda one: one.verdict.not_binding), len(judged)),
        never("invented", "出现了出处里没有的数字、文号、电话、网址", count(lambda one: one.verdict.invented), len(judged)),
        never("not_asked", "没有得到处理", count(lambda one: not one.verdict.asked), len(judged)),
    )


def _shares(judged: Iterable[Judged], of: Callable[[Verdict], bool | None]) -> dict[str, bool]:
    """By case; without those the label says nothing of."""
    told = ((one.case.id, of(one.verdict)) for one in judged)
    return {case: outcome for case, outcome in told if outcome is not None}


def _tables(singles: Sequence[Judged], turns: Sequence[Judged]) -> tuple[Table, ...]:
    in_scope = [one for one in singles if one.in_scope]
    styles = {style.label: [one for one in in_scope if one.case.question and one.case.question.style is style] for style in Style}
    kinds = {kind.label: [one for one in singles if one.kind is kind] for kind in Kind}
    return (
        _table("范围之内，按说法", ("作答", "答对", "引对条款"), styles, (_answered, _right, _on_provision)),
        _table("按题目的种类", ("结果对", "答对", "作答"), kinds, (_ended_right, _right, _answered)),
        _table("开发题和测试题", ("答对",), {**_by_split(singles, "单题"), **_by_split(turns, "多轮每句")}, (_right,)),
    )


def _by_split(judged: Sequence[Judged], what: str) -> dict[str, list[Judged]]:
    names = {Split.DEV: "开发题（偶数号）", Split.TEST: "测试题（奇数号）"}
    return {f"{what}，{name}": [one for one in judged if _split(one) is split] for split, name in names.items()}


def _split(one: Judged) -> Split:
    case = one.case.question or one.case.conversation
    if case is None:
        raise AssertionError("every case is a question or belongs to a conversation")
    return case.split


def _table(
    title: str, columns: tuple[str, ...], groups: Mapping[str, Sequence[Judged]], of: tuple[Callable[[Verdict], bool | None], ...]
) -> Table:
    def cell(group: Sequence[Judged], outcome: Callable[[Verdict], bool | None]) -> tuple[float | None, int]:
        told = list(_shares(group, outcome).values())
        return (round(sum(told) / len(told), 4) if told else None, len(told))

    return Table(title, columns, tuple((name, tuple(cell(group, one) for one in of)) for name, group in groups.items() if group))


def _answered(verdict: Verdict) -> bool:
    return verdict.answered


def _right(verdict: Verdict) -> bool:
    return verdict.right


def _on_provision(verdict: Verdict) -> bool | None:
    return verdict.provision_right


def _ended_right(verdict: Verdict) -> bool:
    return verdict.status_right


def _mistake(one: Judged) -> Mistake:
    expected, verdict, asked = one.case.expected, one.verdict, one.case.asked
    wanted = "或".join(sorted(status.label for status in expected.statuses))
    sources = "、".join((*expected.provisions, *expected.guides)[:4])
    faults = [f"不应引用 {document}" for document in verdict.forbidden] + [f"当日当地不适用 {document}" for document in verdict.not_binding]
    faults += [f"{value.where}里的{value.kind}“{value.text}”没有出处" for value in verdict.invented]
    got = f"{verdict.status.label}" + (f"，引用 {'、'.join(verdict.cited[:4])}" if verdict.cited else "")
    return Mistake(
        case=one.case.id,
        asked=" → ".join(asked.texts)[-_SHOWN_CHARACTERS:] + f"（{asked.region or '没有说地区'}，{asked.as_of}）",
        expected=wanted + (f"，依据 {sources}" if sources else ""),
        got="；".join((got, *faults)),
        grave=one.grave,
    )
