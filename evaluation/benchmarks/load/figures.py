"""The figures of one measurement."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def figures_of(taken_ms: Sequence[float], seconds: float, failed: int = 0) -> dict[str, float]:
    """Milliseconds, and how many were done in a second. Where all failed there are no milliseconds."""
    told: dict[str, float] = {"count": len(taken_ms), "failed": failed, "per_s": round(len(taken_ms) / seconds, 1)}
    if taken_ms:
        p50, p95, most = np.percentile(np.array(taken_ms), [50, 95, 100])
        told |= {"p50_ms": round(float(p50), 1), "p95_ms": round(float(p95), 1), "max_ms": round(float(most), 1)}
    return told
