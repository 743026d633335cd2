"""zhengwen evaluate golden: the questions of the golden set, and the gate of make check."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from api.commands.console import CommandFailed, SayProgress, open_container, out, print_rows, progress_bars, read_settings
from api.container import Container
from evaluation.baselines import BASELINES_FOLDER, Baseline, read_baseline, result_fields, save_baseline
from evaluation.comparison import compare, regressions
from evaluation.delivery import OutFile, measured, write_json
from evaluation.demonstration_workspace import open_demonstration
from evaluation.evaluate_golden import evaluate_golden
from evaluation.figures import Figure, Section
from evaluation.golden_files import CONVERSATION_FILE, GOLDEN_FOLDER, QUESTION_FILES, load_golden
from evaluation.golden_set import Split
from evaluation.provenance import made_with

_NAME = "golden"
_SHOWN = 30

Folder = Annotated[
    Path, typer.Option("--folder", help=f"金标题目的文件夹：{'、'.join((*QUESTION_FILES, CONVERSATION_FILE))}，有哪些读哪些，至少要有一个")
]
Part = Annotated[Split, typer.Option("--split", help="只问开发题（偶数号）、只问测试题（奇数号），或者全部")]
Gate = Annotated[bool, typer.Option("--gate", help="在单独准备的示范内容上问，比基线明显变差、或者有应为 0 而不为 0 的就以非零退出")]
Save = Annotated[bool, typer.Option("--save-baseline", help="把结果写成新的基线")]
BaselineFile = Annotated[Path | None, typer.Option("--baseline", help="用来比较的基线：文件，或者放基线的文件夹；不填用随程序的基线")]


def golden(  # noqa: PLR0913, PLR0917 - one parameter per option of the command
    folder: Folder = GOLDEN_FOLDER,
    split: Part = Split.ALL,
    gate: Gate = False,
    save: Save = False,
    baseline: BaselineFile = None,
    out_file: OutFile = None,
) -> None:
    """金标题目：作答率、引对条款、拒答率、承办单位、多轮；引用失效文件、编造数字（应为 0）。"""
    refuse_other_content(save, gate, baseline)
    earlier: Baseline = measured(lambda: {"baseline": read_baseline(baseline, to_be_written=save)})["baseline"]
    with progress_bars() as say:
        found: dict[str, Any] = measured(lambda: _ask(folder, split, gate, say))
    section: Section = found["section"]
    _show(section, earlier)
    if out_file:
        write_json(golden_fields(section, found["made"]), out_file)
    if save:
        (path,) = save_baseline([section], found["made"], baseline or BASELINES_FOLDER)
        out.print(f"新的基线已写入 {path}。", markup=False)
    elif gate:
        pass_or_stop(section, earlier)


def _ask(folder: Path, split: Split, gate: bool, say: SayProgress) -> dict[str, Any]:
    questions = load_golden(folder).part(split)
    container: Container = open_demonstration(read_settings(), say) if gate else open_container()
    section = evaluate_golden(container, questions, say)
    return {"section": section, "made": made_with(container)}


def golden_fields(section: Section, made: dict[str, str]) -> dict[str, Any]:
    """The JSON of the command: {"made", "sections": {"golden": {"title", "figures": {…}}}, "tables", "mistakes"}."""
    tables = {
        table.title: {name: dict(zip(table.columns, [share for share, _cases in cells], strict=True)) for name, cells in table.rows}
        for table in section.tables
    }
    return {**result_fields([section], made), "tables": tables, "mistakes": mistake_fields(section)}


def mistake_fields(section: Section) -> list[dict[str, Any]]:
    return [asdict(mistake) for mistake in section.mistakes]


def _show(section: Section, earlier: Baseline) -> None:
    before = earlier.figures_of(_NAME)
    rows = []
    for figure in section.figures:
        compared = compare(figure, before.get(figure.name))
        rows.append((figure.label, written(figure), str(figure.cases), _goal(figure), compared.change.label))
    print_rows(("指标", "结果", "题数", "目标", "与基线相比"), rows)
    for mistake in [one for one in section.mistakes if one.grave][:_SHOWN]:
        out.print(f"{mistake.case}　{mistake.asked}\n  应为：{mistake.expected}\n  结果：{mistake.got}", markup=False)
    out.print(f"共 {len(section.mistakes)} 题不对，用时 {section.seconds:.0f} 秒；逐题的内容用 --json 写出。", markup=False)


def written(figure: Figure) -> str:
    if figure.value is None:
        return "没有题目"
    if figure.must_be_zero:
        return f"{figure.value:.0f}"
    interval = f"（{figure.interval.low:.3f}–{figure.interval.high:.3f}）" if figure.interval else ""
    return f"{figure.value:.3f}{interval}"


def _goal(figure: Figure) -> str:
    return "" if figure.goal is None else f"{'≥' if figure.higher_is_better else '='} {figure.goal:g}"


def refuse_other_content(save: bool, as_shipped: bool, baseline: Path | None) -> None:
    """Raises CommandFailed where the baselines of the program would be measured on what people have made of an installation."""
    if save and not as_shipped and baseline is None:
        raise CommandFailed(
            "随程序的基线要在随程序的示范内容上测。请加 --gate（evaluate golden）或 --as-shipped（evaluate all）；"
            "要存自己的基线，请用 --baseline 指定文件夹。"
        )


def pass_or_stop(section: Section, earlier: Baseline) -> None:
    """Raises CommandFailed where this result may not land."""
    before = earlier.figures_of(_NAME)
    if not before:
        out.print("还没有基线，只检查了应为 0 的几项。用 zhengwen evaluate golden --gate --save-baseline 写出基线。", markup=False)
    found = regressions(section, before)
    if found:
        raise CommandFailed("金标题目没有通过：\n" + "\n".join(found))
    out.print("金标题目通过：没有超出波动的变差，应为 0 的都是 0。")
