"""House rules that no linter knows. Each test lists every offender at once."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("knowledge_base", "indexing", "assistant", "api", "evaluation")
SOURCES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
TEMPLATES = sorted((ROOT / "api" / "web" / "templates").rglob("*.html"))
ELEMENTS = sorted(path for folder in ("static/js", "widget") for path in (ROOT / "api" / "web" / folder).glob("*.js"))

FORBIDDEN_NAMES = {"utils", "util", "helpers", "helper", "manager", "managers", "data", "info", "common", "misc"}
WIRING = {"build_container", "assemble_assistant"}  # lists of parts, best read in one place
IGNORED_WITHOUT_REASON = re.compile(r"#\s*(noqa(:\s*[A-Z0-9, ]+)?|type: ignore(\[[\w,-]+\])?)\s*$")


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


def lines_of(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()


def test_there_is_something_to_check() -> None:
    assert len(SOURCES) > 50
    assert TEMPLATES
    assert ELEMENTS


def test_a_file_stays_under_300_lines() -> None:
    assert [relative(path) for path in SOURCES if len(lines_of(path)) > 300] == []


def test_a_function_stays_under_40_lines() -> None:
    long = []
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name not in WIRING:
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                long += [f"{relative(path)}:{node.name} {length}"] if length > 40 else []
    assert long == []


def test_a_module_says_first_what_it_is_for() -> None:
    silent = [relative(p) for p in SOURCES if (text := p.read_text(encoding="utf-8")).strip() and not ast.get_docstring(ast.parse(text))]
    assert silent == []


def test_a_file_is_named_for_what_it_does() -> None:
    assert [relative(path) for path in SOURCES if path.stem in FORBIDDEN_NAMES] == []


def test_every_ignored_rule_gives_its_reason_beside_or_above() -> None:
    bare = []
    for path in SOURCES:
        lines = lines_of(path)
        for number, line in enumerate(lines):
            if IGNORED_WITHOUT_REASON.search(line) and not any(
                near.lstrip().startswith("#") for near in lines[max(number - 3, 0) : number]
            ):
                bare.append(f"{relative(path)}:{number + 1}")
    assert bare == []


def test_a_custom_element_stays_under_150_lines() -> None:
    assert [relative(path) for path in ELEMENTS if len(lines_of(path)) > 150] == []


def test_templates_hold_no_script_no_style_no_handlers_and_no_unescaped_text() -> None:
    forbidden = re.compile(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=|\|\s*safe\b")
    assert [relative(path) for path in TEMPLATES if forbidden.search(path.read_text(encoding="utf-8"))] == []


def test_python_holds_no_html() -> None:
    tag = re.compile(r"""["']\s*</?(div|p|span|html|section|ul|li|a|table|tr|td)\b[^"']*>""")
    assert [relative(path) for path in SOURCES if tag.search(path.read_text(encoding="utf-8"))] == []
