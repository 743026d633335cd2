"""nginx before the two processes, configured as it ships in deploy/nginx."""

from __future__ import annotations

import json
import os
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

from evaluation.benchmarks.own_processes import free_port
from evaluation.trials.servers import START_S, Program, TrialImpossible

SCRIPT = Path(__file__).parents[2] / "deploy" / "nginx" / "try-here.sh"
# A dead port refuses in a millisecond, on a busy machine in some tens.
_REFUSED_WITHIN_S = 0.1


class NginxFront(Program):
    """Listens on a port of its own, encrypted, and shares requests out to `services`. Raises TrialImpossible where it is not installed."""

    def __init__(self, folder: Path, services: Sequence[int]) -> None:
        # Not always on the way of whoever is not root.
        program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
        if program is None or shutil.which("openssl") is None or not SCRIPT.is_file():
            raise TrialImpossible("需要 nginx、openssl 和源代码里的 deploy/nginx。Debian 上请运行 apt-get install nginx-light openssl。")
        self.port, self._place = free_port(), folder / "nginx"
        # What an earlier trial left would be counted again.
        shutil.rmtree(self._place, ignore_errors=True)
        addresses = [f"127.0.0.1:{service}" for service in services]
        command = ["/bin/sh", str(SCRIPT), str(self._place), str(self.port), *addresses]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - our own script
        super().__init__([program, "-p", str(self._place), "-c", "nginx.conf", "-g", "daemon off;"], folder / "nginx.log", os.environ)

    @property
    def address(self) -> str:
        return f"https://localhost:{self.port}"

    @property
    def trust(self) -> ssl.SSLContext:
        """Of the certificate made for this trial."""
        return ssl.create_default_context(cafile=self._place / "fullchain.pem")

    def wait_until_listening(self) -> None:
        """Raises TrialImpossible."""
        give_up = time.monotonic() + START_S
        while time.monotonic() < give_up and not self.ended:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.1)
        raise TrialImpossible(f"nginx 没有起来，请看 {self._place / 'logs'}。")

    def log_lines(self) -> list[str]:
        return (self._place / "logs" / "zhengwen.log").read_text(encoding="utf-8").splitlines()


def sent_again(lines: Iterable[str]) -> dict[str, int]:
    """Of lines of the access log: requests that nginx gave to another process. `broken`: the first had taken it and did not answer."""
    tried = [str(entry["upstream_seconds"]).split(", ") for entry in map(json.loads, lines) if "," in str(entry["upstream"])]
    broken = sum(any(float(seconds) > _REFUSED_WITHIN_S for seconds in each[:-1] if seconds != "-") for each in tried)
    return {"broken": broken, "not_connected": len(tried) - broken}
