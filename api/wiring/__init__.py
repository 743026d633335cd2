"""Adapters by area, chosen from the settings. `api.container` puts them together."""
