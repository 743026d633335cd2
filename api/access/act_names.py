"""What acts in the audit trail are called on screen, loaded from act_names.toml into frozen values."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

ACT_NAMES_FILE = Path(__file__).with_name("act_names.toml")


@dataclass(frozen=True, slots=True)
class ActGroup:
    """Acts of one matter: (name in the record, label)."""

    label: str
    acts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ActNames:
    groups: tuple[ActGroup, ...]

    def label(self, action: str) -> str:
        """The name itself where nobody gave it a label."""
        return next((label for group in self.groups for name, label in group.acts if name == action), action)

    def known(self) -> frozenset[str]:
        return frozenset(name for group in self.groups for name, _ in group.acts)


def load_act_names(path: Path = ACT_NAMES_FILE) -> ActNames:
    """Raises tomllib.TOMLDecodeError or ValueError where the file is malformed or names an act twice."""
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    names = ActNames(tuple(ActGroup(label, tuple(acts.items())) for label, acts in table.items()))
    if len(names.known()) != sum(len(group.acts) for group in names.groups):
        raise ValueError(f"{path.name}: an act stands in two tables")
    return names
