"""Work that repeats by itself: escalation of orders near their deadline, webhooks, clearing away."""
