"""The examination of an installation: each fault is named with what to do, and one fault hides no other."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from api.doctor import place_checks
from api.doctor.examination import examine
from api.doctor.models import Finding, Health
from api.settings import Settings
from indexing.errors import AdapterUnavailable, EmbedderUnavailable, RerankerMismatch, SnapshotDamaged, SnapshotMismatch
from tests.fakes.containers import a_container
from tests.fakes.token_embedder import FakeTokenEmbedder


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


@pytest.mark.parametrize(
    ("built_with", "running", "setting", "not_meant"),
    [
        ("e5@1/int8&search@2+search", "e5@1/int8", "ZHENGWEN_ENCODER", "ZHENGWEN_EMBEDDER"),
        ("e5@1/int8", "e5@1/int8&search@2", "ZHENGWEN_ENCODER", "ZHENGWEN_EMBEDDER"),
        ("e5@1/int8&search@2+search", "e5@1/int8&mine@3", "ZHENGWEN_ENCODER", "ZHENGWEN_EMBEDDER"),
        ("e5@1/int8&search@2+search", "e5@1/float32&search@2", "ZHENGWEN_EMBEDDER", "ZHENGWEN_ENCODER"),
        ("e5@1/int8", "bge@4/int8", "ZHENGWEN_EMBEDDER", "ZHENGWEN_ENCODER"),
    ],
)
def test_an_index_of_another_model_is_told_with_the_setting_that_was_changed(
    tmp_path: Path, built_with: str, running: str, setting: str, not_meant: str
) -> None:
    def mismatched() -> None:
        raise SnapshotMismatch("s-1", built_with, running)

    container = replace(a_container(home=tmp_path), answering_snapshot=mismatched)
    found = {finding.subject: finding for finding in examine(settings(tmp_path), container)}["索引"]
    assert found.health is Health.FAULT
    assert "zhengwen index refresh" in found.advice
    assert setting in found.advice
    assert not_meant not in found.advice
    before, now = re.findall("“(.+?)”", found.words)
    assert before in built_with
    assert now in running
    assert before != now


def test_a_missing_model_is_named(tmp_path: Path) -> None:
    def missing() -> None:
        raise EmbedderUnavailable("m", "没有这个文件夹。")

    container = replace(a_container(home=tmp_path), embedder=missing)
    found = {finding.subject: finding for finding in examine(settings(tmp_path), container)}
    assert "zhengwen setup" in found["向量模型"].advice


def test_a_chosen_encoder_that_cannot_be_used_is_named_with_the_way_out(tmp_path: Path) -> None:
    def unusable() -> None:
        raise AdapterUnavailable("mine", "没有这个文件。")

    container = replace(a_container(home=tmp_path), embedder=unusable)
    found = {finding.subject: finding for finding in examine(settings(tmp_path), container)}["检索模型"]
    assert found.health is Health.FAULT
    assert "ZHENGWEN_ENCODER" in found.advice


def test_chosen_token_weights_that_do_not_fit_are_named_with_the_way_out(tmp_path: Path) -> None:
    def unusable() -> None:
        raise RerankerMismatch("mine", "search@1", "search@2")

    container = replace(a_container(home=tmp_path), embedder=unusable)
    found = {finding.subject: finding for finding in examine(settings(tmp_path), container)}["细排"]
    assert found.health is Health.FAULT
    assert "ZHENGWEN_RERANKER" in found.advice


@pytest.mark.parametrize(("made_with", "health"), [("fake-tokens/1", Health.GOOD), ("", Health.NOTICE)])
def test_token_weights_that_no_snapshot_was_made_with_are_told(tmp_path: Path, made_with: str, health: Health) -> None:
    snapshots = SimpleNamespace(current=lambda: SimpleNamespace(token_fingerprint=made_with, snapshot_id="s-1"))
    container = replace(a_container(home=tmp_path), embedder=FakeTokenEmbedder, snapshots=snapshots)
    found = {finding.subject: finding for finding in examine(settings(tmp_path), container)}["细排"]
    assert found.health is health
    assert "细排" not in findings(tmp_path)


def test_little_space_is_noticed_before_there_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Usage:
        free = 2 << 30

    monkeypatch.setattr(place_checks.shutil, "disk_usage", lambda _: Usage)
    assert findings(tmp_path)["磁盘空间"].health is Health.NOTICE


def test_a_language_model_without_its_parts_is_named(tmp_path: Path) -> None:
    values = {"llm_url": "http://127.0.0.1:9/v1", "llm_model": "m-1"}
    container = a_container(home=tmp_path, **values)
    found = {finding.subject: finding for finding in examine(settings(tmp_path, **values), container)}
    assert "zhengwen[llm]" in found["语言模型"].advice
    assert "语言模型" not in findings(tmp_path)


def test_a_chosen_adapter_that_cannot_be_used_is_named_before_the_next_refresh(tmp_path: Path) -> None:
    def unusable() -> None:
        raise AdapterUnavailable("mine", "没有这个文件夹。")

    used = settings(tmp_path, adapter="mine")
    container = replace(a_container(home=tmp_path, adapter="mine"), synchroniser=unusable)
    found = {finding.subject: finding for finding in examine(used, container)}["向量适配器"]
    assert found.health is Health.FAULT
    assert "mine" in found.words
    assert "zhengwen train" in found.words


@pytest.mark.parametrize(("wanted", "health"), [("hashing", Health.GOOD), ("hashing+mine@1", Health.NOTICE)])
def test_a_chosen_adapter_that_no_snapshot_was_made_with_is_told(tmp_path: Path, wanted: str, health: Health) -> None:
    container = replace(a_container(home=tmp_path, adapter="mine"), synchroniser=lambda: SimpleNamespace(vector_fingerprint=wanted))
    found = {finding.subject: finding for finding in examine(settings(tmp_path, adapter="mine"), container)}["向量适配器"]
    assert found.health is health
    assert "向量适配器" not in findings(tmp_path)
