"""Every router of the console, in the order in which addresses are matched."""

from __future__ import annotations

from fastapi import APIRouter

from api.pages.admin import (
    accounts,
    api_keys,
    audit,
    backups,
    content_pages,
    draft_list,
    drafts,
    home,
    hot_issues,
    index,
    insight,
    policies,
    policy,
    ratings,
    repeals,
    replay,
    search,
    settings,
    sources,
    unanswered,
    uploads,
    webhooks,
    widget,
)

ADMIN_ROUTERS: tuple[APIRouter, ...] = (
    home.router,
    policies.router,
    policy.router,
    uploads.router,
    draft_list.router,
    drafts.router,
    repeals.router,
    sources.router,
    index.router,
    search.router,
    content_pages.router,
    insight.router,
    unanswered.router,
    hot_issues.router,
    ratings.router,
    accounts.router,
    api_keys.router,
    webhooks.router,
    settings.router,
    audit.router,
    replay.router,
    backups.router,
    widget.router,
)
