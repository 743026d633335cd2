"""The chart library: the very file that was looked at, with its licence; nothing of it leaves the page."""

from __future__ import annotations

import re
from hashlib import sha256
from pathlib import Path

FOLDER = Path(__file__).parents[3] / "api" / "web" / "static" / "vendor" / "chartjs"


def test_the_file_is_the_one_whose_digest_is_written_down() -> None:
    written = re.search(r"sha256 `([0-9a-f]{64})`", (FOLDER / "README.md").read_text(encoding="utf-8"))
    assert written is not None
    assert sha256((FOLDER / "chart.umd.min.js").read_bytes()).hexdigest() == written[1]


def test_the_licence_stands_beside_it() -> None:
    assert "MIT" in (FOLDER / "LICENSE.md").read_text(encoding="utf-8")


def test_it_needs_nothing_the_content_security_policy_forbids() -> None:
    source = (FOLDER / "chart.umd.min.js").read_text(encoding="utf-8")
    assert not re.search(r"\beval\(|new Function|createElement\([\"']style|insertRule|importScripts|XMLHttpRequest|fetch\(", source)
    assert "sourceMappingURL" not in source
