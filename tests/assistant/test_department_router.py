"""Choosing a department: every signal alone, together, and what is said of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from assistant.classification import ScoredLabel
from assistant.department_router import EvidenceRouter
from assistant.departments import DepartmentFinder, card_of
from assistant.errors import InvalidExamples, InvalidRoutingRule
from assistant.routing import ExampleSource, RoutingExample
from assistant.routing_knowledge import KnownText, RoutingKnowledge, known_texts, lessons
from assistant.routing_learning import DEMONSTRATION_EXAMPLES, RoutingTeacher, read_labelled
from assistant.routing_rules import RULES_FILE, RoutingRule, load_routing_rules
from assistant.routing_settings import load_routing_settings
from assistant.rules import load_rules
from assistant.wording import load_wording
from knowledge_base.adapters.entry_files import load_departments
from knowledge_base.departments import DepartmentDirectory
from knowledge_base.models import Department
from tests.factories import DEMO_CITY, DEMO_DISTRICT, a_department, a_guide
from tests.fakes.bigram_tokenizer import BigramTokenizer
from tests.fakes.classifiers import FakeTrainer, MemoryShelf
from tests.fakes.containers import REGIONS, SEEDS
from tests.fakes.embedder import FakeEmbedder
from tests.fakes.entry_stores import MemoryDepartmentStore, MemoryGuideStore
from tests.fakes.routing_example_store import MemoryRoutingExampleStore

EMBEDDER = FakeEmbedder(256)
SETTINGS = load_routing_settings()
SCHOOLS = a_department("edu", "示范市教育局", duties=("负责学校招生入学",), matters=("小学入学", "转学"), jurisdiction=DEMO_CITY)
DISTRICT_SCHOOLS = a_department(
    "edu-md", "明德区教育局", duties=("负责本区学校招生入学",), matters=("小学入学", "转学"), jurisdiction=DEMO_DISTRICT, parent_id="edu"
)
STREETS = a_department(
    "street", "示范市城市管理局", duties=("负责路灯和占道经营",), matters=("路灯报修", "占道经营投诉"), jurisdiction=DEMO_CITY
)
AIR = a_department(
    "air", "示范市生态环境局", duties=("负责油烟和废气",), matters=("餐饮油烟投诉",), aliases=("环保局",), jurisdiction=DEMO_CITY
)
EVERYONE = (SCHOOLS, DISTRICT_SCHOOLS, STREETS, AIR)


class SureClassifier:
    """Gives one label nearly everything."""

    training_digest, embedder_fingerprint = "d", EMBEDDER.fingerprint

    def __init__(self, label: str) -> None:
        self.labels: tuple[str, ...] = (label, "elsewhere")

    def classify(self, text: str, title: str = "") -> tuple[ScoredLabel, ...]:
        return (ScoredLabel(self.labels[0], 0.98), ScoredLabel("elsewhere", 0.02))

    def classify_many(self, messages: Sequence[tuple[str, str]]) -> list[tuple[ScoredLabel, ...]]:
        return [self.classify(text, title) for title, text in messages]


class Torn(SureClassifier):
    """Cannot decide."""

    def classify(self, text: str, title: str = "") -> tuple[ScoredLabel, ...]:
        return (ScoredLabel("street", 0.4), ScoredLabel("air", 0.35), ScoredLabel("edu", 0.25))


class ByWord(SureClassifier):
    """Sure of the label whose word comes first in the text."""

    def __init__(self, labels: dict[str, str]) -> None:
        self._by_word, self.labels = labels, tuple(labels.values())

    def classify(self, text: str, title: str = "") -> tuple[ScoredLabel, ...]:
        first = min((word for word in self._by_word if word in text), key=text.index)
        return tuple(ScoredLabel(label, 0.98 if self._by_word[first] == label else 0.02) for label in self.labels)


def a_router(
    *,
    departments: Sequence[Department] = EVERYONE,
    past: Sequence[RoutingExample] = (),
    rules: tuple[RoutingRule, ...] = (),
    classifier: SureClassifier | None = None,
    threshold: float = 0.9,
) -> EvidenceRouter:
    texts = known_texts(departments, [a_guide(title="居住证办理", department_id="street")], {}, past)
    vectors = EMBEDDER.embed_queries([text.text for text in texts])
    knowledge = RoutingKnowledge({department.id: department for department in departments}, texts, vectors, classifier, threshold)
    return EvidenceRouter(lambda: knowledge, REGIONS, EMBEDDER, lambda: rules, SETTINGS)


def an_example(text: str, department_id: str, belongs: bool) -> RoutingExample:
    return RoutingExample(text, department_id, belongs, ExampleSource.SENT_BACK, "GD20261122-00001", datetime(2026, 11, 22, tzinfo=UTC))


def test_the_nearest_matter_leads_and_is_named_as_the_reason() -> None:
    routing = a_router().route("路灯报修", DEMO_CITY)
    assert routing.lead
    assert routing.lead.department.id == "street"
    assert any("路灯报修" in reason for reason in routing.lead.reasons)
    assert len(routing.candidates) <= 3


def test_in_a_district_its_own_department_leads() -> None:
    routing = a_router().route("小学入学", DEMO_DISTRICT)
    assert routing.lead
    assert routing.lead.department.id == "edu-md"
    assert "明德区" in routing.lead.reasons[0]


def test_in_the_city_no_district_is_named() -> None:
    assert {each.department.id for each in a_router().route("小学入学", DEMO_CITY).candidates}.isdisjoint({"edu-md"})


def test_the_departments_of_what_was_found_count() -> None:
    plain, found = a_router().route("有事想问", DEMO_CITY), a_router().route("有事想问", DEMO_CITY, evidence=("air", "street"))
    share = {each.department.id: each.confidence for each in plain.candidates}
    assert {each.department.id: each.confidence for each in found.candidates}["air"] > share["air"]


def test_a_rule_goes_before_everything_else_and_names_who_supports() -> None:
    rule = RoutingRule("油烟归城管", ("油烟",), (), (), lead="street", supporting=("环保局",))
    routing = a_router(rules=(rule,), classifier=SureClassifier("air")).route("餐饮油烟投诉", DEMO_CITY)
    assert routing.lead
    assert routing.lead.department.id == "street"
    assert "符合派单规则“油烟归城管”" in routing.lead.reasons
    assert [each.department.id for each in routing.supporting] == ["air"]
    assert not routing.automatic


def test_a_rule_sends_out_alone_only_where_it_says_so() -> None:
    rule = RoutingRule("油烟归城管", ("油烟",), (), (), lead="street", automatic=True)
    assert a_router(rules=(rule,)).route("餐饮油烟投诉", DEMO_CITY).automatic


def test_a_rule_for_a_department_the_directory_does_not_have_changes_nothing() -> None:
    rule = RoutingRule("不存在", ("油烟",), (), (), lead="火星办")
    assert a_router(rules=(rule,)).route("餐饮油烟投诉", DEMO_CITY) == a_router().route("餐饮油烟投诉", DEMO_CITY)


@pytest.mark.parametrize(("threshold", "alone"), [(0.5, True), (0.9999, False)])
def test_only_above_the_threshold_nobody_needs_to_look(threshold: float, alone: bool) -> None:
    router = a_router(classifier=SureClassifier("street"), threshold=threshold)
    assert router.route("路灯报修", DEMO_CITY, evidence=("street",)).automatic is alone


def test_what_a_department_sent_back_is_not_offered_to_it_first_again() -> None:
    routing = a_router(past=(an_example("路灯报修", "street", belongs=False),)).route("路灯报修", DEMO_CITY)
    street = next((each for each in routing.candidates if each.department.id == "street"), None)
    before = a_router().route("路灯报修", DEMO_CITY).candidates[0].confidence
    assert street is None or street.confidence < before / 2
    assert street is None or any("退回" in reason for reason in street.reasons)


def test_a_matter_of_two_departments_names_the_second_as_supporting() -> None:
    routing = a_router(classifier=ByWord({"路灯": "street", "油烟": "air"})).route(
        "路灯报修一直没有人管。另外餐饮油烟投诉了也没有结果", DEMO_CITY
    )
    assert routing.lead
    assert routing.lead.department.id == "street"
    assert [each.department.id for each in routing.supporting] == ["air"]
    assert "油烟" in routing.supporting[0].reasons[0]


def test_nothing_to_go_by_gives_no_department() -> None:
    assert a_router(departments=()).route("路灯", DEMO_CITY).lead is None
    assert a_router().route("  ", DEMO_CITY).candidates == ()


def test_a_district_teaches_its_system_and_what_was_sent_back_teaches_nothing() -> None:
    by_id = {department.id: department for department in EVERYONE}
    texts = known_texts(EVERYONE, (), {"edu-md": ("孩子上学",)}, (an_example("退回的话", "air", belongs=False),))
    labels = {lesson.text: lesson.label for lesson in lessons(texts, by_id)}
    assert labels["孩子上学"] == "edu"
    assert "退回的话" not in labels


def a_teacher(past: MemoryRoutingExampleStore, shelf: MemoryShelf, departments: MemoryDepartmentStore) -> RoutingTeacher:
    return RoutingTeacher(
        departments=departments,
        guides=MemoryGuideStore(),
        past=past,
        labelled=lambda: {"street": ("路灯坏了",), "air": ("油烟熏人",)},
        embedder=EMBEDDER,
        trainer=FakeTrainer(),
        shelf=shelf,
        settings=replace(SETTINGS, refresh_s=0),
    )


def test_what_people_decide_is_learned_without_a_restart() -> None:
    past, shelf = MemoryRoutingExampleStore(), MemoryShelf()
    teacher = a_teacher(past, shelf, MemoryDepartmentStore(EVERYONE))
    teacher.learn()
    before = teacher.knowledge()
    past.add(an_example("垃圾没人清", "street", belongs=True))
    after = teacher.settled()
    assert before.classifier
    assert after.classifier
    assert before.classifier.training_digest != after.classifier.training_digest
    assert "垃圾没人清" in {text.text for text in after.texts}


def test_nothing_is_learned_again_where_nothing_has_changed() -> None:
    shelf = MemoryShelf()
    teacher = a_teacher(MemoryRoutingExampleStore(), shelf, MemoryDepartmentStore(EVERYONE))
    teacher.learn()
    assert teacher.knowledge() is teacher.knowledge()
    again = a_teacher(MemoryRoutingExampleStore(), shelf, MemoryDepartmentStore(EVERYONE))
    assert again.knowledge().threshold == teacher.knowledge().threshold


def test_every_shipped_rule_finds_its_departments_in_the_demonstration_city() -> None:
    directory = DepartmentDirectory(load_departments(SEEDS / "demo" / "departments.yaml", REGIONS))
    for rule in load_routing_rules(RULES_FILE):
        assert all(directory.resolve(name, DEMO_CITY) for name in (rule.lead, *rule.supporting)), rule.name


def test_every_shipped_example_belongs_to_a_department_of_the_demonstration() -> None:
    known = {department.id for department in load_departments(SEEDS / "demo" / "departments.yaml", REGIONS)}
    labelled = read_labelled(DEMONSTRATION_EXAMPLES)
    assert set(labelled) <= known
    said = [message for messages in labelled.values() for message in messages]
    assert len(said) == len(set(said)) > 300


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("- lead: 城管局", "缺少 name 或 lead"),
        ("- {name: 一, lead: 城管局}", "至少要写一个"),
        ("- {name: 一, lead: 城管局, any: 路灯, when: 夜里}", "不认识的字段“when”"),
        ("name: 一", "应当是一个列表"),
        ("- [", "不是有效的 YAML"),
    ],
)
def test_a_faulty_rule_is_refused_with_its_place(tmp_path: Path, text: str, complaint: str) -> None:
    path = tmp_path / "routing_rules.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InvalidRoutingRule, match=complaint):
        load_routing_rules(path)


def test_an_administrators_rule_stands_for_the_shipped_one_of_its_name(tmp_path: Path) -> None:
    path = tmp_path / "routing_rules.yaml"
    path.write_text("- {name: 餐饮油烟由城市管理部门查处, any: 油烟, lead: 环保局}", encoding="utf-8")
    rules = load_routing_rules(path, RULES_FILE)
    assert next(rule for rule in rules if rule.fits("油烟太大")).lead == "环保局"


def test_a_faulty_file_of_examples_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "routing.yaml"
    path.write_text("street: 一句话", encoding="utf-8")
    with pytest.raises(InvalidExamples, match="应当是一个列表"):
        read_labelled(path)


def test_weights_add_up() -> None:
    weights = SETTINGS.weights
    assert np.isclose(weights.classifier + weights.nearness + weights.evidence, 1)


def test_texts_of_departments_that_no_longer_exist_are_left_out() -> None:
    assert all(isinstance(text, KnownText) and text.department_id != "gone" for text in known_texts(EVERYONE, (), {"gone": ("一",)}, ()))


def a_finder(router: EvidenceRouter) -> DepartmentFinder:
    rules = load_rules().departments
    return DepartmentFinder(MemoryDepartmentStore(EVERYONE), REGIONS, BigramTokenizer(), load_wording().hotline, rules, router)


def test_a_complaint_the_router_is_sure_of_is_not_answered_by_another_department() -> None:
    finder = a_finder(a_router(classifier=SureClassifier("street")))
    elsewhere = finder.belongs_elsewhere("路灯报修", DEMO_CITY, card_of(AIR))
    assert elsewhere
    assert elsewhere.id == "street"


def test_the_city_s_and_the_district_s_department_are_one_family() -> None:
    finder = a_finder(a_router(classifier=SureClassifier("edu")))
    assert finder.belongs_elsewhere("小学入学", DEMO_DISTRICT, card_of(SCHOOLS)) is None


def test_an_unsure_router_contradicts_nobody_and_names_the_hotline() -> None:
    finder = a_finder(a_router(classifier=Torn("street")))
    assert finder.belongs_elsewhere("有事想问", DEMO_CITY, card_of(SCHOOLS)) is None
    assert finder.likely("有事想问", DEMO_CITY) == load_wording().hotline


def test_the_state_says_whether_the_shelf_holds_what_would_be_learned_now() -> None:
    past, shelf = MemoryRoutingExampleStore(), MemoryShelf()
    teacher = a_teacher(past, shelf, MemoryDepartmentStore(EVERYONE))
    assert (teacher.state().digest, teacher.state().current) == ("", False)
    teacher.train()
    assert teacher.state().current
    assert teacher.state().facts["examples"] == teacher.state().examples_now
    changed = a_teacher(past, shelf, MemoryDepartmentStore(EVERYONE[:-1]))
    assert not changed.state().current
