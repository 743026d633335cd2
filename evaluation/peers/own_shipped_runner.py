"""The product as it ships, in a process of its own: another index than the one of the vectors that all get."""

from __future__ import annotations

import sys
from pathlib import Path

from evaluation.peers.own_runner import OwnRunner
from evaluation.peers.runners.protocol import run

if __name__ == "__main__":
    run(OwnRunner(Path(sys.argv[2]), shipped=True))
