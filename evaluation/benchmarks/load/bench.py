"""Measure the service in every cell that is asked for and not yet measured, then write the report. A run that is cut off goes on later."""

from __future__ import annotations

import argparse
import shutil
import signal
import sys
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, ExitStack, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from api.settings import Settings
from evaluation.benchmarks.load.cells import ENGINE_WORDS, ENGINES, LOCAL, POSTGRES, Matrix, Outcome, Results, Service
from evaluation.benchmarks.load.database import Database, running_database
from evaluation.benchmarks.load.process_family import watched
from evaluation.benchmarks.load.report import write_report
from evaluation.benchmarks.load.surroundings import commit
from evaluation.benchmarks.own_processes import RunningService, run_step, running

_STEP, _HELLO = "evaluation.benchmarks.load.steps", "evaluation.benchmarks.load.hello"
_MOST_WITH_TOKENS = 500_000
"""Token vectors take 10 kB a passage: beyond this the reranking is left off, so that a machine of usual size can hold the index."""
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """`embed` passages get vectors of their own. Seconds for each way of asking in each cell; `cores` for the service."""

    matrix: Matrix
    embed: int
    search_s: int
    answer_s: int
    cores: int


@dataclass
class Measurement:
    """`work` holds records, indexes and the database; `results` what was measured. `left` counts the steps that are still to come."""

    plan: Plan
    results: Results
    work: Path
    postgres_url: str
    say: Say
    step: Callable[..., Outcome] = run_step
    left: int = field(init=False, default=0)

    def prepare(self) -> None:
        """Content and indexes of the whole matrix; no load. Raises RuntimeError where a step fails."""
        self._forget_what_is_gone()
        for service in self.plan.matrix.services():
            with self._database(service) as database:
                self._prepare(service, self._settings(service, database))
        self.say("都备好了。")

    def run(self) -> None:
        """Raises RuntimeError where a step fails; what was measured until then is kept."""
        self._forget_what_is_gone()
        todo = [service for service in self.plan.matrix.services() if self._missing(service)]
        self.left = sum(len(self._missing(service)) for service in todo)
        self.say(f"要测 {self.left} 格，分 {len(todo)} 次启动服务；结果随测随存，中断后再运行同一条命令会接着测。")
        for service in todo:
            self._measure(service)
        self.say("都测完了。")

    def _forget_what_is_gone(self) -> None:
        for passages in self.plan.matrix.passages:
            if not self._home(passages).is_dir():
                self.results.forget(passages)

    def _measure(self, service: Service) -> None:
        with ExitStack() as open_parts:
            database = open_parts.enter_context(self._database(service))
            settings = self._settings(service, database)
            self._prepare(service, settings)
            clients = self._missing(service)
            self.say(f"启动服务：{_words(service)}……")
            home, cores = self._home(service.passages), self.plan.cores
            hello = open_parts.enter_context(running(_HELLO, "serve", home, cores, service.processes, ready="/"))
            served = open_parts.enter_context(running(_STEP, "serve", home, cores, settings=settings))
            for count in clients:
                self._cell(service, count, settings, (served, hello, database))

    def _database(self, service: Service) -> AbstractContextManager[Database | None]:
        return running_database(self.work / "postgres", self.postgres_url, self.plan.cores) if service.engine == POSTGRES else nullcontext()

    def _cell(
        self, service: Service, clients: int, settings: Mapping[str, str], parts: tuple[RunningService, RunningService, Database | None]
    ) -> None:
        served, hello, database = parts
        self.say(f"{_words(service)}，{clients} 个人同时问……（还剩 {self.left} 格）")
        home, plan = self._home(service.passages), self.plan
        limits = self.step(_STEP, "limits", home, clients, 3, plan.cores, settings=settings)
        with watched(served.pid) as memory, watched(database.pid if database else 0) as of_database:
            numbers = clients, plan.search_s, plan.answer_s, plan.cores, served.pid, database.pid if database else 0
            told = self.step(_STEP, "cell", home, *numbers, served.address[1], hello.address[1], settings=settings)
        found = {
            **self._head(service, clients=clients, cores=plan.cores),
            **limits,
            **told,
            "memory_mib": memory.mib,
            "database_mib": of_database.mib,
        }
        self.results.keep(self.results.cell(service, clients), found)
        self.left -= 1

    def _prepare(self, service: Service, settings: Mapping[str, str]) -> None:
        """Records, index and one refresh, where they are not there yet."""
        home, results, passages = self._home(service.passages), self.results, service.passages
        if not results.content(passages).is_file():
            self.say(f"准备 {passages:,} 段内容（写入政策库、计算 {self.plan.embed:,} 段的向量）……")
            shutil.rmtree(home, ignore_errors=True)
            home.mkdir(parents=True)
            _take_classifiers(home)
            told = self.step(_STEP, "prepare", home, passages, self.plan.embed, settings=settings)
            results.keep(results.content(passages), {**self._head(service), **told})
        for name, path, words in (
            ("build", results.build(passages, service.engine), "建索引"),
            ("refresh", results.refresh(passages, service.engine), "发布一份文件，更新索引"),
        ):
            if not path.is_file():
                self.say(f"{ENGINE_WORDS[service.engine]}，{passages:,} 段：{words}……")
                before = self._disk_mib(service)
                told = self.step(_STEP, name, home, settings=settings)
                # What was added: a database server holds other sizes as well.
                results.keep(path, {**self._head(service), **told, "disk_mib": self._disk_mib(service) - before})

    def _settings(self, service: Service, database: Database | None) -> dict[str, str]:
        source = Path(Settings().embedder_source)
        return {
            "ZHENGWEN_HOME": str(self._home(service.passages)),
            "ZHENGWEN_EMBEDDER": str(source.resolve()) if source.is_dir() else Settings().embedder_source,
            "ZHENGWEN_RECORDS_URL": "",
            "ZHENGWEN_INDEX_URL": database.of(service.passages) if database else "",
            "ZHENGWEN_DEMONSTRATION": "true",
            "ZHENGWEN_REGION": "",
            "ZHENGWEN_WORKERS": str(service.processes),
            # What answers are measured by is making them, not remembering them.
            "ZHENGWEN_ANSWER_CACHE": "0",
            "ZHENGWEN_JOBS": "off",
            "ZHENGWEN_LOG_LEVEL": "warning",
            **({"ZHENGWEN_RERANKER": "off"} if service.passages > _MOST_WITH_TOKENS else {}),
        }

    def _missing(self, service: Service) -> tuple[int, ...]:
        return self.results.missing_clients(service, self.plan.matrix.clients)

    def _home(self, passages: int) -> Path:
        return (self.work / f"home-{passages}").resolve()

    def _disk_mib(self, service: Service) -> int:
        folder = self._home(service.passages) / "index" / "snapshots" if service.engine == LOCAL else self.work / "postgres" / "base"
        return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) >> 20

    def _head(self, service: Service, **more: object) -> dict[str, object]:
        head: dict[str, object] = {"passages": service.passages, "engine": service.engine, "processes": service.processes, **more}
        reranking = service.passages <= _MOST_WITH_TOKENS
        return head | {"measured_at": datetime.now(UTC).isoformat(timespec="seconds"), "commit": commit(), "reranking": reranking}


