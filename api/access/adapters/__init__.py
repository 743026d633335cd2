"""Where accounts, sessions and the access record are kept."""
