"""Every setting with its effective value and where it comes from; nothing secret is shown."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from dotenv import dotenv_values
from pydantic import SecretStr

from api.settings import Settings
from api.shown_address import shown_address

_PREFIX = "ZHENGWEN_"


class SettingSource(StrEnum):
    """The value says it to a person."""

    ENVIRONMENT = "环境变量"
    FILE = ".env 文件"
    DEFAULT = "默认值"


@dataclass(frozen=True, slots=True)
class ShownSetting:
    """`variable` is the name in the environment; `value` and `default` as they may be shown, "" for empty."""

    variable: str
    value: str
    default: str
    source: SettingSource
    description: str


def settings_shown(
    settings: Settings, environment: Mapping[str, str] | None = None, env_file: Path = Path(".env")
) -> tuple[ShownSetting, ...]:
    """In the order in which the settings are declared. The environment wins over the file, as it does when they are read."""
    given = {name.upper() for name in (os.environ if environment is None else environment)}
    filed = {name.upper() for name in dotenv_values(env_file)} if env_file.is_file() else set()
    return tuple(
        ShownSetting(
            f"{_PREFIX}{name.upper()}",
            _shown(getattr(settings, name)),
            _shown(field.default),
            _source(f"{_PREFIX}{name.upper()}", given, filed),
            field.description or "",
        )
        for name, field in Settings.in_order().items()
    )


def _source(variable: str, given: set[str], filed: set[str]) -> SettingSource:
    if variable in given:
        return SettingSource.ENVIRONMENT
    return SettingSource.FILE if variable in filed else SettingSource.DEFAULT


def _shown(value: object) -> str:
    if isinstance(value, SecretStr):
        return "已设置（不显示）" if value.get_secret_value() else ""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return shown_address(str(value)) if "://" in str(value) else str(value)
