"""What a person sees who asks in a terminal, on the demonstration content."""

from __future__ import annotations

import json
import re

import pytest

from api.json_v1.answer_models import ChatAnswer
from tests.demonstration import Home, Outcome

pytestmark = pytest.mark.model

QUESTION = "居住证怎么办，要带什么材料？"
CITY = "示范市"


@pytest.fixture(scope="module")
def answered(demonstration: Home) -> Outcome:
    outcome = demonstration.zhengwen("ask", QUESTION, "--region", CITY)
    assert outcome.returncode == 0, outcome.stderr
    return outcome


def cited(home: Home, question: str, as_of: str) -> set[str]:
    outcome = home.zhengwen("ask", question, "--region", CITY, "--as-of", as_of, "--json")
    return {citation["document_id"] for citation in json.loads(outcome.stdout)["citations"]}


def test_the_right_document_is_cited_to_the_article(answered: Outcome) -> None:
    assert re.search(
        r"\[\d+\] 《示范市居住证管理办法》（第52号令）第[一二三四五六七八九十]+条.*，2024-03-01起施行，现行有效", answered.stdout
    )


def test_the_office_its_phone_and_the_day_are_named(answered: Outcome) -> None:
    assert re.search(r"承办单位：\S+  电话：0900-\d{7}  时间：\S+", answered.stdout)
    assert re.search(r"依据截至 \d{4}-\d{2}-\d{2} 的政策文件。", answered.stdout)


def test_demonstration_content_is_marked(answered: Outcome) -> None:
    sources = [line for line in answered.stdout.splitlines() if re.match(r"\[\d+\] 《", line)]
    assert sources
    assert all(line.endswith("示范内容") for line in sources)


def test_nothing_but_the_answer_is_printed(answered: Outcome) -> None:
    assert answered.stderr == ""


def test_json_is_complete(demonstration: Home) -> None:
    outcome = demonstration.zhengwen("ask", QUESTION, "--region", CITY, "--json")
    answer = json.loads(outcome.stdout)
    assert set(answer) == set(ChatAnswer.model_json_schema(mode="serialization")["properties"])
    assert answer["status"] in ("answered", "answered_from_guide")
    assert answer["region"] == "990100"
    assert answer["department"]["phone"]
    assert answer["documents_as_of"]
    assert all(citation["quote"] and citation["document_id"] for citation in answer["citations"])


@pytest.mark.parametrize(
    ("question", "before", "old", "day", "new"),
    [
        ("补办居住证要交多少钱？", "2024-02-29", "sf-juzhuzheng-2016", "2024-03-01", "sf-juzhuzheng-2024"),
    ],
)
def test_the_day_of_a_replacement_turns_the_citation(demonstration: Home, question: str, before: str, old: str, day: str, new: str) -> None:
    the_day_before, that_day = cited(demonstration, question, before), cited(demonstration, question, day)
    assert old in the_day_before
    assert new not in the_day_before
    assert new in that_day
    assert old not in that_day


def test_a_repeal_counts_at_once_and_can_be_taken_back(own_demonstration: Home) -> None:
    question, document = "补办居住证要交多少钱？", "sf-juzhuzheng-2024"
    repealed = own_demonstration.zhengwen("policies", "repeal", document, "--on", "2026-01-01", "--reason", "试验", "--no-index")
    assert repealed.returncode == 0, repealed.stderr
    assert document not in cited(own_demonstration, question, "2026-01-01")
    assert own_demonstration.zhengwen("policies", "restore", document, "--no-index").returncode == 0
    assert document in cited(own_demonstration, question, "2026-01-01")
