"""The rows that the figures read are made as the line and the wall make them."""

from tests.unit.disruption.conftest import city, make, olx
from tests.unit.watch.conftest import say, source


__all__ = ["city", "make", "olx", "say", "source"]
