"""Which neighbours are measured, in which versions and how: peers.toml in frozen values."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

PEERS_FILE = Path(__file__).with_name("peers.toml")
RUNNERS = "evaluation.peers.runners"


@dataclass(frozen=True, slots=True)
class Peer:
    """`packages` pinned, none for what needs only numpy; `how` says in Chinese how it was set up; `kinds`: what it is asked."""

    name: str
    label: str
    runner: str
    packages: tuple[str, ...]
    how: str
    kinds: tuple[str, ...]

    @property
    def module(self) -> str:
        return f"{RUNNERS}.{self.runner}"


def load_peers(path: Path = PEERS_FILE) -> tuple[Peer, ...]:
    """In the order of the file. Raises KeyError where an entry is missing, TypeError where one is unknown."""
    sections = tomllib.loads(path.read_text(encoding="utf-8"))
    return tuple(
        Peer(name, **{**entries, "packages": tuple(entries["packages"]), "kinds": tuple(entries["kinds"])})
        for name, entries in sections.items()
    )
