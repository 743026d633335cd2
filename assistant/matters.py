"""Which matters a question names, and whether a text speaks of one of them. Loaded from matters.toml."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

MATTERS_FILE = Path(__file__).with_name("matters.toml")


@dataclass(frozen=True, slots=True)
class Matters:
    """`forms` of each matter: the words in which people and rules speak of it.

    `service_words` close the name of a duty and name no matter. `also_called`: words for the same that alone name no matter.
    """

    forms: tuple[tuple[str, ...], ...]
    service_words: tuple[str, ...] = ()
    also_called: tuple[tuple[str, ...], ...] = ()

    def named_in(self, text: str) -> tuple[str, ...]:
        """Every form of every matter named in the text; empty where none is."""
        return tuple(form for forms in self.forms if any(word in text for word in forms) for form in forms)

    def forms_of(self, word: str) -> tuple[str, ...]:
        """The word and whatever else the same matter is called."""
        return (word, *(form for forms in (*self.forms, *self.also_called) if word in forms for form in forms))

    def core_of(self, duty: str) -> str:
        """What a duty is about: its name without the words for what is done there, 人事档案管理 → 人事档案; "" where nothing is left."""
        return _core_of(duty, self.service_words)


# Hundreds of duties are gone through for every question, and they are always the same.
@lru_cache(maxsize=4096)
def _core_of(duty: str, service_words: tuple[str, ...]) -> str:
    while (ending := next((word for word in service_words if duty.endswith(word)), "")) and len(duty) - len(ending) > 1:
        duty = duty.removesuffix(ending)
    return "" if duty in service_words else duty


def load_matters(path: Path = MATTERS_FILE) -> Matters:
    """Raises OSError or KeyError on a broken file: a deployment error."""
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    return Matters(
        tuple(tuple(forms) for group in table["matters"].values() for forms in group),
        tuple(sorted(table["duties"]["service_words"], key=len, reverse=True)),
        tuple(map(tuple, table["duties"]["also_called"])),
    )
