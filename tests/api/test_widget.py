"""The chat widget for other sites: the script, who may ask from where, and what the administrator's settings accept."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient
from pydantic import ValidationError

from api.settings import Settings

Clients = Callable[..., TestClient]

SITE = "https://www.shifan.example"
OTHER = "https://www.elsewhere.example"
QUESTION = {"message": "居住证怎么办？"}
STREAM = {"Accept": "text/event-stream"}


@pytest.fixture
def service(client_with: Clients) -> TestClient:
    return client_with(widget_origins=SITE)


def from_site(origin: str) -> dict[str, str]:
    return {"Origin": origin, "Sec-Fetch-Site": "cross-site"}


def test_script_and_style_together_stay_under_30_kilobytes(client: TestClient) -> None:
    assert 5_000 < len(client.get("/widget.js").content) <= 30_000


def test_only_the_script_may_be_loaded_by_other_origins(client: TestClient) -> None:
    policies = {path: client.get(path).headers["Cross-Origin-Resource-Policy"] for path in ("/widget.js", "/", "/static/img/mark.svg")}
    assert policies == {"/widget.js": "cross-origin", "/": "same-origin", "/static/img/mark.svg": "same-origin"}


def test_the_script_is_not_sent_again_while_it_is_the_same(client: TestClient) -> None:
    first = client.get("/widget.js")
    again = client.get("/widget.js", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_the_script_names_no_other_server(client: TestClient) -> None:
    assert "://" not in client.get("/widget.js").text


@pytest.mark.parametrize("headers", [{}, STREAM])
def test_a_page_of_a_listed_site_is_answered_and_may_read_it(service: TestClient, headers: dict[str, str]) -> None:
    response = service.post("/api/v1/chat", json=QUESTION, headers=from_site(SITE) | headers)
    assert response.status_code == 200
    assert response.headers["Access-Control-Allow-Origin"] == SITE
    assert "Access-Control-Allow-Credentials" not in response.headers
    assert "示范市居住证管理办法" in response.text


@pytest.mark.parametrize(
    "origin", [OTHER, SITE.replace("https", "http"), f"{SITE}:8443", "https://shifan.example", f"{SITE}.elsewhere.example", "null"]
)
@pytest.mark.parametrize("headers", [{}, STREAM])
def test_a_page_of_any_other_site_is_not_answered(service: TestClient, origin: str, headers: dict[str, str]) -> None:
    response = service.post("/api/v1/chat", json=QUESTION, headers=from_site(origin) | headers)
    assert response.status_code == 403
    assert "Access-Control-Allow-Origin" not in response.headers
    assert "ZHENGWEN_WIDGET_ORIGINS" in response.json()["detail"]


def test_browsers_are_told_beforehand_what_a_listed_site_may_send(service: TestClient) -> None:
    wanted = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}
    assert service.options("/api/v1/chat", headers=from_site(SITE) | wanted).headers["Access-Control-Allow-Origin"] == SITE
    refused = service.options("/api/v1/chat", headers=from_site(OTHER) | wanted)
    assert refused.status_code == 400
    assert "Access-Control-Allow-Origin" not in refused.headers


@pytest.mark.parametrize("path", ["/", "/api/v1/policies", "/api/v1/search?q=居住证", "/admin/widget", "/metrics", "/widget.js"])
def test_nothing_else_can_be_read_by_a_listed_site(service: TestClient, path: str) -> None:
    assert "Access-Control-Allow-Origin" not in service.get(path, headers=from_site(SITE)).headers


def test_a_refusal_can_be_read_by_a_listed_site(service: TestClient) -> None:
    response = service.post("/api/v1/chat", json=QUESTION | {"region": "没有这个地方"}, headers=from_site(SITE))
    assert (response.status_code, response.headers["Access-Control-Allow-Origin"]) == (422, SITE)


def test_a_body_too_large_is_a_refusal_that_can_be_read(client_with: Clients) -> None:
    service = client_with(widget_origins=SITE, max_request_kb=1)
    response = service.post("/api/v1/chat", json={"message": "问" * 1000}, headers=from_site(SITE))
    assert (response.status_code, response.headers["Access-Control-Allow-Origin"]) == (413, SITE)


def test_own_pages_and_programs_need_no_listing(service: TestClient) -> None:
    own = {"Origin": "http://testserver", "Sec-Fetch-Site": "same-origin"}
    assert service.post("/api/v1/chat", json=QUESTION, headers=own).status_code == 200
    assert service.post("/api/v1/chat", json=QUESTION).status_code == 200


def test_no_cookie_is_set_for_the_widget(service: TestClient) -> None:
    answered = service.post("/api/v1/chat", json=QUESTION, headers=from_site(SITE))
    rated = service.post(f"/api/v1/answers/{answered.json()['answer_id']}/feedback", json={"kind": "helpful"}, headers=from_site(SITE))
    assert rated.status_code == 200
    assert [response.headers.get("Set-Cookie") for response in (answered, rated, service.get("/widget.js"))] == [None] * 3


def test_the_regions_to_choose_from_begin_with_the_site_s_own(service: TestClient) -> None:
    regions = service.get("/api/v1/widget", params={"region": "明德区"}, headers=from_site(SITE)).json()["regions"]
    assert [one["name"] for one in regions] == ["明德区", "示范市", "示范省", "中华人民共和国"]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("https://www.shifan.example/", "https://www.shifan.example"),
        ("HTTPS://WWW.Shifan.example:443", "https://www.shifan.example"),
        ("http://10.0.0.1:8080, https://政务.example", "http://10.0.0.1:8080,https://xn--zfr164b.example"),
        ("http://[::1]:8080", "http://[::1]:8080"),
    ],
)
def test_origins_are_kept_as_browsers_send_them(given: str, kept: str) -> None:
    assert Settings(_env_file=None, widget_origins=given).widget_origins == kept


@pytest.mark.parametrize(
    "given", ["*", "https://*.shifan.example", "www.shifan.example", "https://a.example/path", "https://u:p@a.example", "ftp://a.example"]
)
def test_what_is_no_exact_origin_is_refused_in_chinese(given: str) -> None:
    with pytest.raises(ValidationError, match="不是网站的来源"):
        Settings(_env_file=None, widget_origins=given)
