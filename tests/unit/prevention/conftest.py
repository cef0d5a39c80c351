"""Messages of a watched chat are made as the wall makes them."""

from tests.unit.watch.conftest import say, source


__all__ = ["say", "source"]
