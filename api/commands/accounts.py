"""zhengwen accounts: who works here, what they may do, and the record of it."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from api.access.errors import AccountExists
from api.access.models import Account, EventFilter, Identity, Role
from api.commands.audit import print_events
from api.commands.console import CommandFailed, command_actor, open_container, out, print_rows
from api.container import Container
from assistant.models import CHINA_TIME

app = typer.Typer(help="工作人员账号：新建、停用、重设密码、查看记录。", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="登录用的账号名", show_default=False)]
Roles = Annotated[
    list[str], typer.Option("--role", help="角色：operator 坐席、supervisor 班长、administrator 管理员、auditor 审计员；可写多次")
]
Reason = Annotated[str, typer.Option(help="原因，记入记录")]
Provider = Annotated[str, typer.Argument(help="统一身份的提供方名称")]
Subject = Annotated[str, typer.Argument(help="用户在提供方的标识（OpenID Connect 的 sub）")]


@app.command()
def create(
    name: Name,
    role: Roles,
    display: Annotated[str, typer.Option(help="姓名，显示在工作台上")] = "",
    department: Annotated[str, typer.Option(help="所在部门的编号，见 zhengwen departments list")] = "",
    generate: Annotated[bool, typer.Option("--generate", help="生成初始密码并显示一次，首次登录须修改")] = False,
) -> None:
    """新建账号。"""
    container = open_container()
    if department and all(known.id != department for known in container.departments.all()):
        raise CommandFailed(f"没有编号为“{department}”的部门。运行 zhengwen departments list 可以查看。")
    made = container.accounts.create(
        name,
        [_role(text) for text in role],
        by=command_actor(),
        password=None if generate else ask_password(),
        display_name=display,
        department_id=department or None,
    )
    out.print(f"已新建账号 {made.account.name}（{made.account.role_labels}）。", markup=False)
    if made.initial_password:
        show_initial_password(made.account, made.initial_password)


@app.command("list")
def list_command() -> None:
    """列出全部账号。"""
    print_rows(("账号", "姓名", "角色", "状态", "新建于"), [_row(account) for account in open_container().accounts.all()])


@app.command()
def roles(name: Name, role: Roles) -> None:
    """改变一个账号的角色；原有的角色由所列的代替。"""
    account = open_container().accounts.set_roles(name, [_role(text) for text in role], by=command_actor())
    out.print(f"账号 {account.name} 的角色现在是：{account.role_labels}。", markup=False)


@app.command()
def disable(name: Name, reason: Reason = "") -> None:
    """停用账号，已登录的立即退出。"""
    open_container().accounts.disable(name, by=command_actor(), reason=reason)
    out.print(f"账号 {name} 已停用。", markup=False)


@app.command()
def enable(name: Name, reason: Reason = "") -> None:
    """重新启用账号，并解除因输错密码造成的锁定。"""
    open_container().accounts.enable(name, by=command_actor(), reason=reason)
    out.print(f"账号 {name} 可以登录了。", markup=False)


@app.command("reset-password")
def reset_password(name: Name) -> None:
    """生成新的初始密码并显示一次；已登录的立即退出。"""
    container = open_container()
    password = container.accounts.reset_password(name, by=command_actor())
    show_initial_password(container.accounts.named(name), password)


@app.command()
def unlock(name: Name, reason: Reason = "") -> None:
    """解除因连续输错密码造成的锁定；密码不变。"""
    open_container().accounts.unlock(name, by=command_actor(), reason=reason)
    out.print(f"账号 {name} 的锁定已解除。", markup=False)


@app.command("end-sessions")
def end_sessions(name: Name, reason: Reason = "") -> None:
    """让账号在所有电脑上退出；仍可重新登录。"""
    open_container().accounts.end_sessions(name, by=command_actor(), reason=reason)
    out.print(f"账号 {name} 已在所有电脑上退出。", markup=False)


@app.command()
def link(name: Name, provider: Provider, subject: Subject) -> None:
    """把统一身份认证里的一个用户绑定到账号，之后可以用它登录。"""
    open_container().accounts.link(name, Identity(provider, subject), by=command_actor())
    out.print(f"账号 {name} 已绑定 {provider} 的用户 {subject}。", markup=False)


@app.command()
def unlink(name: Name, provider: Provider, subject: Subject) -> None:
    """解除统一身份的绑定。"""
    open_container().accounts.unlink(name, Identity(provider, subject), by=command_actor())
    out.print(f"账号 {name} 与 {provider} 的用户 {subject} 的绑定已解除。", markup=False)


@app.command("log")
def show_log(
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="最多显示多少条，新的在前")] = 50,
    actor: Annotated[str, typer.Option(help="只看谁做的")] = "",
    subject: Annotated[str, typer.Option(help="只看涉及哪个账号或工单的")] = "",
) -> None:
    """查看登录、账号变动等操作记录。"""
    print_events(open_container().audit.page(EventFilter(actor=actor, subject=subject), limit))


def create_first_administrator(container: Container, ask: bool) -> None:
    """Says nothing where there is one. Asks for name and password only if told to: set-up also runs where nobody can answer."""
    accounts = container.accounts
    if accounts.has_administrator():
        return
    if ask:
        _require_terminal("去掉 --ask")
        name = typer.prompt("管理员账号名", default="admin")
        accounts.create_first_administrator(by=command_actor(), name=name, password=ask_password())
        out.print(f"已新建管理员账号 {name}。", markup=False)
        return
    try:
        made = accounts.create_first_administrator(by=command_actor())
    except AccountExists:
        raise CommandFailed("还没有管理员。请运行 zhengwen accounts roles admin --role administrator，或者另建一个管理员账号。") from None
    if made and made.initial_password:
        show_initial_password(made.account, made.initial_password)


def ask_password() -> str:
    """Raises CommandFailed where there is no terminal, or the two entries differ."""
    _require_terminal("加 --generate")
    password: str = typer.prompt("密码（至少 10 个字符，输入时不显示）", hide_input=True)
    if typer.prompt("再输入一次", hide_input=True) != password:
        raise CommandFailed("两次输入的密码不一样，没有改动。请重新运行这条命令。")
    return password


def _require_terminal(instead: str) -> None:
    if not sys.stdin.isatty():
        raise CommandFailed(f"这里不能输入密码（没有终端）。请{instead}，由程序生成初始密码。")


def show_initial_password(account: Account, password: str) -> None:
    who = "管理员" if Role.ADMINISTRATOR in account.roles else "账号"
    out.print(f"{who} {account.name} 的初始密码：{password}（只显示这一次，首次登录须修改）", markup=False)


def _row(account: Account) -> tuple[str, ...]:
    state = "停用" if account.disabled else "须改密码" if account.must_change_password else "正常"
    made = f"{account.created_at.astimezone(CHINA_TIME):%Y-%m-%d}"
    return (account.name, account.display_name, account.role_labels, state, made)


def _role(text: str) -> Role:
    """By its name in English or in Chinese."""
    for role in Role:
        if text.strip().lower() in (role.value, role.label):
            return role
    raise CommandFailed(f"没有角色“{text}”。可以填：{'、'.join(f'{role.value}（{role.label}）' for role in Role)}。")
