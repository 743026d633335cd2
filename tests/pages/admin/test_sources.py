"""The console's pages of sources: the list, the form with its trial, a source with its runs and items, and who may do what."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.access.models import Role
from api.container import Container
from knowledge_base.sources.models import ItemFilter, Pace, RunState, Schedule, Source
from tests.fakes.containers import NOW, a_container
from tests.fakes.sources import MemoryPlaces, Page
from tests.source_factories import a_source
from tests.staff_clients import a_staff_client, a_staff_member

SITE = "https://www.shifan.example/zcwj/"
FORM = {
    "label": "示范市政府网站",
    "kind": "list_page",
    "address": SITE,
    "jurisdiction": "示范市明德区",
    "topics": "住房\n户籍",
    "pace": "weekly",
    "hour": "4",
    "weekday": "6",
    "include": "/zcwj/\n*.html",
    "exclude": "video",
    "link_selector": "ul.list",
    "more_pages": f"{SITE}index_{{n}}.html",
    "delay_s": "3.5",
    "max_items": "200",
}


@pytest.fixture
def container() -> Container:
    return a_container()


@pytest.fixture
def client(container: Container) -> TestClient:
    return a_staff_client(container, a_staff_member(container, Role.ADMINISTRATOR))


@pytest.fixture
def places(container: Container) -> MemoryPlaces:
    places = container.sources.places
    assert isinstance(places, MemoryPlaces)
    places.pages = {f"{SITE}{n}.html": Page(f"第{n}号办法", title=f"示范市第{n}号办法") for n in range(1, 5)}
    return places


def a_kept_source(container: Container, **fields: Any) -> Source:
    return container.sources.add(a_source(label="示范市政府网站", **fields))


def fetch(container: Container, source: Source) -> None:
    container.sources.request(source.id, "zhang.san")
    container.sources.run(source.id)


def acts(container: Container) -> list[str]:
    return [event.action for event in container.audit.events(limit=20)]


def test_an_empty_list_says_what_to_do_and_that_archives_need_no_source(client: TestClient) -> None:
    page = client.get("/admin/sources").text
    assert "还没有来源" in page
    assert "压缩包不用设为来源" in page
    assert 'href="/admin/sources/new"' in page


def test_the_list_shows_state_next_run_and_the_last_result(client: TestClient, container: Container, places: MemoryPlaces) -> None:
    source = a_kept_source(container, schedule=Schedule(Pace.DAILY, 3))
    page = client.get("/admin/sources").text
    assert "还没有获取过" in page
    assert "2026年11月23日 03:00" in page
    fetch(container, source)
    page = client.get("/admin/sources").text
    assert "看了 4 项：新增 4。" in page
    assert "张三" in page
    assert "每天 03:00" in page


def test_a_source_is_added_with_everything_that_was_entered(client: TestClient, container: Container) -> None:
    answer = client.post("/admin/sources/new", data=FORM)
    (overview,) = container.sources.overviews()
    source = overview.source
    assert answer.headers["location"].startswith(f"/admin/sources/{source.id}?done=")
    assert (source.label, source.address, source.jurisdiction, source.topics) == ("示范市政府网站", SITE, "990102", ("住房", "户籍"))
    assert (source.schedule, source.include, source.exclude) == (Schedule(Pace.WEEKLY, 4, 6), ("/zcwj/", "*.html"), ("video",))
    assert (source.link_selector, source.delay_s, source.max_items, source.enabled) == ("ul.list", 3.5, 200, True)
    assert acts(container)[0] == "source_added"


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("label", "", "请填写来源的名称"),
        ("address", "http://127.0.0.1/", "本机地址"),
        ("jurisdiction", "不存在的地方", "没有找到这个地区"),
        ("delay_s", "很快", "请填写数字"),
        ("delay_s", "nan", "请填写数字"),
        ("max_items", "0", "应在 1 至"),
        ("kind", "ftp", "请选择种类"),
        ("more_pages", "https://www.shifan.example/2.html", "{n}"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_nothing_entered_is_lost(
    client: TestClient, container: Container, field: str, value: str, said: str
) -> None:
    answer = client.post("/admin/sources/new", data=FORM | {field: value})
    assert answer.status_code == 422
    assert said in answer.text
    assert f'id="{field}-fault"' in answer.text
    assert "ul.list" in answer.text
    assert container.sources.overviews() == ()


def test_a_trial_shows_what_would_be_fetched_and_keeps_nothing(client: TestClient, container: Container, places: MemoryPlaces) -> None:
    places.change(f"{SITE}2.html", failure="网站回复 403，没有取到。")
    page = client.post("/admin/sources/new", data=FORM | {"act": "try"}).text
    assert "试取结果（没有保存）" in page
    assert "示范市第4号办法" in page
    assert "网站回复 403" in page
    assert "这次没有打开" in page
    assert container.sources.overviews() == ()
    assert container.intake.uploads() == ()


def test_a_source_is_changed_from_the_version_that_was_seen(client: TestClient, container: Container) -> None:
    source = a_kept_source(container)
    form = client.get(f"/admin/sources/{source.id}/edit").text
    assert 'name="version" value="1"' in form
    assert client.post(f"/admin/sources/{source.id}/edit", data=FORM | {"version": "1", "label": "新名称"}).status_code == 303
    assert container.sources.source(source.id).label == "新名称"
    assert client.post(f"/admin/sources/{source.id}/edit", data=FORM | {"version": "1"}).status_code == 409
    assert acts(container)[0] == "source_changed"


def test_a_run_is_asked_for_and_shown_until_it_is_over(client: TestClient, container: Container, places: MemoryPlaces) -> None:
    source = a_kept_source(container)
    assert client.post(f"/admin/sources/{source.id}/run").status_code == 303
    assert ("fetch_source", source.id) in container.work.submitted
    waiting = client.get(f"/admin/sources/{source.id}/runs").text
    assert "data-busy" in waiting
    assert "等待开始" in waiting
    assert client.post(f"/admin/sources/{source.id}/run").status_code == 409
    container.sources.run(source.id)
    over = client.get(f"/admin/sources/{source.id}/runs").text
    assert "data-busy" not in over
    assert "看了 4 项：新增 4。" in over


def test_a_run_that_waits_is_cancelled(client: TestClient, container: Container) -> None:
    source = a_kept_source(container)
    client.post(f"/admin/sources/{source.id}/run")
    answer = client.post(f"/admin/sources/{source.id}/cancel")
    assert "已取消" in client.get(answer.headers["location"]).text
    assert container.sources.runs(source.id)[0].state is RunState.CANCELLED
    assert acts(container)[:2] == ["source_run_cancelled", "source_run_requested"]
    assert client.post(f"/admin/sources/{source.id}/cancel").status_code == 409


def test_items_are_filtered_by_state_and_words(client: TestClient, container: Container, places: MemoryPlaces) -> None:
    places.change(f"{SITE}3.html", failure="网站回复 503，没有取到。下次会再试。")
    source = a_kept_source(container)
    fetch(container, source)
    assert "共 4 项" in client.get(f"/admin/sources/{source.id}").text
    failed = client.get(f"/admin/sources/{source.id}?state=failed").text
    assert "共 1 项" in failed
    assert "网站回复 503" in failed
    assert "示范市第1号办法" not in failed
    found = client.get(f"/admin/sources/{source.id}", params={"q": "第2号"}).text
    assert "共 1 项" in found
    assert "没有符合条件的内容" in client.get(f"/admin/sources/{source.id}?state=withdrawn").text


def test_from_an_item_its_draft_is_one_step_away(client: TestClient, container: Container, places: MemoryPlaces) -> None:
    places.pages = {
        f"{SITE}1.html": Page(
            "<html><body><div id='zoom'><p>第一条 为了规范居住证管理，制定本办法。</p></div></body></html>", title="示范市居住证管理办法"
        )
    }
    source = a_kept_source(container)
    fetch(container, source)
    assert "等待读取" in client.get(f"/admin/sources/{source.id}").text
    upload = container.intake.read(container.intake.uploads()[0].id)
    assert upload.draft_ids, upload.reason
    assert f'href="/admin/drafts/{upload.draft_ids[0]}"' in client.get(f"/admin/sources/{source.id}").text


def test_many_items_are_shown_page_by_page(client: TestClient, container: Container, places: MemoryPlaces) -> None:
    places.pages = {f"{SITE}{n:03}.html": Page(f"第{n}号办法", title=f"第{n:03}号") for n in range(60)}
    source = a_kept_source(container)
    fetch(container, source)
    first, second = (client.get(f"/admin/sources/{source.id}?page={number}").text for number in (1, 2))
    assert ("第000号" in first, "第059号" in first) == (True, False)
    assert ("第000号" in second, "第059号" in second) == (False, True)


def test_a_withdrawn_page_waits_for_somebody_to_check_the_policy(client: TestClient, container: Container, places: MemoryPlaces) -> None:
    source = a_kept_source(container)
    fetch(container, source)
    places.change(f"{SITE}1.html", gone=True)
    fetch(container, source)
    assert "1 项已撤下，待核对" in client.get("/admin/sources").text
    page = client.get(f"/admin/sources/{source.id}?state=unchecked").text
    assert "请核对对应的政策是否仍有效" in page
    answer = client.post(f"/admin/sources/{source.id}/checked", data={"address": f"{SITE}1.html"})
    assert answer.status_code == 303
    assert container.sources.count_items(source.id, ItemFilter(unchecked=True)) == 0
    assert "张三已核对" in client.get(f"/admin/sources/{source.id}?state=withdrawn").text
    assert acts(container)[0] == "source_withdrawal_checked"


def test_a_source_is_disabled_and_enabled(client: TestClient, container: Container) -> None:
    source = a_kept_source(container)
    client.post(f"/admin/sources/{source.id}/switch", data={"version": 1, "enabled": "false"})
    assert "已停用" in client.get("/admin/sources").text
    assert client.post(f"/admin/sources/{source.id}/run").status_code == 409
    client.post(f"/admin/sources/{source.id}/switch", data={"version": 2, "enabled": "true"})
    assert container.sources.source(source.id).enabled
    assert acts(container)[:2] == ["source_enabled", "source_disabled"]


def test_removing_asks_for_a_reason(client: TestClient, container: Container) -> None:
    source = a_kept_source(container)
    answer = client.post(f"/admin/sources/{source.id}/remove", data={"version": 1, "reason": " "})
    assert "请写明移除这个来源的原因" in client.get(answer.headers["location"]).text
    assert client.post(f"/admin/sources/{source.id}/remove", data={"version": 1, "reason": "网站改版"}).status_code == 303
    assert client.get(f"/admin/sources/{source.id}").status_code == 404
    event = container.audit.events(limit=1)[0]
    assert (event.action, event.reason) == ("source_removed", "网站改版")


def test_an_auditor_sees_everything_and_can_change_nothing(container: Container, places: MemoryPlaces) -> None:
    source = a_kept_source(container)
    fetch(container, source)
    auditor = a_staff_client(container, a_staff_member(container, Role.AUDITOR, name="li.si"))
    for address in ("/admin/sources", f"/admin/sources/{source.id}"):
        page = auditor.get(address).text
        assert "看了 4 项" in page
        assert 'method="post" action="/admin/sources/' not in page
        assert "添加来源" not in page
    for address in ("new", source.id + "/edit"):
        form = auditor.get(f"/admin/sources/{address}")
        assert form.status_code == 200
        assert 'name="act"' not in form.text
    for address in ("new", source.id + "/edit", source.id + "/run", source.id + "/cancel", source.id + "/switch", source.id + "/remove"):
        assert auditor.post(f"/admin/sources/{address}", data=FORM | {"enabled": "false", "reason": "x"}).status_code == 403
    assert container.sources.source(source.id).version == 1


def test_an_unknown_source_is_not_found(client: TestClient) -> None:
    for address in ("/admin/sources/none", "/admin/sources/none/edit", "/admin/sources/none/runs"):
        assert client.get(address).status_code == 404


def test_what_a_page_of_a_source_is_called_cannot_write_into_ours(client: TestClient, container: Container, places: MemoryPlaces) -> None:
    places.pages = {f"{SITE}a.html?<script>": Page("x", title="<script>alert(1)</script>")}
    source = a_kept_source(container)
    fetch(container, source)
    page = client.get(f"/admin/sources/{source.id}").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_the_periodic_job_asks_for_what_is_due(container: Container) -> None:
    from api.jobs.background_tasks import background_tasks
    from api.jobs.periodic_jobs import periodic_jobs

    source = a_kept_source(container, schedule=Schedule(Pace.HOURLY), changed_at=NOW - timedelta(hours=2))
    job = next(job for job in periodic_jobs(container) if job.name == "fetch_sources")
    assert job.run() == 1
    assert ("fetch_source", source.id) in container.work.submitted
    said = background_tasks(container)["fetch_source"].run(source.id)
    assert said == "没有完成，看了0项。"
    assert background_tasks(container)["fetch_source"].run(source.id) == "没有等待的获取。"
