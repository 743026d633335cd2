"""Invented messages with personal values at known places, and with values that must stay: what the privacy screen is measured on."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import cycle, islice
from pathlib import Path
from random import Random
from typing import Any

from evaluation.errors import DatasetUnreadable
from evaluation.privacy_look_alikes import LOOK_ALIKE_SHAPES
from evaluation.privacy_values import PERSONAL_SHAPES

TEMPLATES_FILE = Path(__file__).with_name("golden") / "privacy_templates.toml"
SEED = 20261122
_SHAPES = {**PERSONAL_SHAPES, **LOOK_ALIKE_SHAPES}
_Lists = Mapping[str, Sequence[str]]
_PER_SHAPE = 14
_TOGETHER = 120
# What a labelled file calls a value that must stay.
_HARMLESS_TYPES = frozenset({"统一社会信用代码"})
# A region named before the road or estate stays: the answer depends on it.
_BEFORE_HOUSE_NUMBER = re.compile(r"^\D*(?=\d)")


@dataclass(frozen=True, slots=True)
class ProbeValue:
    """A personal value at text[start:end]; `kind` as on the mask, "" where a labelled file uses other words."""

    kind: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class PrivacyProbe:
    """`label` groups probes in the result: a kind and its shape, or what a look-alike is. Without values, nothing may be masked."""

    id: str
    label: str
    text: str
    values: tuple[ProbeValue, ...]


def generate_probes(seed: int = SEED, path: Path = TEMPLATES_FILE) -> tuple[PrivacyProbe, ...]:
    """Always the same for a seed: every shape in drawn sentences, look-alikes, messages with several values, and those written out."""
    templates = tomllib.loads(path.read_text(encoding="utf-8"))
    random = Random(seed)  # noqa: S311 - drawn again from the seed, no secret
    goes = [probe for entry in templates["goes"] for probe in _probes(entry, templates["lists"], random)]
    stays = [probe for entry in templates["stays"] for probe in _probes(entry, templates["lists"], random)]
    together = [_joined(random.sample(goes, random.choice((2, 3)))) for _ in range(_TOGETHER)]
    dressed = [_dressed(probe, templates["around"], random) for probe in (*goes, *stays, *together)]
    written = [_written(text) for text in (*templates["written"]["goes"], *templates["written"]["stays"])]
    return tuple(replace(probe, id=f"probe-{number:04d}") for number, probe in enumerate((*dressed, *written), start=1))


def read_probes(path: Path) -> tuple[PrivacyProbe, ...]:
    """A labelled file (JSON Lines `text`, `value`, `type`, `label`: "benign" stays). Raises DatasetUnreadable."""
    try:
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
        return tuple(_labelled(row, number) for number, row in enumerate(rows, start=1))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DatasetUnreadable(str(path), f"{type(error).__name__}，每行应有 text、value、type、label") from error


def _probes(entry: Mapping[str, Any], lists: _Lists, random: Random) -> Iterator[PrivacyProbe]:
    for shape in entry["shapes"]:
        sentences = random.sample(entry["sentences"], len(entry["sentences"]))
        for sentence in islice(cycle(sentences), _PER_SHAPE):
            value = random.choice(lists[shape]) if shape in lists else _SHAPES[shape](random)
            text = sentence.replace("{p}", random.choice(lists["place_names"]))
            yield _filled(entry["kind"], shape, text, value)


def _filled(kind: str, shape: str, sentence: str, value: str) -> PrivacyProbe:
    if "{v}" not in sentence:
        return PrivacyProbe("", f"{kind}（应保留）", sentence.replace("{x}", value), ())
    start = sentence.index("{v}")
    return PrivacyProbe("", f"{kind}/{shape}", sentence.replace("{v}", value), (ProbeValue(kind, start, start + len(value)),))


def _written(marked: str) -> PrivacyProbe:
    """The kind of a value is left open: 13800001234 after 微信 may be called either."""
    text, values = "", []
    for place, piece in enumerate(re.split("[〈〉]", marked)):
        if place % 2:
            values.append(ProbeValue("", len(text), len(text) + len(piece)))
        text += piece
    return PrivacyProbe("", "写好的" if values else "写好的（应保留）", text, tuple(values))


def _joined(probes: Sequence[PrivacyProbe]) -> PrivacyProbe:
    text, values = "", []
    for probe in probes:
        text += "，" if text else ""
        values += [_moved(value, len(text)) for value in probe.values]
        text += probe.text
    return PrivacyProbe("", "一条多个", text, tuple(values))


def _dressed(probe: PrivacyProbe, around: Mapping[str, Sequence[str]], random: Random) -> PrivacyProbe:
    """A third stand alone, so that values also open and close a message."""
    before = random.choice(around["before"]) if random.random() < 0.4 else ""
    after = random.choice(around["after"]) if random.random() < 0.4 else ""
    return replace(probe, text=before + probe.text + after, values=tuple(_moved(value, len(before)) for value in probe.values))


def _moved(value: ProbeValue, by: int) -> ProbeValue:
    return ProbeValue(value.kind, value.start + by, value.end + by)


def _labelled(row: Mapping[str, str], number: int) -> PrivacyProbe:
    text, kind = row["text"], row["type"]
    name = str(row.get("qid") or row.get("id") or number)
    if row["label"] == "benign" or kind in _HARMLESS_TYPES:
        return PrivacyProbe(name, f"{kind}（应保留）", text, ())
    start = text.index(row["value"])
    end = start + len(row["value"])
    if "地址" in kind and (place := _BEFORE_HOUSE_NUMBER.match(row["value"])):
        start += place.end()
    return PrivacyProbe(name, kind, text, (ProbeValue("", start, end),))
