"""Tools that read the policy base: provisions in force, policies by name, one policy's text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from api.asking import find_region
from api.container import Container
from api.json_v1.search import region_code
from api.links import passage_link, provision_link
from api.mcp_server.models import (
    LookUpArguments,
    LookUpResult,
    PolicyModel,
    PolicyText,
    ProvisionModel,
    ReadArguments,
    SearchArguments,
    SearchResult,
)
from api.policy_listing import PolicyEntry, PolicyFilter
from api.policy_reading import PolicyReading, read_policy
from api.provision_search import FoundProvision, provisions_in_force
from knowledge_base.chinese_numbers import write_ordinal
from knowledge_base.errors import UnknownDocument
from knowledge_base.models import Provision, ValidityStatus

_LONGEST_TEXT = 20_000
_DIGITS = re.compile(r"(?<=第)\d{1,4}(?=[条款项章节])", re.ASCII)


class UnknownProvision(UnknownDocument):
    """The policy has no such provision."""

    def __init__(self, document_id: str, label: str) -> None:
        super().__init__(document_id)
        self.args = (f"这份文件里没有“{label}”。请核对条号，例如 第十条；不填条号可以读全文。",)


def search(container: Container, wanted: SearchArguments) -> tuple[str, SearchResult]:
    """Raises UnknownRegion, IndexingError."""
    code = region_code(container, wanted.region or None)
    found = provisions_in_force(container, wanted.query, code, wanted.limit)
    result = SearchResult(
        as_of=container.today(), region=container.place_name(code), provisions=[_provision(container, each) for each in found]
    )
    if not found:
        return f"没有找到适用于{result.region}的现行条款。可以换一种说法，或者改问上级地区。", result
    return "\n\n".join(f"{each.citation}（适用于{each.region}）\n{each.text}" for each in result.provisions), result


def look_up(container: Container, wanted: LookUpArguments) -> tuple[str, LookUpResult]:
    """Raises UnknownRegion."""
    codes = frozenset({find_region(container, wanted.region).code}) if wanted.region else frozenset[str]()
    found = container.listing.entries(PolicyFilter(wanted.query, None, codes), container.today())
    policies = [_policy(container, entry) for entry in found[: wanted.limit]]
    result = LookUpResult(as_of=container.today(), total=len(found), policies=policies)
    if not policies:
        return "没有找到这样的政策文件。可以只写标题里的几个字，或者用 search_provisions 按内容查。", result
    return "\n".join(_policy_line(policy) for policy in policies), result


def read(container: Container, wanted: ReadArguments) -> tuple[str, PolicyText]:
    """Raises UnknownDocument, UnknownProvision."""
    reading = read_policy(container.released, wanted.document_id, container.today())
    text, label, path = reading.text, "", ""
    if wanted.provision.strip():
        node = _named(reading, wanted.provision.strip())
        text, label, path = reading.text[node.start : node.end], node.citation, node.path
    policy = _policy(container, _entry(reading))
    result = PolicyText(
        **policy.model_dump(exclude={"link"}),
        link=provision_link(reading.latest.document_id, reading.edition.number, path),
        replaced_by=reading.successor.title if reading.successor else "",
        provision=label,
        text=text[:_LONGEST_TEXT],
        cut=len(text) > _LONGEST_TEXT,
    )
    note = "\n（原文较长，以上只是开头，请按条读取。）" if result.cut else ""
    return f"{_policy_line(policy)}{_ended(result)}\n{result.text}{note}", result


def _provision(container: Container, found: FoundProvision) -> ProvisionModel:
    metadata, passage = found.edition.revision.metadata, found.passage
    number = f"（{metadata.document_number}）" if metadata.document_number else ""
    return ProvisionModel(
        citation=f"《{metadata.title}》{number}{passage.citation}",
        text=passage.text,
        region=container.region_name(passage.jurisdiction),
        effective_on=found.edition.effective_on,
        ends_on=found.edition.ends_on,
        document_id=passage.document_id,
        link=passage_link(passage),
    )


def _policy(container: Container, entry: PolicyEntry) -> PolicyModel:
    metadata = entry.metadata
    return PolicyModel(
        document_id=entry.id,
        title=metadata.title,
        document_number=metadata.document_number,
        issuing_authorities=metadata.issuing_authorities,
        region=container.region_name(metadata.jurisdiction),
        status=entry.status,
        status_label=entry.status.label,
        effective_on=entry.effective_on,
        ends_on=entry.ends_on,
        link=f"/policies/{entry.id}",
    )


def _policy_line(policy: PolicyModel) -> str:
    number = f"（{policy.document_number}）" if policy.document_number else ""
    ends = f"，{policy.ends_on.isoformat()}起不再有效" if policy.ends_on else ""
    begins = f"{policy.effective_on.isoformat()}起施行"
    return f"《{policy.title}》{number}：{policy.status_label}，{begins}{ends}，{policy.region}［{policy.document_id}］"


def _ended(text: PolicyText) -> str:
    if text.status is ValidityStatus.IN_FORCE:
        return ""
    return f"\n注意：此文件{text.status_label}，不能作为现行依据。" + (f"代替它的是《{text.replaced_by}》。" if text.replaced_by else "")


def _entry(reading: PolicyReading) -> PolicyEntry:
    edition = reading.edition
    latest = reading.latest
    return PolicyEntry(
        latest.document_id,
        edition.revision.metadata,
        reading.document_status,
        edition.effective_on,
        edition.ends_on,
        len(reading.revisions),
    )


def _named(reading: PolicyReading, asked: str) -> Provision:
    """By its label or citation; 第10条 is 第十条. Raises UnknownProvision."""
    label = _DIGITS.sub(lambda digits: write_ordinal(int(digits.group())), asked)
    found = next((node for node in _nodes(reading.outline) if label in (node.label, node.citation)), None)
    if found is None:
        raise UnknownProvision(reading.latest.document_id, asked)
    return found


def _nodes(node: Provision) -> Iterator[Provision]:
    yield node
    for child in node.children:
        yield from _nodes(child)
