"""zhengwen setup, serve and settings."""

from __future__ import annotations

from typing import Annotated

import typer

from api.commands.accounts import create_first_administrator
from api.commands.classifiers import learn_what_changed
from api.commands.console import CommandFailed, open_container, out, progress_bars, read_settings, whoever_runs_this
from api.commands.index import refresh_index
from api.commands.policies import show_import
from api.container import Container
from api.demonstration import import_demonstration
from api.serving import run_server
from api.settings import settings_table


def setup(
    demo: Annotated[bool, typer.Option("--demo/--no-demo", help="是否导入虚构的示范市内容")] = True,
    ask: Annotated[bool, typer.Option("--ask", help="还没有管理员时，询问账号名和密码；不加则生成密码并显示一次")] = False,
) -> None:
    """备好向量模型、示范内容、索引、分类模型和第一个管理员。可以反复运行，已经备好的会跳过。"""
    container = open_container()
    with progress_bars() as say:
        if container.settings.uses_own_model:
            container.provision_model(say)
    if demo:
        _import_demonstration(container)
    with progress_bars() as say:
        report = refresh_index(container, say)
    out.print(report, markup=False)
    learn_what_changed(container)
    # What questions are compared with has its vectors now; else the first who asks would wait for them.
    container.routing().knowledge()
    create_first_administrator(container, ask)
    out.print("已备好。运行 zhengwen serve 启动服务。")


def _import_demonstration(container: Container) -> None:
    with progress_bars() as say:
        imported = import_demonstration(container, whoever_runs_this(), say)
    show_import(imported)
    if imported.failed:
        raise CommandFailed("示范内容没有全部导入，请查看上面列出的原因。")


def serve(
    host: Annotated[str, typer.Option(help="监听的地址；不填用 ZHENGWEN_HOST")] = "",
    port: Annotated[int, typer.Option(min=0, max=65535, help="监听的端口；不填用 ZHENGWEN_PORT")] = 0,
) -> None:
    """启动服务。"""
    settings = read_settings()
    address, number = host or settings.host, port or settings.port
    out.print(f"政问正在启动：http://{address}:{number}/（按 Ctrl+C 停止）")
    # Log lines come from the request guard; uvicorn's own access log would repeat query strings, and with them what people searched for.
    run_server(settings, address, number)


def show_settings(markdown: Annotated[bool, typer.Option("--markdown", help="输出说明文档中的设置表")] = False) -> None:
    """显示各项设置。"""
    if markdown:
        out.print(settings_table(), markup=False)
        return
    settings = read_settings()
    for name, field in settings.in_order().items():
        out.print(f"ZHENGWEN_{name.upper()}={getattr(settings, name)}  # {field.description}", markup=False)
