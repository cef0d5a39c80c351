"""Tells open pages *what* changed, never the data: the page then asks by an ordinary GET."""

from tereze.live.publish import publish
from tereze.live.topics import register_topic


__all__ = ["publish", "register_topic"]
