"""A folder on a disk of a few megabytes that fills up for real."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Path]:
    """A tmpfs mounted on `folder`; the test is skipped where mounting is not allowed, the injected cases still run there."""
    folder.mkdir(parents=True, exist_ok=True)
    command = shutil.which("mount")
    mounted = command and subprocess.run(
        [command, "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)], check=False, capture_output=True
    )
    if not mounted or mounted.returncode != 0:
        pytest.skip("这台机器不允许挂载小磁盘；注入错误的测试仍会运行")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=False, capture_output=True)


def fill(folder: Path, leave_bytes: int = 0) -> Path:
    """Takes all but `leave_bytes` of the disk; removing the returned file gives the space back."""
    ballast = folder / ".ballast"
    free = shutil.disk_usage(folder).free - leave_bytes
    with ballast.open("wb") as file:
        block = b"\0" * 65536
        try:
            for _ in range(max(0, free) // len(block)):
                file.write(block)
            file.flush()
        except OSError:
            pass
    return ballast
