"""Copies of everything under ZHENGWEN_HOME, made and brought back while the service runs."""
