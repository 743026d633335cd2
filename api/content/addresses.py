"""The kinds of edited content as their addresses below /admin name them; a test compares them with the tables of the kinds."""

from __future__ import annotations

CONTENT_KINDS = ("guides", "departments", "regions", "intents", "routing-rules", "vocabulary", "wording", "hot-questions")
SHEET_ADDRESSES = tuple(f"/admin/{kind}/import" for kind in CONTENT_KINDS)
"""Where spreadsheets are handed in."""
