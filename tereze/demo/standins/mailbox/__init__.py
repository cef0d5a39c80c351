"""A mail server that keeps every letter, and a page to read them."""

from .app import create_app


__all__ = ["create_app"]
