"""Addresses of pages inside the service."""

from __future__ import annotations

from urllib.parse import quote, urlencode

from indexing.models import Passage, PassageKind

SIGN_IN_PAGE = "/sign-in"


def inside(address: str, otherwise: str = "/") -> str:
    """`address` where it is one of this service. "//elsewhere", "/\\elsewhere" and "/<tab>/elsewhere" lead out of it."""
    leads_out = not address.startswith("/") or address[1:2] in ("/", "\\") or not address.isprintable()
    return otherwise if leads_out else address


def sign_in_link(return_to: str) -> str:
    """The sign-in page, and where to go on to afterwards."""
    return f"{SIGN_IN_PAGE}?{urlencode({'return_to': return_to})}"


def anchor(path: str) -> str:
    """The id of a provision on its page. White space may not stand in an HTML id."""
    return "".join(path.split()) or "全文"


def provision_link(document_id: str, edition: int, path: str, span: tuple[int, int] | None = None) -> str:
    """Opens the policy at a provision; `span` are the characters to highlight."""
    asked = {"edition": edition} | ({"quote": f"{span[0]}-{span[1]}"} if span else {})
    return f"/policies/{quote(document_id, safe='')}?{urlencode(asked)}#{quote(anchor(path), safe='/')}"


def with_quote(link: str, start: int, end: int) -> str:
    """The same page with the characters [start, end) highlighted."""
    address, hash_sign, place = link.partition("#")
    return f"{address}{'&' if '?' in address else '?'}quote={start}-{end}{hash_sign}{place}"


def passage_link(passage: Passage) -> str:
    """Opens what the passage was taken from."""
    if passage.kind is PassageKind.GUIDE:
        return f"/guides/{quote(passage.document_id, safe='')}"
    return provision_link(passage.document_id, passage.edition, passage.paths[0] if passage.paths else "")
