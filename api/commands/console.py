"""What every command needs: the container, a place to write, progress bars, the sentence for an error."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from api.access.errors import AccessError
from api.container import Container, build_container
from api.logs import configure_logs
from api.settings import Settings
from assistant.errors import AssistantError
from indexing.errors import IndexingError
from knowledge_base.errors import KnowledgeBaseError

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)

SayProgress = Callable[[str, int, int], None]

_USAGE = {
    "MissingParameter": "缺少参数 {name}。",
    "NoSuchOption": "没有选项 {name}。",
    "BadParameter": "参数 {name} 的值不对：{message}",
}


class CommandFailed(Exception):
    """A command that cannot go on; the message is a Chinese sentence that says what to do."""


def read_settings() -> Settings:
    """Raises CommandFailed, naming the variable that is wrong."""
    try:
        return Settings()
    except ValidationError as error:
        faults = [(f"ZHENGWEN_{str(fault['loc'][0]).upper()}", fault.get("ctx", {}).get("error")) for fault in error.errors()]
        names = "、".join(name for name, _ in faults)
        # Our own rules say what is wrong; the rest comes from pydantic, in English.
        reasons = "；".join(str(reason) for _, reason in faults if isinstance(reason, ValueError))
        said = f"{reasons}。" if reasons else ""
        raise CommandFailed(f"设置 {names} 的值不正确。{said}各项设置的写法见 zhengwen settings。") from error


def open_container() -> Container:
    """Logs of a command are warnings and worse: its own output is what people read."""
    settings = read_settings()
    configure_logs("debug" if settings.log_level == "debug" else "warning")
    return build_container(settings)


@contextmanager
def progress_bars() -> Iterator[SayProgress]:
    """One bar per step, on standard error, so that --json output stays clean."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    tasks: dict[str, TaskID] = {}
    with Progress(*columns, console=err) as progress:

        def say(step: str, done: int, total: int) -> None:
            if step not in tasks:
                tasks[step] = progress.add_task(step, total=total)
            progress.update(tasks[step], completed=done, total=total)

        yield say


def print_rows(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """A table on a terminal; lines of tab-separated fields where another program reads them."""
    if not out.is_terminal:
        for row in rows:
            typer.echo("\t".join(row))  # rich would turn the tabs into spaces
        return
    table = Table(*headings)
    for row in rows:
        table.add_row(*row)
    out.print(table)


def parse_day(text: str | None) -> date | None:
    """Raises CommandFailed for anything but YYYY-MM-DD."""
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise CommandFailed(f"日期“{text}”不正确，应写成 2026-01-31 这样的形式。") from None


def whoever_runs_this() -> str:
    """The name kept with a change to the policy base."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "命令行"


def command_actor() -> str:
    """Who did it, for the audit trail; set apart from the names of accounts, which hold no brackets."""
    return f"命令行（{whoever_runs_this()}）"


def run(app: typer.Typer) -> None:
    """Run the command line; whatever goes wrong is one Chinese sentence and a non-zero exit code."""
    try:
        # Told not to exit by itself, it returns the code of a command that ended with typer.Exit.
        code = app(standalone_mode=False)
        if isinstance(code, int) and code:
            sys.exit(code)
    except (CommandFailed, KnowledgeBaseError, IndexingError, AssistantError, AccessError) as error:
        _stop(str(error), 1)
    except typer.TyperException as error:
        _stop(_usage_sentence(error), error.exit_code)
    except (typer.Abort, KeyboardInterrupt):
        _stop("已中止。", 130)
    except typer.Exit as stop:
        sys.exit(stop.exit_code)
    except OSError as error:
        _stop(f"无法读写文件：{error.filename or ''} {error.strerror or error}。请检查路径、权限和磁盘空间。", 1)


def _usage_sentence(error: typer.TyperException) -> str:
    param = getattr(error, "param", None)
    name = getattr(error, "option_name", None) or _written(param) or getattr(error, "param_hint", None) or ""
    template = _USAGE.get(type(error).__name__, "命令写得不对：{message}")
    return template.format(name=name, message=error.format_message()) + "可以加 --help 查看用法。"


def _written(param: Any) -> str:
    """An option as it is typed (--region); an argument by its name in the help."""
    options = getattr(param, "opts", None) or [getattr(param, "name", "")]
    return str(options[0])


def _stop(sentence: str, code: int) -> None:
    err.print(sentence, style="bold red", markup=False)
    sys.exit(code)
