"""The wheel works where the repository is not: everything that is read at run time is in it."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.demonstration import PRECISION, ROOT, Home, take_over

PACKAGES = ("api", "assistant", "evaluation", "indexing", "knowledge_base")
LEFT_OUT = {".pyc"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy of what is tracked, so that the repository stays clean."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    for name in tracked("pyproject.toml", "README.md", *PACKAGES):
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_bytes((ROOT / name).read_bytes())
    build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", str(folder), str(source)]
    built = subprocess.run(build, capture_output=True, text=True, check=False)
    if "No module named 'setuptools" in built.stderr or "BackendUnavailable" in built.stderr:
        pytest.skip("没有安装 setuptools")
    assert built.returncode == 0, built.stderr
    (path,) = folder.glob("*.whl")
    return path


def tracked(*paths: str) -> list[str]:
    """Files of the working tree that git knows and that are still there."""
    listed = subprocess.run(["git", "ls-files", "-z", "--", *paths], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode != 0:
        pytest.skip("这里不是 git 仓库")
    return [name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def test_every_file_of_the_packages_is_in_the_wheel(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        packed = set(archive.namelist())
    missing = [name for name in tracked(*PACKAGES) if name not in packed and Path(name).suffix not in LEFT_OUT]
    assert not missing


@pytest.mark.model
def test_set_up_and_asking_work_without_the_repository(
    wheel: Path, default_model_folder: Path, pristine_home: Home, tmp_path: Path
) -> None:
    installed = tmp_path / "installed"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(installed)
    home = tmp_path / "home"
    (home / "models").mkdir(parents=True)
    (home / "models" / default_model_folder.name).symlink_to(default_model_folder)
    take_over(pristine_home.path, home)
    environment = {**Home(home).environment(), "PYTHONPATH": str(installed), "ZHENGWEN_EMBEDDER_PRECISION": PRECISION}
    code = f"import sys, evaluation.cli as cli\nassert cli.__file__.startswith({str(installed)!r}), cli.__file__\ncli.main()"
    for words in (["setup"], ["ask", "居住证怎么办，要带什么材料？"]):
        run = subprocess.run(
            [sys.executable, "-c", code, *words],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )
        assert run.returncode == 0, run.stdout + run.stderr
    assert "《示范市居住证管理办法》" in run.stdout
