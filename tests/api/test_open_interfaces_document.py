"""docs/open-interfaces.md names everything that other systems rely on."""

from __future__ import annotations

import json
import re

import pytest

from api.access.key_models import Scope
from api.mcp_server.tools import TOOLS, Tool
from api.rate_limits import What, Who, load_rate_rules
from assistant.hotline.webhook_events import WebhookEvent, policy_event
from assistant.hotline.webhook_rules import load_webhook_rules
from knowledge_base.models import ChangeKind
from tests.demonstration import ROOT
from tests.factories import a_revision

DOCUMENT = (ROOT / "docs" / "open-interfaces.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("scope", list(Scope))
def test_every_scope_stands_with_its_name(scope: Scope) -> None:
    assert f"| `{scope.value}` | {scope.label} |" in DOCUMENT


@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.name)
def test_every_tool_stands_with_its_scope_and_its_parameters(tool: Tool) -> None:
    (row,) = re.findall(rf"^\| `{tool.name}` .*$", DOCUMENT, re.MULTILINE)
    assert f"| `{tool.scope.value}` |" in row
    assert [name for name in tool.arguments.model_fields if f"`{name}`" not in row] == []


@pytest.mark.parametrize("event", list(WebhookEvent))
def test_every_event_stands_by_its_name(event: WebhookEvent) -> None:
    assert f"| {event.label} |" in DOCUMENT


@pytest.mark.parametrize("kind", list(ChangeKind))
def test_every_type_of_message_about_policies_stands_there(kind: ChangeKind) -> None:
    assert f"`{json.loads(policy_event(a_revision(kind=kind)).body)['type']}`" in DOCUMENT


def test_the_waits_are_those_of_the_rules() -> None:
    assert load_webhook_rules().waits_s == (5, 30, 120, 600, 3600, 21600)
    assert "5 秒、30 秒、2 分、10 分、1 小时、6 小时" in DOCUMENT
    assert f"{load_webhook_rules().timeout_s} 秒内" in DOCUMENT


def test_every_place_that_is_linked_to_is_there() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)]*#[^)]+)\)", DOCUMENT):
        file, _, heading = target.partition("#")
        # As headings become anchors: in small letters, a hyphen for each space.
        names = {
            line.lstrip("# ").lower().replace(" ", "-") for line in (readme if file else DOCUMENT).splitlines() if line.startswith("#")
        }
        assert heading in names, target


def test_the_rates_are_those_of_the_rules() -> None:
    said = {Who.VISITOR: "每分钟 300 次提问或检索、3000 次其他请求", Who.KEY: "每分钟 600 次提问或检索（MCP 的请求都算）、1200 次其他请求"}
    for who, words in said.items():
        assert words in DOCUMENT
        numbers = [load_rate_rules().limits[who, what][0].amount for what in (What.QUESTION, What.REQUEST)]
        assert [int(number) for number in re.findall(r"\d+", words)] == numbers
