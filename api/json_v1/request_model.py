"""What every body of a request to the interface has in common."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, field_validator

_NO_CHARACTERS = str.maketrans("", "", "\x00" + "".join(map(chr, range(0xD800, 0xE000))))


class RequestModel(BaseModel):
    """Unknown fields are refused. Zero bytes and halves of characters, which no store and no answer can carry, are left out."""

    model_config = ConfigDict(extra="forbid")

    @field_validator("*", mode="before")
    @classmethod
    def _whole_characters(cls, value: Any) -> Any:
        return value.translate(_NO_CHARACTERS) if isinstance(value, str) else value
