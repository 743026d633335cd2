"""How much personal data the privacy screen finds, and how often it masks what is none. Counts only: no text leaves."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from assistant.models import MaskedSpan
from evaluation.privacy_probes import PrivacyProbe, ProbeValue

Mask = Callable[[str], tuple[str, tuple[MaskedSpan, ...]]]

# Fewer places of a number than these tell nobody whose it is.
_TELLING_RUN = 5
_MEANING = re.compile(r"[^\W_]")


@dataclass(frozen=True, slots=True)
class ProbeOutcome:
    """Counts of one probe: values `missed`, right `masks`, masks that touch what is no value, values masked under a wrong name."""

    probe: PrivacyProbe
    missed: int
    masks: int
    false_alarms: int
    other_kind: int


def score_probe(probe: PrivacyProbe, mask: Mask) -> ProbeOutcome:
    _, spans = mask(probe.text)
    alarms = [span for span in spans if _reaches_beyond(span, probe)]
    named = [(span, value) for span in spans for value in probe.values if value.kind and span.start < value.end and value.start < span.end]
    return ProbeOutcome(
        probe=probe,
        missed=sum(not _is_hidden(value, probe.text, spans) for value in probe.values),
        masks=len(spans) - len(alarms),
        false_alarms=len(alarms),
        other_kind=sum(span.kind != value.kind for span, value in named),
    )


def privacy_summary(outcomes: Sequence[ProbeOutcome]) -> dict[str, Any]:
    """The JSON of the command: overall and by label, with the ids of the probes that went wrong."""
    labels = Counter(outcome.probe.label for outcome in outcomes)
    groups = {label: [outcome for outcome in outcomes if outcome.probe.label == label] for label in labels}
    wrong = [outcome for outcome in outcomes if outcome.missed or outcome.false_alarms]
    return {
        **asdict(_counted(outcomes)),
        "by_label": {label: asdict(_counted(group)) for label, group in groups.items()},
        "wrong": [outcome.probe.id for outcome in wrong],
    }


@dataclass(frozen=True, slots=True)
class PrivacyScore:
    """recall = found / values; precision = masks that touch nothing else / masks. None where there was nothing to count."""

    probes: int
    look_alikes: int
    values: int
    found: int
    recall: float | None
    masks: int
    false_alarms: int
    precision: float | None
    other_kind: int


def _counted(outcomes: Sequence[ProbeOutcome]) -> PrivacyScore:
    values = sum(len(outcome.probe.values) for outcome in outcomes)
    found = values - sum(outcome.missed for outcome in outcomes)
    right, alarms = sum(outcome.masks for outcome in outcomes), sum(outcome.false_alarms for outcome in outcomes)
    return PrivacyScore(
        probes=len(outcomes),
        look_alikes=sum(not outcome.probe.values for outcome in outcomes),
        values=values,
        found=found,
        recall=round(found / values, 4) if values else None,
        masks=right + alarms,
        false_alarms=alarms,
        precision=round(right / (right + alarms), 4) if right + alarms else None,
        other_kind=sum(outcome.other_kind for outcome in outcomes),
    )


def _is_hidden(value: ProbeValue, text: str, spans: Sequence[MaskedSpan]) -> bool:
    """No run of five letters, digits or 汉字 of the value shows; of a shorter value, none as long as itself."""
    covered = {place for span in spans for place in range(span.start, span.end)}
    longest = run = 0
    for place in range(value.start, value.end):
        if not _MEANING.match(text[place]):
            continue
        run = 0 if place in covered else run + 1
        longest = max(longest, run)
    meaning = len(_MEANING.findall(text[value.start : value.end]))
    return longest < min(_TELLING_RUN, meaning)


def _reaches_beyond(span: MaskedSpan, probe: PrivacyProbe) -> bool:
    inside = {place for value in probe.values for place in range(value.start, value.end)}
    return any(_MEANING.match(probe.text[place]) for place in range(span.start, span.end) if place not in inside)
