"""The measurements of `zhengwen evaluate all`, each as a section of the report. Only puts results side by side; others measure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from api.container import Container
from assistant.answer_status import AnswerStatus
from evaluation.ask_golden import without_keeping
from evaluation.completeness import CompletenessOutcome, ask_cases, load_cases
from evaluation.dataset_sections import measurements_on
from evaluation.evaluate_golden import evaluate_golden
from evaluation.evaluate_injection import injection_section, try_injections
from evaluation.evaluate_refusal import OUT_OF_SCOPE_FILE, evaluate_refusal, load_messages
from evaluation.figures import Mistake, Section, Table, never, share_of, stated_share
from evaluation.golden_files import GOLDEN_FOLDER, load_golden
from evaluation.injection_attempts import load_injections
from evaluation.intent_commands import demonstration_questions, refusal_counters
from evaluation.measurement import Measurement
from evaluation.privacy_commands import evaluate_privacy
from evaluation.privacy_probes import SEED
from evaluation.validity_traps import TrapOutcome, load_traps, spring_traps
from indexing.ports import Progress


def measurements(golden: Path = GOLDEN_FOLDER, datasets: Path | None = None) -> tuple[Measurement, ...]:
    """What is measured, in the order of the report; with the folder of public sets, those of its sets that are there."""
    own = (
        Measurement("golden", lambda container, say: evaluate_golden(container, load_golden(golden), say)),
        Measurement("validity", _validity),
        Measurement("injection", _injection),
        Measurement("completeness", _completeness),
        Measurement("refusal", _refusal),
        Measurement("privacy", lambda _container, _say: privacy_section(evaluate_privacy(None, SEED))),
    )
    return (*own, *measurements_on(datasets)) if datasets else own


def validity_section(outcomes: tuple[TrapOutcome, ...]) -> Section:
    right = {one.trap.id: not (one.wrongly_cited or one.missing or one.unexpected_status) for one in outcomes}
    return Section(
        name="validity",
        title="效力陷阱",
        about="在废止、失效、施行的前一天和当天，从不同的区问同一件事：不在效力之内的条文一条也不能引用。",
        figures=(
            share_of("as_labelled", "结果和依据都如标注", right),
            share_of("cites_binding", "引用了应当引用的", {one.trap.id: not one.missing for one in outcomes if one.trap.must_cite}),
            never("wrongly_cited", "引用了不应引用的文件", sum(bool(one.wrongly_cited) for one in outcomes), len(outcomes)),
            never("not_asked", "没有得到处理", sum(one.status in ("failed", "index_not_ready") for one in outcomes), len(outcomes)),
        ),
        mistakes=tuple(_trap_mistake(one) for one in outcomes if not right[one.trap.id]),
    )


def completeness_section(outcomes: Sequence[CompletenessOutcome]) -> Section:
    whole = {one.case.id: not one.missing for one in outcomes}
    return Section(
        name="completeness",
        title="完整性",
        about="问的条款有例外、有几项、有几个条件的，一样也不能漏；逐字对照条款原文。",
        figures=(
            share_of("complete", "一样也没有漏", whole),
            share_of("complete_of_cited", "引到了文件的：一样也没有漏", {one.case.id: whole[one.case.id] for one in outcomes if one.cited}),
            share_of("cited", "引到了文件", {one.case.id: one.cited for one in outcomes}),
        ),
        mistakes=tuple(_left_out(one) for one in outcomes if one.missing),
    )


def refusal_section(result: Mapping[str, Any]) -> Section:
    """From the JSON of `evaluate refusal`."""
    domains = tuple((name or "其他", ((share, 0),)) for name, share in result["by_domain"].items())
    return Section(
        name="refusal",
        title="与政务无关的话",
        about="闲聊、天气、菜谱之类应当不经查找就婉拒；指南里写明人们常问的问题，一个也不该当成闲聊。",
        figures=(
            stated_share("refused", "不经查找就婉拒", result["refused_without_search"], result["out_of_scope"]),
            stated_share("in_scope_refused", "误拒应当回答的问题", result["in_scope_refused"], result["in_scope"], higher_is_better=False),
        ),
        tables=(Table("按话题", ("不经查找就婉拒",), domains),) if len(domains) > 1 else (),
    )


def privacy_section(result: Mapping[str, Any]) -> Section:
    """From the JSON of `evaluate privacy`."""
    kinds: dict[str, Counter[str]] = defaultdict(Counter)
    for label, row in result["by_label"].items():
        kinds[label.partition("/")[0]].update({name: row[name] for name in ("values", "found", "masks", "false_alarms")})
    return Section(
        name="privacy",
        title="个人信息",
        about="自动生成和写好的句子，里面的身份证号、电话、银行卡、住址、姓名应当遮盖，文号、热线等应当原样保留。",
        figures=(
            stated_share("recall", "应遮盖的遮盖了（召回）", result["recall"], result["values"], goal=0.99),
            stated_share("precision", "遮盖的确是个人信息（精确）", result["precision"], result["masks"], goal=0.97),
        ),
        tables=(Table("按种类", ("召回", "精确"), tuple((kind, _of_kind(kinds[kind])) for kind in sorted(kinds) if kinds[kind].total())),),
    )


def _of_kind(counts: Counter[str]) -> tuple[tuple[float | None, int], ...]:
    right = counts["masks"] - counts["false_alarms"]
    return _part(counts["found"], counts["values"]), _part(right, counts["masks"])


def _part(count: int, of: int) -> tuple[float | None, int]:
    return (round(count / of, 4) if of else None, of)


def _validity(container: Container, say: Progress) -> Section:
    container.learn()
    return validity_section(spring_traps(without_keeping(container.assistant()), load_traps(), say))


def _refusal(container: Container, say: Progress) -> Section:
    unlearned, deployed = refusal_counters(container)
    talk = load_messages(OUT_OF_SCOPE_FILE)
    return refusal_section(evaluate_refusal(unlearned, deployed, talk, {"指南常见问题": demonstration_questions(container)}, say))


def _injection(container: Container, say: Progress) -> Section:
    container.learn()
    return injection_section(try_injections(container, load_injections(), say))


def _completeness(container: Container, say: Progress) -> Section:
    container.learn()
    return completeness_section(ask_cases(without_keeping(container.assistant()), load_cases(), say))


def _left_out(outcome: CompletenessOutcome) -> Mistake:
    case = outcome.case
    ended = AnswerStatus(outcome.status).label
    return Mistake(
        case.id, f"{case.question}（{case.region}，{case.as_of}）", f"依据 {case.provision}", f"{ended}，漏了：{'；'.join(outcome.missing)}"
    )


def _trap_mistake(outcome: TrapOutcome) -> Mistake:
    trap, wanted = outcome.trap, "或".join(AnswerStatus(status).label for status in outcome.trap.expect_status)
    return Mistake(
        case=trap.id,
        asked=f"{trap.question}（{trap.region}，{trap.as_of}）",
        expected=f"{wanted or '不限'}，引用 {'、'.join(trap.must_cite) or '不限'}，不引用 {'、'.join(trap.must_not_cite)}",
        got=f"{AnswerStatus(outcome.status).label}，引用 {'、'.join(outcome.cited) or '无'}",
        grave=bool(outcome.wrongly_cited),
    )
