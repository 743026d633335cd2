"""The console's page of settings: where each value comes from, and nothing secret."""

from __future__ import annotations

from pathlib import Path

from pydantic import SecretStr

from api.access.models import Role
from api.setting_sources import SettingSource, settings_shown
from api.settings import Settings
from tests.fakes.containers import a_container
from tests.staff_clients import a_staff_client, a_staff_member

SECRET = "whsec_" + "A" * 44


def test_every_setting_is_shown_with_its_default_and_source(tmp_path: Path) -> None:
    env_file = tmp_path / ".env"
    env_file.write_text("ZHENGWEN_PORT=9000\nzhengwen_workers=4\n", encoding="utf-8")
    settings = Settings(_env_file=None, port=9000, workers=2)
    shown = {one.variable: one for one in settings_shown(settings, {"ZHENGWEN_WORKERS": "2"}, env_file)}
    assert set(shown) == {f"ZHENGWEN_{name.upper()}" for name in Settings.model_fields}
    assert (shown["ZHENGWEN_PORT"].value, shown["ZHENGWEN_PORT"].default) == ("9000", "8000")
    assert shown["ZHENGWEN_PORT"].source is SettingSource.FILE
    assert shown["ZHENGWEN_WORKERS"].source is SettingSource.ENVIRONMENT
    assert shown["ZHENGWEN_HOST"].source is SettingSource.DEFAULT
    assert all(one.description for one in shown.values())


def test_nothing_secret_is_shown(tmp_path: Path) -> None:
    settings = Settings(
        _env_file=None,
        records_url="postgresql://zhengwen:geheim@db.example/zhengwen",
        webhook_urls="https://hooks.example/in?token=verborgen",
        webhook_secret=SecretStr(SECRET),
        audit_key=SecretStr("ab" * 32),
    )
    text = repr(settings_shown(settings, {}, tmp_path / "none"))
    for secret in ("geheim", "verborgen", SECRET, "ab" * 32):
        assert secret not in text
    assert "db.example" in text
    assert "已设置" in text


def test_the_page_is_there_for_readers_and_offers_no_change() -> None:
    container = a_container(port=9000)
    client = a_staff_client(container, a_staff_member(container, Role.AUDITOR))
    page = client.get("/admin/settings").text
    assert "ZHENGWEN_PORT" in page
    assert "9000" in page
    assert ".env" in page
    assert "<form" not in page.split("<main")[1]


def test_the_installation_is_examined_on_request(tmp_path: Path) -> None:
    container = a_container(home=tmp_path)
    client = a_staff_client(container, a_staff_member(container, Role.ADMINISTRATOR))
    assert "运行状态</h2>" not in client.get("/admin/settings").text
    assert "磁盘空间" in client.get("/admin/settings?check=yes").text
