"""The examination of an installation: each fault is named with what to do, and one fault hides no other."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from api.doctor import place_checks
from api.doctor.examination import examine
from api.doctor.models import Finding, Health
from api.settings import Settings
from indexing.errors import EmbedderUnavailable, SnapshotDamaged
from tests.fakes.containers import a_container


def settings(home: Path, **values: object) -> Settings:
    return Settings(_env_file=None, home=home, **values)  # type: ignore[arg-type]


def findings(home: Path, **values: object) -> dict[str, Finding]:
    used = settings(home, **values)
    return {finding.subject: finding for finding in examine(used, a_container(home=home))}


def test_a_sound_installation_has_no_fault(tmp_path: Path) -> None:
    found = findings(tmp_path)
    assert not [finding for finding in found.values() if finding.health is Health.FAULT and finding.subject != "账号"]


def test_every_fault_and_notice_says_what_to_do(tmp_path: Path) -> None:
    found = findings(tmp_path, host="0.0.0.0", secure_cookies="false")  # noqa: S104 - what the check is about
    assert all(finding.advice for finding in found.values() if finding.health is not Health.GOOD)
    assert found["登录安全"].health is Health.FAULT


def test_a_home_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    found = list(examine(settings(tmp_path / "file" / "home")))
    assert any(finding.subject == "状态文件夹" and finding.health is Health.FAULT for finding in found)


def test_a_damaged_database_is_named_with_the_way_back(tmp_path: Path) -> None:
    (tmp_path / "records.sqlite3").write_bytes(b"no database " * 1000)
    found = list(examine(settings(tmp_path)))
    assert found[-1].subject == "数据库"
    assert "zhengwen restore" in found[-1].advice


def test_a_key_that_others_can_read_is_named(tmp_path: Path) -> None:
    key = tmp_path / "contact.key"
    key.write_text("secret")
    key.chmod(0o644)
    assert findings(tmp_path)["密钥文件"].advice.startswith("请运行 chmod 600")


def test_a_damaged_snapshot_hides_nothing_else(tmp_path: Path) -> None:
    def damaged() -> None:
        raise SnapshotDamaged("s-1", "缺少文件 vectors.faiss")

    container = replace(a_container(home=tmp_path), answering_snapshot=damaged)
    found = {finding.subject: finding for finding in examine(settings(tmp_path), container)}
    assert "缺少文件" in found["索引"].words
    assert {"备份", "工作日历", "后台任务"} <= set(found)


def test_a_missing_model_is_named(tmp_path: Path) -> None:
    def missing() -> None:
        raise EmbedderUnavailable("m", "没有这个文件夹。")

    container = replace(a_container(home=tmp_path), embedder=missing)
    found = {finding.subject: finding for finding in examine(settings(tmp_path), container)}
    assert "zhengwen setup" in found["向量模型"].advice


def test_little_space_is_noticed_before_there_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Usage:
        free = 2 << 30

    monkeypatch.setattr(place_checks.shutil, "disk_usage", lambda _: Usage)
    assert findings(tmp_path)["磁盘空间"].health is Health.NOTICE
