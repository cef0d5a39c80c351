"""Classifieds sites that behave like the real ones, for requests to be sent about."""

from .app import create_app


__all__ = ["create_app"]
