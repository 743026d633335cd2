"""Settings and the table of them in the README."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from api.settings import Settings, settings_table

README = Path(__file__).parents[2] / "README.md"


def test_every_setting_is_described_in_chinese() -> None:
    for name, field in Settings.model_fields.items():
        assert any("\u4e00" <= character <= "\u9fff" for character in field.description or ""), name


def test_settings_are_read_from_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ZHENGWEN_HOME", str(tmp_path))
    monkeypatch.setenv("ZHENGWEN_PORT", "9001")
    settings = Settings(_env_file=None)
    assert (settings.port, settings.records_address) == (9001, f"sqlite:///{tmp_path / 'records.sqlite3'}")
    assert settings.embedder_source == str(tmp_path / "models" / "multilingual-e5-small")


def test_a_wrong_value_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHENGWEN_REGION", "示范市")
    with pytest.raises(ValidationError):
        Settings(_env_file=None)


@pytest.mark.parametrize(
    ("content", "words"), [(None, "找不到这个文件"), ("[visitor", "写法不对"), ("[visitor]\nquestion = []", "缺少项目")]
)
def test_a_file_of_rates_that_cannot_be_used_is_said_in_words(content: str | None, words: str, tmp_path: Path) -> None:
    place = tmp_path / "rates.toml"
    if content is not None:
        place.write_text(content, encoding="utf-8")
    with pytest.raises(ValidationError, match=words):
        Settings(_env_file=None, rate_limits=str(place))


def test_the_readme_shows_the_table_of_settings_as_it_is() -> None:
    text = README.read_text(encoding="utf-8")
    shown = text.split("<!-- settings:begin -->")[1].split("<!-- settings:end -->")[0].strip()
    assert shown == settings_table()
