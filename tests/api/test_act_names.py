"""Every act that the code records has a name that people can read."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.access.act_names import load_act_names
from api.access.models import AccessAction

ROOT = Path(__file__).parents[2]
SOURCES = sorted(path for package in ("api", "assistant", "indexing", "knowledge_base") for path in (ROOT / package).rglob("*.py"))
DONE = re.compile(r"[a-z]+(_[a-z]+)*_[a-z]+ed")


def test_every_act_in_the_file_is_named_once_and_in_chinese() -> None:
    names = load_act_names()
    for group in names.groups:
        for name, label in group.acts:
            assert re.fullmatch(r"[a-z]+(_[a-z]+)*", name)
            assert re.search(r"[\u4e00-\u9fff]", label)
            assert names.label(name) == label
    assert names.label("never_heard_of") == "never_heard_of"


def test_an_act_named_twice_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "names.toml"
    file.write_text('["a"]\nsigned_in = "登录"\n["b"]\nsigned_in = "登入"\n', encoding="utf-8")
    with pytest.raises(ValueError, match="two tables"):
        load_act_names(file)


def test_every_act_that_the_code_records_has_its_label() -> None:
    known = load_act_names().known()
    recorded = {(str(path.relative_to(ROOT)), act) for path in SOURCES for act in acts_in(path)}
    assert len(recorded) > 10
    assert sorted((where, act) for where, act in recorded if act not in known) == []
    assert set(AccessAction) <= known


def acts_in(path: Path) -> Iterator[str]:
    """Of `note_act(…)` and `….audit.record(…)`; where the act is a variable, every word of the module that says something was done."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        place = 3 if isinstance(call.func, ast.Name) and call.func.id == "note_act" else 1 if records(call.func) else None
        if place is None:
            continue
        given = next((word.value for word in call.keywords if word.arg == "action"), call.args[place] if len(call.args) > place else None)
        words = [node.value for node in ast.walk(given or tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
        if isinstance(given, ast.Name):
            words = [
                node.value
                for node in ast.walk(tree)
                if isinstance(node, ast.Constant) and isinstance(node.value, str) and DONE.fullmatch(node.value)
            ]
        yield from words


def records(function: ast.expr) -> bool:
    return (
        isinstance(function, ast.Attribute)
        and function.attr == "record"
        and ast.unparse(function.value).rpartition(".")[2].strip("_") == "audit"
    )
