"""Every router of the console, in the order in which addresses are matched."""

from __future__ import annotations

from fastapi import APIRouter

from api.pages.admin import backups, home, policies

ADMIN_ROUTERS: tuple[APIRouter, ...] = (home.router, policies.router, backups.router)
