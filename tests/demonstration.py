"""A ZHENGWEN_HOME with the real model and the demonstration content, made once per test session; tests work on copies of it."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from filelock import FileLock

from api.settings import DEFAULT_MODEL, Settings
from tests.forked_processes import Outcome, run_command
from tests.model_fixtures import default_embedder, default_model_folder

__all__ = ["Outcome", "bare_home", "default_embedder", "default_model_folder", "demonstration", "own_demonstration", "pristine_home"]

ROOT = Path(__file__).resolve().parents[1]
THREADS = 2
# Named, not "auto": measuring which one is fastest takes longer than the tests, and may differ from run to run.
PRECISION = "int8"
ENOUGH_S = 600
# Where `make golden`, as part of `make check`, has worked out vectors and classifiers of the same content.
WORKED_OUT = ROOT / ".zhengwen" / "evaluation" / "demonstration"
VECTORS = Path("index", "vectors.sqlite3")


@dataclass(frozen=True)
class Home:
    """A ZHENGWEN_HOME, and the command line on it in a process of its own."""

    path: Path
    variables: dict[str, str] = field(default_factory=dict)

    def zhengwen(self, *words: str | Path, stdin: str | None = None, **variables: str) -> Outcome:
        return run_command(list(map(str, words)), ROOT, {**self.environment(), **variables}, stdin, ENOUGH_S)

    def start(self, *words: str) -> subprocess.Popen[bytes]:
        """A command that goes on beside the test; its output is not read."""
        return subprocess.Popen(
            [*command_line(), *words], cwd=ROOT, env=self.environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    def environment(self) -> dict[str, str]:
        settings = {"HOME": self.path, "EMBEDDER_PRECISION": PRECISION, "EMBEDDER_THREADS": THREADS, "BACKUP_AT": "off"}
        # All requests of a test come from one address; tests/api/test_rate_limits.py tells what is counted.
        settings["RATE_LIMITS"] = "off"
        mine = {f"ZHENGWEN_{name}": str(value) for name, value in settings.items()}
        return {**_without_settings(), **mine, "PYTHONIOENCODING": "utf-8", **self.variables}

    def settings(self) -> Settings:
        return Settings(
            _env_file=None, home=self.path, embedder_precision=PRECISION, embedder_threads=THREADS, backup_at="off", rate_limits="off"
        )

    def copy(self, target: Path) -> Home:
        """Shares the model with the original."""
        shutil.copytree(self.path, target, symlinks=True)
        return Home(target, self.variables)


def command_line() -> list[str]:
    """The console script where the project is installed, else the function that it calls."""
    script = Path(sys.executable).with_name("zhengwen")
    return [str(script)] if script.is_file() else [sys.executable, "-c", "from evaluation.cli import main; main()"]


@pytest.fixture(scope="session")
def pristine_home(tmp_path_factory: pytest.TempPathFactory, default_model_folder: Path) -> Home:
    """Made by `zhengwen setup`. Nothing runs on it, so that it can be copied at any moment."""
    home = Home(_shared_folder(tmp_path_factory) / "demonstration-home")
    made = home.path / ".made"
    with FileLock(f"{home.path}.lock"):
        if not made.is_file():
            shutil.rmtree(home.path, ignore_errors=True)
            _with_model(home.path, default_model_folder)
            take_over(WORKED_OUT, home.path)
            outcome = home.zhengwen("setup")
            assert outcome.returncode == 0, outcome.stdout + outcome.stderr
            made.touch()
    return home


@pytest.fixture(scope="module")
def demonstration(pristine_home: Home, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """For the tests of one module that only ask and read."""
    return pristine_home.copy(tmp_path_factory.mktemp("demonstration") / "home")


@pytest.fixture
def own_demonstration(pristine_home: Home, tmp_path: Path) -> Home:
    """For one test that changes the policy base or the index."""
    return pristine_home.copy(tmp_path / "demonstration-home")


@pytest.fixture
def bare_home(tmp_path: Path) -> Callable[..., Home]:
    """Homes without any content; `model` is the folder of a provisioned model to share."""

    def make(model: Path | None = None, **variables: str) -> Home:
        path = tmp_path / "bare-home"
        if model is not None:
            _with_model(path, model)
        return Home(path, variables)

    return make


def take_over(source: Path, home: Path) -> None:
    """Vectors and classifiers of another home, where it has any: working them out again takes a minute.

    Both are kept under digests of what they were made from, so what does not fit is made anew.
    """
    if (source / VECTORS).is_file():
        (home / "index").mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(source / VECTORS)) as old, closing(sqlite3.connect(home / VECTORS)) as new:
            old.backup(new)
    if (source / "classifiers").is_dir():
        shutil.copytree(source / "classifiers", home / "classifiers")


def _with_model(home: Path, model: Path) -> None:
    (home / "models").mkdir(parents=True)
    (home / "models" / DEFAULT_MODEL).symlink_to(model)


def _shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One for all processes of this test session."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


def _without_settings() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("ZHENGWEN_")}
