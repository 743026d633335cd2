"""zhengwen keys: keys for other systems."""

from __future__ import annotations

from typing import Annotated

import typer

from api.access.key_models import ApiKey, Scope
from api.commands.console import CommandFailed, command_actor, open_container, out, parse_day, print_rows
from assistant.models import CHINA_TIME

app = typer.Typer(help="接口密钥：其他系统凭它使用本系统。新建、停用、查看。", no_args_is_help=True)

_SCOPES = "、".join(f"{scope.value}（{scope.label}）" for scope in Scope)


@app.command()
def create(
    name: Annotated[str, typer.Argument(help="用途，例如 市政务服务网", show_default=False)],
    owner: Annotated[str, typer.Option(help="对它的使用负责的单位或岗位")],
    scope: Annotated[list[str], typer.Option("--scope", help=f"权限，可写多次：{_SCOPES}")],
    expires: Annotated[str, typer.Option(help="有效期至哪一天，例如 2027-11-23；不填为不限")] = "",
) -> None:
    """新建密钥并显示一次。"""
    last_day = parse_day(expires) if expires else None
    made = open_container().keys.create(name, owner, [_scope(text) for text in scope], by=command_actor(), expires_on=last_day)
    out.print(f"已新建密钥 {made.key.prefix}（{made.key.name}：{made.key.scope_labels}）。", markup=False)
    out.print(f"密钥：{made.secret}（只显示这一次）", markup=False)


@app.command("list")
def list_command() -> None:
    """列出全部密钥；密钥本身不再显示。"""
    container = open_container()
    today = container.today()
    headings = ("密钥开头", "用途", "负责人", "权限", "状态", "有效期至", "最近使用")
    print_rows(headings, [(*_described(key), key.state_on(today).label, *_dates(key)) for key in container.keys.all()])


@app.command()
def revoke(
    prefix: Annotated[str, typer.Argument(help="密钥的开头，例如 zw_3f9a2c1b", show_default=False)],
    reason: Annotated[str, typer.Option(help="原因，记入记录")] = "",
) -> None:
    """停用密钥，立即生效，不能恢复。"""
    key = open_container().keys.revoke(prefix, by=command_actor(), reason=reason)
    out.print(f"密钥 {key.prefix} 已停用。", markup=False)


def _described(key: ApiKey) -> tuple[str, ...]:
    return (key.prefix, key.name, key.owner, key.scope_labels)


def _dates(key: ApiKey) -> tuple[str, ...]:
    used = f"{key.last_used_at.astimezone(CHINA_TIME):%Y-%m-%d %H:%M}" if key.last_used_at else ""
    return (key.expires_on.isoformat() if key.expires_on else "不限", used)


def _scope(text: str) -> Scope:
    """By its name in English or in Chinese."""
    for scope in Scope:
        if text.strip().lower() in (scope.value, scope.label):
            return scope
    raise CommandFailed(f"没有权限“{text}”。可以填：{_SCOPES}。")
