"""An environment of its own for every neighbour: made once, made again when its versions change. Touches nothing of ours."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

from evaluation.errors import EvaluationError
from evaluation.peers.peer_list import Peer

_STAMP = "installed.json"


class NotInstalled(EvaluationError):
    """`name` could not be installed; `reason`: the last lines of what the installer said."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"{name} 装不上，跳过它，其余照测。安装程序说：{reason}")


def prepared_python(peer: Peer, environments: Path) -> Path:
    """The interpreter to run it with. Raises NotInstalled; what is half installed is done over the next time."""
    if not peer.packages:
        return Path(sys.executable)
    folder = environments / peer.name
    python, stamp = folder / "venv" / "bin" / "python", folder / _STAMP
    wanted = json.dumps([sys.version_info[:2], peer.packages])
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == wanted and python.exists():
        return python
    shutil.rmtree(folder / "venv", ignore_errors=True)
    _run(peer, sys.executable, "-m", "venv", str(folder / "venv"))
    _run(peer, str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *peer.packages)
    stamp.write_text(wanted, encoding="utf-8")
    return python


def _run(peer: Peer, *command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 (versions come from our own file)
    if done.returncode:
        errors = [line for line in done.stderr.splitlines() if line.strip() and not line.startswith("WARNING")]
        raise NotInstalled(peer.label, "；".join(line[:300] for line in errors[-2:]))
