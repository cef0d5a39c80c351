"""A Bot API server that is honest about the protocol, and a city chat for people to type in."""

from .app import create_app


__all__ = ["create_app"]
