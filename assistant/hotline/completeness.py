"""What an order still lacks, said in Chinese; rules from completeness.toml. Looks at values only."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from assistant.hotline.contacts import is_phone
from assistant.hotline.models import Contact, OrderContent
from assistant.intents import RequestType
from knowledge_base.regions import RegionDirectory

COMPLETENESS_FILE = Path(__file__).with_name("completeness.toml")


@dataclass(frozen=True, slots=True)
class FieldRule:
    """`field` of OrderContent must not be empty for these types. `always`: not even in an order the machine takes down."""

    field: str
    words: str
    types: frozenset[RequestType]
    always: bool


@dataclass(frozen=True, slots=True)
class Completeness:
    """`limits` in characters; `words` and `fields` are the sentences and the names of fields in them."""

    rules: tuple[FieldRule, ...]
    limits: Mapping[str, int]
    words: Mapping[str, str]
    fields: Mapping[str, str]
    regions: RegionDirectory

    def missing(self, content: OrderContent, contact: Contact | None = None, *, essential_only: bool = False) -> tuple[str, ...]:
        """One sentence per gap. `essential_only`: for what is taken down with nobody there to ask."""
        gaps = [
            rule.words
            for rule in self.rules
            if content.request_type in rule.types and (rule.always or not essential_only) and not str(getattr(content, rule.field)).strip()
        ]
        gaps += [
            self.words["too_long"].format(field=self.fields[name], limit=limit)
            for name, limit in self.limits.items()
            if len(getattr(content, name)) > limit
        ]
        if content.jurisdiction and self.regions.resolve(content.jurisdiction) is None:
            gaps.append(self.words["unknown_region"])
        if contact is not None and contact.phone.strip() and not is_phone(contact.phone):
            gaps.append(self.words["bad_phone"])
        return tuple(gaps)


def load_completeness(regions: RegionDirectory, path: Path = COMPLETENESS_FILE) -> Completeness:
    """Raises KeyError, ValueError or tomllib.TOMLDecodeError where the file is malformed."""
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    rules = tuple(
        FieldRule(
            field=entry["field"],
            words=entry["words"],
            types=frozenset(RequestType(name) for name in entry.get("types", list(RequestType))),
            always=bool(entry.get("always", False)),
        )
        for entry in table["rule"]
    )
    return Completeness(rules, table["limits"], table["words"], table["fields"], regions)
