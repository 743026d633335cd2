"""Names of regions to choose from in forms of the staff; any other can be typed."""

from __future__ import annotations

from api.asking import regions_near, usual_region
from api.container import Container


def near_region_names(container: Container) -> tuple[str, ...]:
    """Around the service's own region; empty where it serves no region in particular."""
    region = usual_region(container)
    return tuple(container.region_name(near.code) for near in regions_near(container, region)) if region else ()
