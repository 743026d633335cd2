"""zhengwen evaluate all: every measurement, one report, compared with the last baseline."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from api.commands.console import SayProgress, open_container, out, progress_bars, read_settings
from api.container import Container
from evaluation.baselines import BASELINES_FOLDER, read_baseline, result_fields, save_baseline
from evaluation.comparison import Change, compare
from evaluation.delivery import measured, write_json
from evaluation.demonstration_workspace import open_demonstration
from evaluation.figures import Section
from evaluation.golden_commands import BaselineFile, Folder, Save, mistake_fields, refuse_other_content
from evaluation.golden_files import GOLDEN_FOLDER
from evaluation.measured_sections import measurements
from evaluation.measurement import Measurement, timed
from evaluation.provenance import made_with
from evaluation.report import render_report

REPORT_FILE, RESULT_FILE = "report.html", "report.json"

OutFolder = Annotated[Path, typer.Option("--out", help=f"放报告的文件夹：{REPORT_FILE} 和 {RESULT_FILE}")]
Datasets = Annotated[
    Path | None, typer.Option("--datasets", help="公开数据集所在的文件夹；给出时还测检索、答复和分派（第一次要几小时建索引）")
]
AsShipped = Annotated[
    bool, typer.Option("--as-shipped", help="在单独准备的示范内容上测，和 make check 用的一样；不加则测 ZHENGWEN_HOME 里的")
]
Only = Annotated[list[str] | None, typer.Option("--only", help="只做这几项，例如 golden、validity；可以给出多个")]


def all_measurements(  # noqa: PLR0913, PLR0917 - one parameter per option of the command
    out_folder: OutFolder = Path("bench") / "report",
    datasets: Datasets = None,
    baseline: BaselineFile = None,
    save: Save = False,
    folder: Folder = GOLDEN_FOLDER,
    only: Only = None,
    as_shipped: AsShipped = False,
) -> None:
    """全部评测，写出一份可以直接打开的网页报告，并与基线比较。"""
    refuse_other_content(save, as_shipped, baseline)
    earlier = measured(lambda: {"baseline": read_baseline(baseline, to_be_written=save)})["baseline"]
    with progress_bars() as say:
        found: dict[str, Any] = measured(lambda: _measure(measurements(folder, datasets), only, as_shipped, say))
    sections, made = found["sections"], found["made"]
    out_folder.mkdir(parents=True, exist_ok=True)
    (out_folder / REPORT_FILE).write_text(render_report(sections, earlier, made), encoding="utf-8")
    write_json(report_fields(sections, made), out_folder / RESULT_FILE)
    out.print(f"报告：{out_folder / REPORT_FILE}", markup=False)
    for sentence in _sentences(sections, earlier.sections):
        out.print(sentence, markup=False)
    if save:
        written = save_baseline(sections, made, baseline or BASELINES_FOLDER)
        out.print(f"新的基线：{'、'.join(path.name for path in written)}", markup=False)


def report_fields(sections: list[Section], made: dict[str, str]) -> dict[str, Any]:
    """The JSON beside the page: what a baseline holds, and the mistakes of each section."""
    return {**result_fields(sections, made), "mistakes": {section.name: mistake_fields(section) for section in sections}}


def _measure(wanted: Sequence[Measurement], only: list[str] | None, as_shipped: bool, say: SayProgress) -> dict[str, Any]:
    unknown = sorted(set(only or ()) - {one.name for one in wanted})
    if unknown:
        raise ValueError(f"没有“{unknown[0]}”这项评测，可以写：{'、'.join(one.name for one in wanted)}。")
    container: Container = open_demonstration(read_settings(), say) if as_shipped else open_container()
    sections = [timed(one, container, say) for one in wanted if not only or one.name in only]
    return {"sections": sections, "made": made_with(container)}


def _sentences(sections: list[Section], earlier: Any) -> list[str]:
    said = []
    for section in sections:
        before = earlier.get(section.name, {})
        changes = {figure.label: compare(figure, before.get(figure.name)).change for figure in section.figures}
        worse = [label for label, change in changes.items() if change is Change.WORSE]
        broken = [figure.label for figure in section.figures if figure.must_be_zero and figure.value]
        said += [f"{section.title}：应为 0 而不为 0：{'、'.join(broken)}。"] if broken else []
        said += [f"{section.title}：比基线变差：{'、'.join(worse)}。"] if worse else []
    return said or ["应为 0 的都是 0，没有比基线明显变差的。"]
