"""zhengwen jobs: the background work in a process of its own."""

from __future__ import annotations

import signal
from datetime import datetime
from threading import Event
from typing import Annotated

import typer

from api.commands.console import CommandFailed, open_container, out, print_rows
from api.container import Container
from api.jobs.background_tasks import background_tasks
from api.jobs.lifespan import jobs_of
from api.jobs.periodic_jobs import periodic_jobs
from api.logs import configure_logs
from assistant.models import CHINA_TIME


def jobs(
    once: Annotated[bool, typer.Option("--once", help="每项运行一次后结束，适合由 cron 等调用")] = False,
    status: Annotated[bool, typer.Option("--status", help="只显示每项上次的运行情况")] = False,
) -> None:
    """运行定时任务（临期预警、对外通知等）和后台工作（读文件、更新索引等），直到按 Ctrl+C。服务设为 ZHENGWEN_JOBS=off 时才需要。"""
    container = open_container()
    if status:
        _show_runs(container)
    elif once:
        _run_once(container)
    else:
        configure_logs(container.settings.log_level)
        _run_until_stopped(container)


def _show_runs(container: Container) -> None:
    runs = {run.name: run for run in container.job_runs.all()}
    rows = []
    for job in periodic_jobs(container):
        run = runs.get(job.name)
        outcome = "还没有运行过" if run is None else run.failure or ("正在运行" if run.ended_at is None else "正常")
        rows.append((job.name, job.label, f"每 {job.every_s} 秒", _local(run.started_at) if run else "", outcome))
    print_rows(("名称", "任务", "间隔", "上次开始", "结果"), rows)


def _run_once(container: Container) -> None:
    failures = jobs_of(container).run_all()
    done = container.work.run_waiting(background_tasks(container))
    if failures:
        raise CommandFailed("；".join(f"{name}：{failure}" for name, failure in failures.items()))
    out.print(f"各项任务已运行一次；等着做的后台工作做完 {done} 件。")


def _run_until_stopped(container: Container) -> None:
    stop = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    running = jobs_of(container)
    running.start()
    container.work.start(background_tasks(container))
    out.print("定时任务正在运行（按 Ctrl+C 停止）")
    stop.wait()
    container.work.stop()
    running.stop()


def _local(moment: datetime) -> str:
    return f"{moment.astimezone(CHINA_TIME):%Y-%m-%d %H:%M:%S}"
