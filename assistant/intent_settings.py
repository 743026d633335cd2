"""How sure the recogniser must be, loaded from intents.toml into frozen values."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from assistant.intents import ConversationAct

SETTINGS_FILE = Path(__file__).with_name("intents.toml")


@dataclass(frozen=True, slots=True)
class IntentSettings:
    """Precisions and floors are shares in 0..1; a threshold never falls below its floor. `emergency_characters` bounds the message."""

    act_precision: Mapping[ConversationAct, float]
    act_floor: float
    talk_precision: float
    talk_floor: float
    emergency_floor: float
    emergency_characters: int
    type_precision: float
    type_floor: float

    def floor(self, act: ConversationAct) -> float:
        return self.emergency_floor if act is ConversationAct.EMERGENCY else self.act_floor


def load_intent_settings(path: Path = SETTINGS_FILE) -> IntentSettings:
    """Raises KeyError or ValueError where an entry is missing or unknown."""
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    acts, emergency, types = table["acts"], table["emergency"], table["request_types"]
    return IntentSettings(
        act_precision={ConversationAct(name): share for name, share in acts["target_precision"].items()},
        act_floor=acts["floor"],
        talk_precision=table["talk"]["target_precision"],
        talk_floor=table["talk"]["floor"],
        emergency_floor=emergency["floor"],
        emergency_characters=emergency["max_characters"],
        type_precision=types["target_precision"],
        type_floor=types["floor"],
    )
