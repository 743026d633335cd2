"""The privacy screen on invented messages of every kind: what must go goes, what must stay stays; and the scorer can tell."""

from __future__ import annotations

import json
import tomllib
from collections import Counter
from pathlib import Path

import pytest

from assistant.models import MaskedSpan
from assistant.privacy_rules import load_privacy_rules
from assistant.steps.privacy_screen import PrivacyScreen
from evaluation.errors import DatasetUnreadable
from evaluation.privacy_commands import evaluate_privacy
from evaluation.privacy_look_alikes import LOOK_ALIKE_SHAPES
from evaluation.privacy_probes import SEED, TEMPLATES_FILE, PrivacyProbe, ProbeValue, generate_probes, read_probes
from evaluation.privacy_scores import privacy_summary, score_probe
from evaluation.privacy_values import PERSONAL_SHAPES

SCREEN = PrivacyScreen(load_privacy_rules())
PROBE = PrivacyProbe("p", "手机号", "打13800001234找我", (ProbeValue("手机号", 1, 12),))
# Numbers of other persons and other drawn sentences than those the patterns were written beside.
SEEDS = (SEED, 1, 2, 3)


def scored(probe: PrivacyProbe, *spans: tuple[int, int]) -> tuple[int, int, int]:
    """(missed, right masks, false alarms) if exactly these places were masked."""
    found = tuple(MaskedSpan("手机号", start, end) for start, end in spans)
    outcome = score_probe(probe, lambda text: (text, found))
    return outcome.missed, outcome.masks, outcome.false_alarms


@pytest.mark.parametrize("seed", SEEDS)
def test_personal_data_of_every_kind_is_found_without_false_alarms(seed: int) -> None:
    result = privacy_summary([score_probe(probe, SCREEN.mask) for probe in generate_probes(seed)])
    assert result["probes"] > 800
    assert result["look_alikes"] > 300
    assert result["recall"] >= 0.99, result["wrong"]
    assert result["precision"] >= 0.97, result["wrong"]
    assert min(group["recall"] for group in result["by_label"].values() if group["values"]) >= 0.9


def test_every_masked_kind_is_probed() -> None:
    probed = {value.kind for probe in generate_probes() for value in probe.values if value.kind}
    assert probed == {pattern.kind for pattern in SCREEN.rules.patterns if pattern.mask}


def test_every_shape_and_list_is_used_by_some_sentence() -> None:
    templates = tomllib.loads(TEMPLATES_FILE.read_text(encoding="utf-8"))
    used = {shape for entry in (*templates["goes"], *templates["stays"]) for shape in entry["shapes"]}
    assert used == {*PERSONAL_SHAPES, *LOOK_ALIKE_SHAPES, *templates["lists"]} - {"place_names"}


def test_a_seed_always_draws_the_same_and_another_draws_others() -> None:
    assert generate_probes(5) == generate_probes(5)
    assert {probe.text for probe in generate_probes(5)} != {probe.text for probe in generate_probes(6)}


def test_values_lie_where_the_probe_says_and_several_share_a_message() -> None:
    probes = generate_probes()
    assert all(probe.text[value.start : value.end].strip() for probe in probes for value in probe.values)
    together = Counter(len(probe.values) for probe in probes)
    assert together[2] + together[3] >= 100
    assert any(probe.values and probe.values[0].start == 0 for probe in probes)
    assert any(probe.values and probe.values[-1].end == len(probe.text) for probe in probes)


@pytest.mark.parametrize(
    ("spans", "counts"),
    [
        ([(1, 12)], (0, 1, 0)),
        ([], (1, 0, 0)),
        ([(1, 7)], (1, 1, 0)),
        ([(1, 9)], (0, 1, 0)),
        ([(0, 12)], (0, 0, 1)),
        ([(1, 12), (12, 13)], (0, 1, 1)),
    ],
)
def test_five_places_left_are_a_miss_and_a_letter_too_many_is_a_false_alarm(
    spans: list[tuple[int, int]], counts: tuple[int, int, int]
) -> None:
    assert scored(PROBE, *spans) == counts


def test_a_short_value_is_missed_only_where_all_of_it_shows() -> None:
    name = PrivacyProbe("n", "姓名", "我叫张伟，", (ProbeValue("姓名", 2, 4),))
    assert scored(name)[0] == 1
    assert scored(name, (2, 4))[0] == 0


def test_a_mask_under_another_name_is_told() -> None:
    outcome = score_probe(PROBE, lambda text: (text, (MaskedSpan("银行卡号", 1, 12),)))
    assert outcome.other_kind == 1


def test_a_labelled_file_is_read_as_probes(tmp_path: Path) -> None:
    rows = [
        {"qid": "a", "type": "手机号", "value": "13800001234", "text": "打13800001234", "label": "valid"},
        {"qid": "b", "type": "统一社会信用代码", "value": "91350100M000100Y43", "text": "91350100M000100Y43", "label": "valid"},
        {"qid": "c", "type": "地址", "value": "明德区和平路1号", "text": "我住明德区和平路1号", "label": "valid"},
    ]
    path = tmp_path / "labelled.jsonl"
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    mobile, code, address = read_probes(path)
    assert mobile.values == (ProbeValue("", 1, 12),)
    assert code.values == ()
    assert [address.text[value.start : value.end] for value in address.values] == ["1号"]
    assert evaluate_privacy(path, SEED)["recall"] == 1.0


@pytest.mark.parametrize("line", ["{", '{"text": "打13800001234"}', '{"text": "x", "value": "y", "type": "手机号", "label": "valid"}'])
def test_a_broken_file_is_told_in_a_sentence(tmp_path: Path, line: str) -> None:
    path = tmp_path / "broken.jsonl"
    path.write_text(line, encoding="utf-8")
    with pytest.raises(DatasetUnreadable, match="每行应有"):
        read_probes(path)


@pytest.mark.public_data
def test_the_public_set_of_invented_values_is_all_right(public_data: Path) -> None:
    result = evaluate_privacy(public_data / "safety" / "pii_synthetic.jsonl", SEED)
    assert (result["recall"], result["precision"]) == (1.0, 1.0)


@pytest.mark.public_data
def test_real_questions_on_policies_hold_nothing_to_mask(public_data: Path) -> None:
    """Neither laypeople's legal questions nor those on notices carry personal data, but many numbers, names and places."""
    texts = [
        json.loads(line)["text"]
        for name in ("ncp", "stard")
        for line in (public_data / name / "queries.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    assert len(texts) > 2000
    assert sum(len(SCREEN.mask(text)[1]) for text in texts) == 0


@pytest.mark.public_data
def test_few_real_messages_are_masked_at_all(public_data: Path) -> None:
    """Their numbers were taken out at the origin. Counted and read in November 2026; many more would be false alarms."""
    lines = (public_data / "routing" / "messages.gold.jsonl").read_text(encoding="utf-8").splitlines()
    masks = Counter(span.kind for line in lines for span in SCREEN.mask(json.loads(line)["text"])[1])
    assert sum(masks.values()) < 70
    assert masks["姓名"] >= 10