def _words(service: Service) -> str:
    return f"{ENGINE_WORDS[service.engine]}，{service.passages:,} 段，{service.processes} 个进程"


def _take_classifiers(home: Path) -> None:
    """Trained on the same examples and the same directory: training again would only lengthen the preparation."""
    trained = Settings().home / "classifiers"
    if trained.is_dir():
        shutil.copytree(trained, home / "classifiers")


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="服务在负载下的速度：接着没有测完的测，最后写出报告")
    parser.add_argument("--passages", type=int, nargs="+", default=[20_000, 200_000], help="段落数")
    parser.add_argument("--engines", choices=ENGINES, nargs="+", default=list(ENGINES), help="检索放在哪里")
    parser.add_argument("--processes", type=int, nargs="+", default=[1, 2], help="服务进程数")
    parser.add_argument("--clients", type=int, nargs="+", default=[1, 10, 50, 100], help="同时问的人数")
    parser.add_argument("--embed", type=int, default=1500, help="真正计算向量的段数，其余用加扰动的副本")
    parser.add_argument("--search-s", type=int, default=8, help="每格每种检索问多少秒")
    parser.add_argument("--answer-s", type=int, default=15, help="每格问多少秒答复")
    parser.add_argument("--cores", type=int, default=2, help="服务可以使用的核数")
    parser.add_argument("--out", type=Path, default=Path("bench"), help="结果和报告放在这里")
    parser.add_argument("--work", type=Path, help="准备好的内容和索引放在这里，下次接着用；不填为结果文件夹下的 work")
    parser.add_argument("--postgres-url", default="", help="用这个 PostgreSQL（postgresql+psycopg://…）；不填则自己启动一个")
    parser.add_argument("--prepare-only", action="store_true", help="只准备内容和索引，不测负载")
    parser.add_argument("--report-only", action="store_true", help="不测，只用已有的结果写报告")
    chosen = parser.parse_args(arguments)
    console = Console(width=None if sys.stdout.isatty() else 150)  # a file has no width of its own
    results = Results(chosen.out / "service")
    matrix = Matrix(*(tuple(each) for each in (chosen.passages, chosen.engines, chosen.processes, chosen.clients)))
    plan = Plan(matrix, chosen.embed, chosen.search_s, chosen.answer_s, chosen.cores)
    measurement = Measurement(plan, results, chosen.work or chosen.out / "work", chosen.postgres_url, console.print)
    for stop in (signal.SIGINT, signal.SIGTERM):
        # Either way the services that were started are ended too.
        signal.signal(stop, signal.default_int_handler)
    try:
        if chosen.prepare_only:
            measurement.prepare()
            return
        if not chosen.report_only:
            measurement.run()
    except KeyboardInterrupt:
        console.print("已中断。再运行同一条命令会接着测；用 --report-only 可以先看已有的结果。")
        sys.exit(130)
    for path in write_report(results, chosen.out):
        console.print(f"写好了：{path}")


if __name__ == "__main__":
    main()
