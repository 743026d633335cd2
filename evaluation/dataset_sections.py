"""The measurements on public sets, for those who have them: finding, answering, routing. Each as a section of the report."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from api.container import Container, classifier_trainer
from evaluation.evaluate_answers import evaluate_answers
from evaluation.evaluate_retrieval import evaluate_retrieval
from evaluation.evaluate_routing import evaluate_in_folds
from evaluation.figures import Figure, Section, Table, Unit, stated_share
from evaluation.labelled_files import load_labelled
from evaluation.measurement import Measurement
from evaluation.noise import Interval
from indexing.ports import Progress

_RETRIEVAL_SETS = ("ncp", "stard", "jianwu_faq")
_ANSWER_SETS = ("ncp",)
_ROUTING_FILE = Path("routing") / "messages.gold.jsonl"
_FOLDS = 5
_METRICS = {"hit@1": "第一条就是", "hit@5": "前五条里有", "hit@10": "前十条里有", "mrr@10": "MRR@10", "recall@100": "前一百条找全"}
_ROWS = {"lexical": "仅关键词", "vector": "仅向量", "hybrid": "融合", "adapted": "融合加向量适配", "default": "默认"}


def measurements_on(folder: Path) -> tuple[Measurement, ...]:
    """Of the sets that are in the folder."""
    found = [_measured_retrieval(folder / name) for name in _RETRIEVAL_SETS if (folder / name).is_dir()]
    found += [_measured_answers(folder / name) for name in _ANSWER_SETS if (folder / name).is_dir()]
    found += [_measured_routing(folder / _ROUTING_FILE)] if (folder / _ROUTING_FILE).is_file() else []
    return tuple(found)


def _measured_retrieval(folder: Path) -> Measurement:
    return Measurement(
        f"retrieval-{folder.name}", lambda container, say: retrieval_section(evaluate_retrieval(folder, container.settings, say))
    )


def _measured_answers(folder: Path) -> Measurement:
    return Measurement(f"answers-{folder.name}", lambda container, say: answers_section(evaluate_answers(folder, container.settings, say)))


def _measured_routing(path: Path) -> Measurement:
    def run(container: Container, say: Progress) -> Section:
        return routing_section(evaluate_in_folds(classifier_trainer(container.settings), load_labelled([path]), _FOLDS, say))

    return Measurement("routing", run)


def retrieval_section(result: Mapping[str, Any]) -> Section:
    """From the JSON of `evaluate retrieval`; figures of the row that is deployed, the other rows beside it."""
    row, intervals, questions = result["rows"]["default"], result["intervals"]["default"], result["queries"]
    figures = [
        stated_share(metric, label, row[metric], questions, interval=Interval(*intervals[metric])) for metric, label in _METRICS.items()
    ]
    times = [
        Figure(f"{name}_ms", f"查找用时 {name}（毫秒）", row[f"{name}_ms"], questions, Unit.MILLISECONDS, higher_is_better=False)
        for name in ("p50", "p95")
    ]
    rows = tuple(
        (_ROWS.get(name, name), tuple((found[metric], questions) for metric in _METRICS)) for name, found in result["rows"].items()
    )
    return Section(
        name=f"retrieval-{result['dataset']}",
        title=f"检索：{result['dataset']}",
        about="公开数据集上按标注的相关文件打分，用部署的这一套解析、分段和查找；不分地区和日期。",
        figures=(*figures, *times),
        tables=(Table("几种查法", tuple(_METRICS.values()), rows),),
    )


def answers_section(result: Mapping[str, Any]) -> Section:
    """From the JSON of `evaluate answers`."""
    asked = result["queries"]
    return Section(
        name=f"answers-{result['dataset']}",
        title=f"答复：{result['dataset']}",
        about="公开数据集上标注的答案片段是否在引文里；拒答算没有。",
        figures=(
            stated_share("span_contained", "引文里有标注的答案", result["span_contained"], asked, goal=0.85),
            stated_share("answered", "作答率", result["answered"], asked),
            stated_share("citation_relevant", "引用了相关文件", result["citation_relevant"], asked),
            Figure("quoted_chars_p90", "引文字数（九成不超过）", result["quoted_chars_p90"], asked, Unit.CHARACTERS, None, 500, False),
        ),
    )


def routing_section(result: Mapping[str, Any]) -> Section:
    """From the JSON of `evaluate routing`."""
    messages = result["queries"]
    return Section(
        name="routing",
        title="分派",
        about="公民来信按业务类别交叉验证：训练时没有见过打分的那几条，也没有见过与它们几乎相同的。",
        figures=(
            stated_share("accuracy", "第一个就对", result["accuracy"], messages),
            stated_share("top3", "前三个里有", result["top3"], messages),
            stated_share("macro_f1", "宏平均 F1", result["macro_f1"], messages, goal=0.93),
        ),
    )
