"""Compare the passages of now with those of the last snapshot. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from indexing.models import IndexChange


def compare_passages(before: Mapping[str, str], now: Mapping[str, str]) -> IndexChange:
    """Both map passage ids to digests. Every id falls in exactly one part; parts keep the order of their mapping."""
    return IndexChange(
        added=tuple(passage_id for passage_id in now if passage_id not in before),
        replaced=tuple(passage_id for passage_id, digest in now.items() if before.get(passage_id, digest) != digest),
        removed=tuple(passage_id for passage_id in before if passage_id not in now),
        unchanged=tuple(passage_id for passage_id, digest in now.items() if before.get(passage_id) == digest),
    )
