"""Units, containers and examples of settings: accepted by the programs that will read them, and true to the settings there are."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from api.body_limits import FILE_ADDRESSES
from api.settings import Settings

DEPLOY = Path(__file__).parents[2] / "deploy"
EXAMPLE = DEPLOY / "zhengwen.env.example"
PROGRAM = "/opt/zhengwen/.venv/bin/zhengwen"
# Of compose.yaml alone.
_OF_CONTAINERS = {"ZHENGWEN_DB_PASSWORD", "ZHENGWEN_TLS"}


def _lines(path: Path) -> dict[str, str]:
    """Those that are commented out as well."""
    found = re.findall(r"^(?:# )?([A-Z][A-Z0-9_]+)=(.*)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return dict(found)


def _compose(tmp_path: Path, *, filled: bool) -> subprocess.CompletedProcess[str]:
    if not shutil.which("docker") or subprocess.run(["docker", "compose", "version"], capture_output=True, check=False).returncode:
        pytest.skip("没有安装 docker compose")
    written = tmp_path / "compose.env"
    text = (DEPLOY / "compose.env.example").read_text(encoding="utf-8")
    written.write_text(re.sub(r"=$", "=0a1b", text, flags=re.MULTILINE) if filled else text, encoding="utf-8")
    command = ["docker", "compose", "--env-file", str(written), "-f", str(DEPLOY / "compose.yaml"), "config", "--quiet"]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="没有 systemd-analyze（Debian 软件包 systemd）")
def test_systemd_takes_every_unit_without_a_word(tmp_path: Path) -> None:
    units = tmp_path / "units"
    shutil.copytree(DEPLOY / "systemd", units)
    for unit in units.glob("*.service"):
        unit.write_text(unit.read_text(encoding="utf-8").replace(PROGRAM, "/bin/true"), encoding="utf-8")
    # A template is looked at as one that runs.
    names = [str(unit).replace("@.", "@8001.") for unit in sorted(units.glob("*.*")) if unit.is_file()]
    checked = subprocess.run(["systemd-analyze", "verify", *names], capture_output=True, text=True, check=False)
    assert (checked.returncode, checked.stderr) == (0, "")


def test_every_unit_runs_as_its_own_user_and_may_write_its_state_alone() -> None:
    common = (DEPLOY / "systemd" / "zhengwen-.service.d" / "common.conf").read_text(encoding="utf-8")
    for line in ("User=zhengwen", "NoNewPrivileges=yes", "ProtectSystem=strict", "CapabilityBoundingSet="):
        assert line in common.splitlines()
    # systemd finds a drop-in by the part of the name before the last dash, and the template's name has none: it needs a copy of its own.
    assert (DEPLOY / "systemd" / "zhengwen@.service.d" / "common.conf").read_text(encoding="utf-8") == common


def test_compose_takes_the_file_with_the_example_filled_in(tmp_path: Path) -> None:
    checked = _compose(tmp_path, filled=True)
    assert (checked.returncode, checked.stderr) == (0, "")


def test_compose_refuses_to_start_without_passwords_and_keys(tmp_path: Path) -> None:
    assert "请在 deploy/.env 里填写" in _compose(tmp_path, filled=False).stderr


@pytest.mark.parametrize("name", ["zhengwen.env.example", "compose.env.example", "compose.yaml", "Containerfile", "README.md"])
def test_every_setting_named_is_one_there_is(name: str) -> None:
    named = set(re.findall(r"\bZHENGWEN_[A-Z0-9]+(?:_[A-Z0-9]+)*\b", (DEPLOY / name).read_text(encoding="utf-8")))
    known = {f"ZHENGWEN_{field.upper()}" for field in Settings.in_order()}
    assert named
    assert named - known - _OF_CONTAINERS == set()


def test_the_example_of_settings_is_read_by_the_program(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in _lines(EXAMPLE).items():
        monkeypatch.setenv(name, value)
    settings = Settings(_env_file=None)  # type: ignore[call-arg]  # of pydantic-settings
    assert settings.jobs == "off"
    assert (settings.search_threads, settings.max_waiting) == (3, 7)
    assert settings.records_url == settings.index_url


def test_the_example_reads_the_same_for_systemd_containers_and_shells() -> None:
    assert [value for value in _lines(EXAMPLE).values() if re.search(r"""["'\s$`\\]|.#""", value)] == []


def test_the_plans_of_the_capacity_guide_are_those_that_its_numbers_give() -> None:
    told = subprocess.run([sys.executable, str(DEPLOY / "capacity.py")], capture_output=True, text=True, encoding="utf-8", check=True)
    shown = (DEPLOY / "capacity.md").read_text(encoding="utf-8")
    assert f"<!-- plans:begin -->\n{told.stdout}<!-- plans:end -->" in shown


def test_nginx_lets_through_what_the_service_takes_as_it_is_shipped() -> None:
    """So that whoever hands in too much is told so by the service, in its own words."""
    site = (DEPLOY / "nginx" / "zhengwen.conf").read_text(encoding="utf-8")
    places = re.findall(r"location ~ (\S+) \{[^}]*client_max_body_size (\d+)m;", site)
    settings = Settings(_env_file=None)  # type: ignore[call-arg]  # of pydantic-settings
    for address in FILE_ADDRESSES:
        assert [int(size) > settings.max_upload_mb for place, size in places if re.search(place, address)] == [True]
    everywhere = re.search(r"^    client_max_body_size (\d+)m;", site, re.MULTILINE)
    assert everywhere
    assert int(everywhere[1]) * 1024 > settings.max_request_kb
