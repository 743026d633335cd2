"""Every router of the console, in the order in which addresses are matched."""

from __future__ import annotations

from fastapi import APIRouter

from api.pages.admin import (
    audit,
    backups,
    draft_list,
    drafts,
    home,
    hot_issues,
    index,
    insight,
    policies,
    policy,
    repeals,
    replay,
    search,
    unanswered,
    uploads,
)

ADMIN_ROUTERS: tuple[APIRouter, ...] = (
    home.router,
    policies.router,
    policy.router,
    uploads.router,
    draft_list.router,
    drafts.router,
    repeals.router,
    index.router,
    search.router,
    insight.router,
    unanswered.router,
    hot_issues.router,
    audit.router,
    replay.router,
    backups.router,
)
