"""The marks every view carries, under the name the apps use."""

from tereze.core.access import for_everyone_logged_in, public, requires


__all__ = ["for_everyone_logged_in", "public", "requires"]
