"""What staff and citizens write into work orders, for test_personal_data: every field of every form takes personal values in."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from fastapi.testclient import TestClient
from httpx import Response

NAME, PHONE, ADDRESS = "欧阳晓雯", "13912340987", "示范市明德区芙蓉路88号丹桂苑7栋1203室"
CONTACT_VALUES = (NAME, PHONE, "139 1234 0987", ADDRESS, "丹桂苑7栋1203室")
DEPARTMENT = "sf-chengguan"

_CONTENT, _WISH, _SHORT, _REASON, _COMMENT = 5000, 1000, 60, 1000, 500


def register_on_the_page(client: TestClient, text: str) -> list[Response]:
    fields = {"request_type": "complaint", "jurisdiction": "990102", "name": NAME, "phone": PHONE, **_told(text)}
    return [client.post("/requests", data=fields), client.post("/requests", data=fields | {"anonymous": "true"})]


def register_by_program(client: TestClient, text: str) -> list[Response]:
    fields = {"request_type": "complaint", "region": "990102", "name": NAME, "phone": PHONE, **_told(text)}
    made = client.post("/api/v1/orders", json=fields)
    looked_up = {"number": made.json()["number"], "suffix": PHONE[-4:]}
    return [made, client.post("/api/v1/orders/progress", json=looked_up)]


def note_a_call(staff: TestClient, text: str) -> list[Response]:
    call = {"notes": text, "phone": PHONE}
    card, kept = staff.post("/desk/card", data=call), staff.post("/desk", data=call)
    marked = staff.post("/desk/wrong", data={**call, "reason": "other", "comment": text})
    return [card, kept, marked, staff.post("/desk/history", data=call)]


def work_on_an_order(staff: TestClient, text: str) -> list[Response]:
    """From the call's notes over every move that takes words to the caller's own rating."""
    form = {"notes": text, "request_type": "complaint", "jurisdiction": "明德区", **_told(text)}
    form |= {"name": NAME, "phone": PHONE, "address": ADDRESS, "form_key": f"form-of-a-call-of-{len(text)}"}
    filled, made = staff.post("/desk/orders/new", data={"notes": text, "phone": PHONE}), staff.post("/desk/orders", data=form)
    found = re.search(r"GD\d{8}-\d{5}", made.text)
    assert found
    assert made.is_success, made.text
    order = f"/desk/orders/{found[0]}"
    done = [filled, made, staff.post("/desk/orders", data=form), staff.get(order)]
    for fields in _moves(text):
        page = staff.get(order).text
        version = re.search(r'name="version" value="(\d+)"', page)
        assert version, page
        done.append(staff.post(f"{order}/moves", data=fields | {"version": version[1]}))
    done.append(staff.post(f"{order}/contact", data={"reason": text[:200]}))
    rating = {"number": found[0], "suffix": PHONE[-4:], "satisfaction": "dissatisfied", "comment": text[:_COMMENT]}
    return [*done, staff.post("/api/v1/orders/rating", json=rating)]


def _moves(text: str) -> list[dict[str, str]]:
    reason = text[:_REASON]
    return [
        {"action": "reclassify", "request_type": "report", "reason": reason},
        {"action": "supervise", "reason": reason},
        {"action": "dispatch", "lead": DEPARTMENT},
        {"action": "send_back", "reason": reason},
        {"action": "dispatch", "lead": DEPARTMENT},
        {"action": "start"},
        {"action": "reply", "text": text},
        {"action": "follow_up", "satisfaction": "fair", "reason": reason},
        {"action": "reopen", "reason": reason},
        {"action": "reply", "text": text},
    ]


def _told(text: str) -> dict[str, str]:
    shortest = min(filter(None, text.split("。")), key=len)[:_SHORT]
    return {"content": text[:_CONTENT], "wish": text[:_WISH], "title": shortest, "place": shortest, "occurred": shortest}


BY_CITIZENS: Sequence[Callable[[TestClient, str], list[Response]]] = (register_on_the_page, register_by_program)
BY_STAFF: Sequence[Callable[[TestClient, str], list[Response]]] = (note_a_call, work_on_an_order)
