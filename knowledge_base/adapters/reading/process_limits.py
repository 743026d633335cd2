"""What a reading process may use, loaded from limits.toml."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

PROCESS_LIMITS_FILE = Path(__file__).with_name("limits.toml")


@dataclass(frozen=True, slots=True)
class ProcessLimits:
    """Seconds of the clock and of the processor, mebibytes, files, and processes at once."""

    at_once: int
    wall_s: int
    cpu_s: int
    memory_mb: int
    written_mb: int
    open_files: int
    niceness: int
    result_mb: int


@dataclass(frozen=True, slots=True)
class RecognitionLimits:
    """What takes the place of the limits of the process once scanned pages are being recognised."""

    wall_s: int
    cpu_s: int
    memory_mb: int


@dataclass(frozen=True, slots=True)
class ArchiveLimits:
    """`left_out`: beginnings of the names of files and folders that nobody means to upload."""

    max_members: int
    max_unpacked_bytes: int
    max_unpack_ratio: int
    max_depth: int
    left_out: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class UntrustedLimits:
    process: ProcessLimits
    recognition: RecognitionLimits
    archive: ArchiveLimits


def load_process_limits(path: Path = PROCESS_LIMITS_FILE) -> UntrustedLimits:
    """Raises TypeError where an entry is missing or unknown."""
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    archive = ArchiveLimits(**(table["archive"] | {"left_out": tuple(table["archive"]["left_out"])}))
    return UntrustedLimits(ProcessLimits(**table["process"]), RecognitionLimits(**table["recognition"]), archive)
