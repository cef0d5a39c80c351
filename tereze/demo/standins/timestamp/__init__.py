"""A stand-in of a time authority: real RFC 3161 over HTTP, with a clock nobody else vouches for."""

from .app import ROOT, create_app


__all__ = ["ROOT", "create_app"]
