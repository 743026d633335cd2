"""zhengwen doctor."""

from __future__ import annotations

import typer

from api.commands.console import out, read_settings
from api.doctor.examination import examine
from api.doctor.models import Health
from api.logs import configure_logs

_MARKS = {Health.GOOD: "✓", Health.NOTICE: "！", Health.FAULT: "✗"}


def doctor() -> None:
    """检查安装和运行状态，说明问题和处理办法；有问题时退出码为 1。"""
    configure_logs("error")
    count = dict.fromkeys(Health, 0)
    for finding in examine(read_settings()):
        count[finding.health] += 1
        out.print(f"{_MARKS[finding.health]} {finding.subject}：{finding.words}", markup=False)
        if finding.advice:
            out.print(f"  → {finding.advice}", markup=False)
    out.print(f"检查了 {sum(count.values())} 项：{count[Health.FAULT]} 项有问题，{count[Health.NOTICE]} 项请注意。", markup=False)
    if count[Health.FAULT]:
        raise typer.Exit(1)
