"""Read the TOML file of a training into the frozen values of its recipe. What the file must hold, the recipe's own fields say."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, is_dataclass
from pathlib import Path
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from indexing.errors import InvalidRecipe

UNKNOWN_LICENCE = "未注明"


@dataclass(frozen=True, slots=True)
class WrittenRecipe:
    """What every recipe can do: go into the card of what was trained by it."""

    def as_written(self) -> dict[str, Any]:
        return asdict(self)


class NamesLicences:
    """For a recipe with `licences`: by folder name of a set, under which licence it may be used."""

    __slots__ = ()
    licences: Mapping[str, str]

    def licence_of(self, name: str) -> str:
        return self.licences.get(name, UNKNOWN_LICENCE)


R = TypeVar("R", bound=WrittenRecipe)


def read_recipe(kind: type[R], file: Path, conditions: Callable[[R], Mapping[str, bool]]) -> R:
    """`conditions` of a recipe: what is said where one is broken, and whether it holds. Raises InvalidRecipe with what is missing or
    impossible."""
    try:
        recipe: R = _value(kind, tomllib.loads(file.read_text(encoding="utf-8")))
        broken = [said for said, holds in conditions(recipe).items() if not holds]
    except KeyError as missing:
        raise InvalidRecipe(str(file), f"缺少 {missing}。") from missing
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise InvalidRecipe(str(file), f"{error}。") from error
    if broken:
        raise InvalidRecipe(str(file), f"{broken[0]}。")
    return recipe


def _value(kind: Any, written: Any) -> Any:
    """A table as its dataclass, a list as a tuple, further down too; the rest as it is."""
    if is_dataclass(kind):
        parts = {name: _value(part, written[name]) for name, part in get_type_hints(kind).items()}
        return kind(**written | parts)  # type: ignore[operator]  # mypy takes what is_dataclass lets through for an instance
    if get_origin(kind) is tuple:
        return tuple(written)
    if get_origin(kind) is Mapping:
        return {name: _value(get_args(kind)[1], part) for name, part in written.items()}
    return written
