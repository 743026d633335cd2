"""The installation under trial: PostgreSQL, Valkey, two service processes and nginx, with the demonstration content, on loopback."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from api.container import build_container, database_beside
from api.rate_limits import RATES_FILE
from api.settings import Settings
from evaluation.trials.nginx_front import NginxFront
from evaluation.trials.servers import PostgresUnderTrial, ServiceUnderTrial, TrialImpossible, ValkeyUnderTrial

PROCESSES = 2
_OWN_THREADS = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
# Fewer answers than there are questions: some are said again, most are made anew. Threads and line as in deploy/zhengwen.env.example.
_SETTINGS = {"ZHENGWEN_ANSWER_CACHE": "100", "ZHENGWEN_SEARCH_THREADS": "3", "ZHENGWEN_MAX_WAITING": "7", "ZHENGWEN_BACKUP_AT": "off"}
_COUNT = re.compile(r'"\d+/(\w+)"')
_REFUSED = re.compile(r"event='request' .*route='/api/v1/(?:chat|search)' status=(?:429|503) duration_ms=([\d.]+)")


class Installation:
    """Parts that a trial stops and starts. `settings` as environment variables of the two processes."""

    def __init__(self, folder: Path, changes: Mapping[str, str]) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self._changes = folder, dict(changes)
        self.postgres, self.valkey = PostgresUnderTrial(folder / "pg"), ValkeyUnderTrial()
        self.services: list[ServiceUnderTrial] = []
        self.front: NginxFront

    @contextmanager
    def running(self) -> Iterator[None]:
        """Prepared where it is not, ready, and stopped at the end whatever happens. Raises TrialImpossible."""
        with ExitStack() as stops:
            for engine in (self.postgres, self.valkey):
                stops.callback(engine.stop)
                engine.start()
            self.settings = self._settings()
            self._prepare()
            self.services = [ServiceUnderTrial(number, self.folder, self.settings) for number in range(1, PROCESSES + 1)]
            self.front = NginxFront(self.folder, [service.port for service in self.services])
            for program in (*self.services, self.front):
                stops.callback(program.stop)
                program.start()
            for service in self.services:
                service.wait_until_ready()
            self.front.wait_until_listening()
            yield

    @contextmanager
    def another_service(self, **changes: str) -> Iterator[ServiceUnderTrial]:
        """Beside the two, with other settings, not behind nginx."""
        service = ServiceUnderTrial(0, self.folder, {**self.settings, **changes})
        try:
            service.start()
            service.wait_until_ready()
            yield service
        finally:
            service.stop()

    def missing_answers(self, answer_ids: Iterable[str]) -> list[str]:
        """Those that a citizen was given and that no record is kept of."""
        records = build_container(Settings(_env_file=None, home=self.folder / "home", records_url=self.settings["ZHENGWEN_RECORDS_URL"]))  # type: ignore[call-arg]  # pydantic-settings' own parameter
        return [answer_id for answer_id in answer_ids if records.conversations.get(answer_id) is None]

    def refusals_ms(self) -> list[float]:
        """How long the processes themselves took to refuse, of their logs."""
        return [float(taken) for service in self.services for taken in _REFUSED.findall(service.log.read_text(encoding="utf-8"))]

    def _settings(self) -> dict[str, str]:
        url = database_beside(self.postgres.url, "zhengwen")
        rates = self.folder / "rates.toml"
        # All come from one address. Counted all the same, in Valkey, with every request.
        rates.write_text(_COUNT.sub(r'"10000000/\1"', RATES_FILE.read_text(encoding="utf-8")), encoding="utf-8")
        own = {
            "ZHENGWEN_HOME": str(self.folder / "home"),
            "ZHENGWEN_RECORDS_URL": url,
            "ZHENGWEN_INDEX_URL": url,
            "ZHENGWEN_VALKEY_URL": self.valkey.url,
            "ZHENGWEN_RATE_LIMITS": str(rates),
        }
        outside = {name: value for name, value in os.environ.items() if not name.startswith("ZHENGWEN_")}
        return {**outside, **_OWN_THREADS, **_SETTINGS, **own, **self._changes}

    def _prepare(self) -> None:
        """What is there already is passed over: `zhengwen setup` may be run as often as one likes. Models are those of this machine."""
        models, known = self.folder / "home" / "models", Settings().models_folder.resolve()
        if known.is_dir() and not models.exists():
            models.parent.mkdir(exist_ok=True)
            models.symlink_to(known)
        command = [sys.executable, "-c", "from evaluation.cli import main; main()", "setup"]
        done = subprocess.run(command, env=self.settings, capture_output=True, text=True, check=False)  # noqa: S603 - our own command
        if done.returncode:
            raise TrialImpossible(f"没有备好：{(done.stdout + done.stderr)[-1500:]}")
