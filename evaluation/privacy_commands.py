"""zhengwen evaluate privacy: how much personal data the privacy screen finds, and how much else it masks."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from assistant.privacy_rules import load_privacy_rules
from assistant.steps.privacy_screen import PrivacyScreen
from evaluation.delivery import OutFile, deliver, measured
from evaluation.privacy_probes import SEED, generate_probes, read_probes
from evaluation.privacy_scores import privacy_summary, score_probe

ProbeFile = Annotated[
    Path | None, typer.Option("--file", help="标注好的文件（JSON Lines：text、value、type、label），不指定则用自动生成的句子")
]
ProbeSeed = Annotated[int, typer.Option("--seed", help="生成句子用的种子，换一个就换一批号码和句子")]


def privacy(file: ProbeFile = None, seed: ProbeSeed = SEED, out_file: OutFile = None) -> None:
    """个人信息：各类号码、住址、姓名遮盖了多少（召回），遮盖的有多少是真的（精确）。"""
    deliver(measured(lambda: evaluate_privacy(file, seed)), out_file)


def evaluate_privacy(file: Path | None, seed: int) -> dict[str, Any]:
    """The JSON of the command. Raises DatasetUnreadable."""
    probes = generate_probes(seed) if file is None else read_probes(file)
    screen = PrivacyScreen(load_privacy_rules())
    source = {"source": f"seed {seed}" if file is None else file.name}
    return source | privacy_summary([score_probe(probe, screen.mask) for probe in probes])
