"""Index: makes the policy base findable."""
