"""Turn saved evaluation results into the quality table of the README. Formats numbers; measures nothing."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

MARKERS = ("<!-- quality:begin -->", "<!-- quality:end -->")
_ROW_NAMES = {
    "lexical": "仅关键词",
    "vector": "仅向量（原模型）",
    "hybrid": "融合（原模型）",
    "adapted": "融合 + 向量适配",
    "default": "默认（提供服务的）",
}
_TRAINED_ROWS = ("adapted", "default")
_TRAINED = "（训练过，不能当作没见过的问题）"
_RETRIEVAL_HEAD = "| 数据集 | 问题数 | 检索方式 | hit@1 | hit@5 | hit@10 | MRR@10 | nDCG@10 | recall@100 | p50 | p95 |"
_ANSWER_HEAD = "| 数据集 | 问题数 | 答案片段在引文中 | ROUGE-L | 作答率 | 引用相关文件 | 引文字数 p90 |"


def render_table(results: Iterable[Mapping[str, Any]]) -> str:
    """Markdown: retrieval results first, answers below. `results` are the JSON outputs of `evaluate retrieval` and `evaluate answers`."""
    results = list(results)
    retrieval = [line for result in results if "rows" in result for line in _retrieval_lines(result)]
    answers = [_answer_line(result) for result in results if "span_contained" in result]
    parts = []
    if retrieval:
        parts.append("\n".join((_RETRIEVAL_HEAD, _rule(_RETRIEVAL_HEAD), *retrieval)))
    if answers:
        parts.append("\n".join((_ANSWER_HEAD, _rule(_ANSWER_HEAD), *answers)))
    return "\n\n".join(parts)


def replace_between_markers(text: str, table: str, markers: tuple[str, str] = MARKERS) -> str:
    """The text with what stands between the two markers replaced. Raises ValueError if a marker is missing."""
    begin, end = markers
    if begin not in text or end not in text:
        raise ValueError(f"缺少标记 {begin} 或 {end}。")
    head, rest = text.split(begin, 1)
    return f"{head}{begin}\n{table}\n{end}{rest.split(end, 1)[1]}"


def read_results(paths: Iterable[Path]) -> list[dict[str, Any]]:
    return [json.loads(path.read_text(encoding="utf-8")) for path in paths]


def _retrieval_lines(result: Mapping[str, Any]) -> list[str]:
    lines = []
    for name, label in _ROW_NAMES.items():
        row = result["rows"].get(name)
        if row:
            scores = " | ".join(f"{row[key]:.3f}" for key in ("hit@1", "hit@5", "hit@10", "mrr@10", "ndcg@10", "recall@100"))
            dataset = result["dataset"] + (_TRAINED if result.get("trained") and name in _TRAINED_ROWS else "")
            lines.append(f"| {dataset} | {result['queries']} | {label} | {scores} | {row['p50_ms']:.0f} ms | {row['p95_ms']:.0f} ms |")
    return lines


def _answer_line(result: Mapping[str, Any]) -> str:
    scores = " | ".join(f"{result[key]:.3f}" for key in ("span_contained", "rouge_l", "answered", "citation_relevant"))
    return f"| {result['dataset']} | {result['queries']} | {scores} | {result['quoted_chars_p90']:.0f} |"


def _rule(head: str) -> str:
    return "|" + "---|" * (head.count("|") - 1)
