from __future__ import annotations

import pytest

from assistant.classification import ScoredLabel
from evaluation.routing_scores import Prediction, calibration_error, confusion, f1_by_label, precision_coverage, routing_summary


def predicted(label: str, *ranked: str, confidence: float = 0.8, also: tuple[str, ...] = ()) -> Prediction:
    scored = tuple(ScoredLabel(guess, confidence if place == 0 else 0.01) for place, guess in enumerate(ranked))
    return Prediction(label, frozenset([label, *also]), scored)


SOME = [predicted("甲", "甲", "乙"), predicted("甲", "乙", "甲"), predicted("乙", "乙", "甲"), predicted("丙", "乙", "甲", "丁", "丙")]


def test_accuracy_top_three_and_macro_f1() -> None:
    summary = routing_summary(SOME)
    assert (summary["queries"], summary["accuracy"], summary["top3"]) == (4, 0.5, 0.75)
    assert summary["macro_f1"] == pytest.approx((2 / 3 + 0.5 + 0) / 3, abs=1e-4)


def test_the_summary_holds_what_others_read() -> None:
    summary = routing_summary(SOME)
    assert set(summary["coverage_at_precision"]) == {"0.97", "0.95", "0.99"}
    assert set(summary) >= {"macro_f1_per_class", "confusion", "precision_coverage", "ece"}


def test_a_label_given_but_never_true_lowers_macro_f1() -> None:
    assert f1_by_label([predicted("甲", "乙")]) == {"甲": 0.0, "乙": 0.0}


def test_any_accepted_label_is_right_and_counts_as_true() -> None:
    one = predicted("甲", "乙", also=("乙",))
    assert one.is_right
    assert f1_by_label([one]) == {"乙": 1.0}


def test_confusion_counts_true_by_given() -> None:
    assert confusion(SOME) == {"甲": {"甲": 1, "乙": 1}, "乙": {"乙": 1}, "丙": {"乙": 1}}


def test_the_curve_ends_with_everything_taken() -> None:
    scored = [(1 - place / 100, place < 40) for place in range(50)]
    curve = precision_coverage(scored)
    assert len(curve) == 20
    assert curve[-1]["coverage"] == 1.0
    assert curve[-1]["precision"] == 0.8
    assert [point["coverage"] for point in curve] == sorted(point["coverage"] for point in curve)


def test_calibration_error_is_the_gap_between_confidence_and_share_right() -> None:
    assert calibration_error([(0.9, True)] * 9 + [(0.9, False)]) == pytest.approx(0, abs=1e-9)
    assert calibration_error([(0.9, False)] * 10) == pytest.approx(0.9)


def test_nothing_to_score_is_an_error() -> None:
    with pytest.raises(ValueError, match="测试文件"):
        routing_summary([])
