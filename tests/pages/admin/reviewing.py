"""Files of the demonstration city handed in at the console, and read as the background work would read them."""

from __future__ import annotations

from fastapi.testclient import TestClient

from api.container import Container
from knowledge_base.intake.models import Draft, Upload

OLD = (
    "示范市居住证管理办法\n示政发〔2023〕8号\n第一条 申领居住证，应当提交身份证明。\n第二条 本办法自2024年1月1日起施行。\n"
    "示范市人民政府\n2023年12月1日\n"
)
NEW = (
    "示范市居住证服务办法\n示政发〔2026〕20号\n第一章 总则\n第一条 申领居住证，应当提交身份证明和居住地址证明。\n"
    "第二条 本办法自2026年11月1日起施行。《示范市居住证管理办法》（示政发〔2023〕8号）同时废止。\n示范市人民政府\n2026年10月20日\n"
)
UNDATED = "示范市鼓励献血通知\n第一条 献血者可以领取纪念品。\n"


def hand_in(client: TestClient, container: Container, text: str, name: str = "办法.txt", document: str = "") -> Upload:
    answer = client.post("/admin/uploads/file", params={"name": name, "document": document}, content=text.encode())
    assert answer.status_code == 201, answer.text
    return container.intake.read(answer.json()["id"])


def draft_of(client: TestClient, container: Container, text: str, name: str = "办法.txt", document: str = "") -> Draft:
    (draft_id,) = hand_in(client, container, text, name, document).draft_ids
    return container.intake.draft(draft_id)


def typed(draft: Draft, **changes: str) -> dict[str, str]:
    """What the form of a draft carries where nothing, or only `changes`, was typed."""
    about = draft.metadata
    shown = {
        "version": str(draft.version),
        "title": about.title,
        "document_number": about.document_number or "",
        "issuing_authorities": "、".join(about.issuing_authorities),
        "jurisdiction": about.jurisdiction,
        "signed_on": str(about.signed_on or ""),
        "published_on": str(about.published_on or ""),
        "effective_on": str(about.effective_on or ""),
        "expires_on": "",
        "topics": "、".join(about.topics),
        "source_url": about.source_url or "",
        "inferred": "on" if about.effective_on_inferred else "",
        "repeals": [str(place) for place in range(len(about.repeals))],
    }
    return shown | changes  # type: ignore[dict-item, return-value]  # one field of the form holds several values


def published(client: TestClient, container: Container, text: str, **changes: str) -> Draft:
    draft = draft_of(client, container, text)
    answer = client.post(f"/admin/drafts/{draft.id}", data=typed(draft, act="publish", **changes))
    assert answer.status_code == 303, answer.text
    return container.intake.draft(draft.id)
