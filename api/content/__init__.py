"""Edited content in the service: the kinds put together, and what is made of them."""
