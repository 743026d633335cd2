"""Steps of the measurement, each in a process of its own: settings by the environment, the result as JSON in the last line of output."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable

from api.serving import run_server
from api.settings import Settings
from evaluation.benchmarks.desk_bench_step import keep_to
from evaluation.benchmarks.load import content
from evaluation.benchmarks.load.limits import limits
from evaluation.benchmarks.load.measuring import CellPlan, measure

_HOST = "127.0.0.1"


def cell(*numbers: int) -> dict[str, object]:
    """The numbers of a CellPlan, then the ports of the service and of the plain route."""
    *plan, service_port, hello_port = numbers
    return measure(CellPlan(*plan), (_HOST, service_port), (_HOST, hello_port))


def serve(port: int, cores: int) -> None:
    """As `zhengwen serve` does it, with as many processes as ZHENGWEN_WORKERS says."""
    keep_to(cores)
    run_server(Settings(), _HOST, port)


def main() -> None:
    name, numbers = sys.argv[1], [int(number) for number in sys.argv[3:]]
    if name == "serve":
        serve(*numbers)
        return
    steps: dict[str, Callable[..., dict[str, object]]] = {
        "prepare": content.prepare,
        "build": content.build,
        "refresh": content.refresh,
        "limits": limits,
        "cell": cell,
    }
    sys.stdout.write(json.dumps(steps[name](*numbers), ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
