"""zhengwen evaluate: measure retrieval, answers, validity and privacy; write the README's table."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from api.commands.console import CommandFailed, open_container, out, print_rows, progress_bars, read_settings
from api.logs import configure_logs
from evaluation.all_commands import all_measurements
from evaluation.ask_golden import without_keeping
from evaluation.completeness_commands import completeness
from evaluation.delivery import OutFile, deliver, measured
from evaluation.evaluate_answers import evaluate_answers
from evaluation.evaluate_misses import evaluate_misses
from evaluation.evaluate_retrieval import evaluate_retrieval
from evaluation.golden_commands import golden
from evaluation.injection_commands import injection
from evaluation.intent_commands import intents, refusal
from evaluation.privacy_commands import privacy
from evaluation.quality_table import read_results, render_table, replace_between_markers
from evaluation.routing_commands import routing
from evaluation.validity_traps import TRAPS_FILE, load_traps, spring_traps, trap_summary

app = typer.Typer(help="评测：检索、答复、效力、个人信息，测的就是提供服务的那一套。", no_args_is_help=True)


@app.callback()
def quiet() -> None:
    """Log lines of thousands of answers would bury the result."""
    configure_logs("warning")


DatasetFolder = Annotated[Path, typer.Option("--dataset", help="BEIR 格式的数据集文件夹（corpus.jsonl[.gz]、queries.jsonl、qrels/*.tsv）")]


app.command("all")(all_measurements)
app.command()(golden)
app.command()(privacy)
app.command()(routing)
app.command()(intents)
app.command()(refusal)
app.command()(injection)
app.command()(completeness)


@app.command()
def retrieval(dataset: DatasetFolder, out_file: OutFile = None) -> None:
    """检索：仅关键词、仅向量、融合、加向量适配、默认，各一行：hit、MRR、nDCG、recall 和延迟。"""
    with progress_bars() as say:
        result = measured(lambda: evaluate_retrieval(dataset, read_settings(), say))
    deliver(result, out_file)


@app.command()
def misses(dataset: DatasetFolder, out_file: OutFile = None) -> None:
    """没有排在第一的问题是怎么丢的：按原因计数，各举几例。"""
    with progress_bars() as say:
        result = measured(lambda: evaluate_misses(dataset, read_settings(), say))
    rows = [
        (cause["label"], str(cause["count"]), f"{cause['share']:.1%}", str(cause["past_5"]), cause["examples"][0]["question"])
        for cause in result["causes"].values()
    ]
    print_rows(("原因", "问题数", "占全部问题", "前五以外", "例子"), rows)
    out.print(f"{result['queries']} 个问题，第一条就对的 {result['hit@1']:.1%}。", markup=False)
    if out_file:
        out_file.parent.mkdir(parents=True, exist_ok=True)
        out_file.write_text(json.dumps(result, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


@app.command()
def answers(dataset: DatasetFolder, out_file: OutFile = None) -> None:
    """答复：标注的答案片段是否在引文中、作答率、引用是否正确、引文字数。"""
    with progress_bars() as say:
        result = measured(lambda: evaluate_answers(dataset, read_settings(), say))
    deliver(result, out_file)


@app.command()
def validity(
    traps: Annotated[Path, typer.Option("--traps", help="有效性陷阱文件（JSON Lines）")] = TRAPS_FILE, out_file: OutFile = None
) -> None:
    """效力：废止、失效、尚未生效、别的区的规定有没有被当作现行依据引用（应为 0）。"""
    container = open_container()
    # As the service does after its start.
    container.learn()
    with progress_bars() as say:
        result = trap_summary(spring_traps(without_keeping(container.assistant()), load_traps(traps), say))
    deliver(result, out_file)
    if result["not_asked"]:
        raise CommandFailed(f"有 {result['not_asked']} 个问题没有得到处理，结果不能算数。请先运行 zhengwen index refresh。")
    if result["wrongly_cited"]:
        raise CommandFailed(f"有 {result['wrongly_cited']} 个问题引用了不应引用的文件。")


@app.command()
def table(
    results: Annotated[list[Path], typer.Argument(help="evaluate retrieval 和 evaluate answers 写出的 JSON 文件")],
    readme: Annotated[Path | None, typer.Option("--readme", help="更新这个文件里标记之间的表")] = None,
) -> None:
    """把评测结果排成表；给出 --readme 时写进去。"""
    text = render_table(read_results(results))
    if readme is None:
        out.print(text, markup=False)
        return
    try:
        readme.write_text(replace_between_markers(readme.read_text(encoding="utf-8"), text), encoding="utf-8")
    except ValueError as error:
        raise CommandFailed(f"{readme}：{error}") from error
    out.print(f"已更新 {readme} 里的表。", markup=False)
