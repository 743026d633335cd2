"""One measurement of the search benchmark in a process of its own; the last line of output is its result as JSON."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from evaluation.benchmarks.search_bench import prepare, search


def main() -> None:
    step, home, first, second = sys.argv[1:5]
    result = prepare(Path(home), int(first), int(second)) if step == "prepare" else search(Path(home), int(first))
    sys.stdout.write(json.dumps(result) + "\n")


if __name__ == "__main__":
    main()
