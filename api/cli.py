"""The command line, put together from its areas. Evaluation adds its own commands and starts it."""

from __future__ import annotations

import typer

from api.commands import (
    accounts,
    asking,
    audit,
    backups,
    classifiers,
    content,
    conversations,
    doctor,
    embeddings,
    entries,
    index,
    jobs,
    keys,
    mcp,
    moving,
    orders,
    policies,
    service,
)


def create_cli() -> typer.Typer:
    app = typer.Typer(
        name="zhengwen", help="政问：回答政策咨询、逐条注明依据。", no_args_is_help=True, add_completion=False, rich_markup_mode=None
    )
    app.command("setup")(service.setup)
    app.command("serve")(service.serve)
    app.command("serve-embeddings")(embeddings.serve_embeddings)
    app.command("ask")(asking.ask_command)
    app.command("jobs")(jobs.jobs)
    app.command("mcp")(mcp.mcp)
    app.command("settings")(service.show_settings)
    app.command("doctor")(doctor.doctor)
    app.command("backup")(backups.backup)
    app.command("restore")(backups.restore)
    app.command("migrate-to")(moving.migrate_to)
    app.add_typer(policies.app, name="policies")
    app.add_typer(entries.guides, name="guides")
    app.add_typer(entries.departments, name="departments")
    app.add_typer(content.app, name="content")
    app.add_typer(index.app, name="index")
    app.add_typer(classifiers.app, name="classifiers")
    app.add_typer(orders.app, name="orders")
    app.add_typer(accounts.app, name="accounts")
    app.add_typer(keys.app, name="keys")
    app.add_typer(audit.app, name="audit")
    app.command("replay")(conversations.replay_command)
    app.add_typer(conversations.app, name="conversations")
    return app
