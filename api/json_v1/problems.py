"""What the interface declares of its refusals: RFC 9457 problem details, as `api.errors` sends them."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

_MEANINGS = {
    400: "请求体读不出来",
    403: "发出请求的网站不在允许嵌入的名单里",
    404: "没有这个对象，或凭证不对",
    409: "与现在的状态不符，或刚被别人改过",
    413: "请求体太大",
    422: "内容不符合要求，errors 逐项说明",
    429: "次数太多，稍后再试",
    503: "暂时不能服务，请按 Retry-After 再试",
}


class Problem(BaseModel):
    """出错时的说明（RFC 9457）。"""

    model_config = ConfigDict(extra="forbid")

    type: str = Field(description="问题的种类，urn:zhengwen:problem: 开头")
    title: str
    status: int
    detail: str = Field(description="给人看的说明：发生了什么，怎么办")
    instance: str = Field(description="请求的地址")
    request_id: str = Field(description="向管理员报告时请附上")
    errors: list[dict[str, str]] = Field(default=[], description="每一项：field 位置，name 名称，message 说明")


ALWAYS = (400, 413, 422, 429, 503)
"""Refusals that every address can give."""


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """For `responses=` of a router or a route. The schema is written out in place: FastAPI gives models the media type of the answer."""
    schema = Problem.model_json_schema()
    return {
        status: {
            "description": _MEANINGS.get(status, HTTPStatus(status).phrase),
            "content": {"application/problem+json": {"schema": schema}},
        }
        for status in statuses
    }
