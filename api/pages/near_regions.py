"""Names of regions to choose from in forms of the staff; any other can be typed."""

from __future__ import annotations

from api.asking import usual_region
from api.container import Container


def near_region_names(container: Container) -> tuple[str, ...]:
    """The service's own region, what lies below it, and what stands above; empty where it serves no region in particular."""
    region = usual_region(container)
    if region is None:
        return ()
    below = (child.code for child in container.regions.children(region.code))
    return tuple(container.region_name(code) for code in (region.code, *below, *container.regions.lineage(region.code)[1:]))
