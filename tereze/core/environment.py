"""Settings as they are typed into the environment. What cannot be read is said in one sentence."""

import logging
import os
import re
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import dj_database_url
from django.core.exceptions import ImproperlyConfigured


YES, NO = {"1", "yes", "true", "on"}, {"0", "no", "false", "off"}


def typed(name: str, default: str) -> str:
    """Empty is the same as not set."""
    return os.environ.get(name, "").strip() or default


def wrong(name: str, expected: str) -> ImproperlyConfigured:
    return ImproperlyConfigured(f"{name}: «{os.environ.get(name)}» is not {expected}")


def number(name: str, default: int, *, most: int = 65535) -> int:
    value = typed(name, str(default))
    if not (value.isascii() and value.isdigit() and 0 < int(value) <= most):
        raise wrong(name, f"a whole number from 1 to {most}")
    return int(value)


def seconds(name: str, default: float) -> float:
    value = typed(name, str(default))
    try:
        number = float(value)
    except ValueError as error:
        raise wrong(name, "a number of seconds") from error
    if not 0 <= number <= 3600:
        raise wrong(name, "a number of seconds up to an hour")
    return number


def flag(name: str) -> bool:
    value = typed(name, "no").lower()
    if value not in YES | NO:
        raise wrong(name, "yes or no")
    return value in YES


def listed(name: str, default: str = "") -> list[str]:
    return [entry.strip() for entry in typed(name, default).split(",") if entry.strip()]


def web_address(name: str, default: str) -> str:
    value = typed(name, default).rstrip("/")
    if re.fullmatch(r"https?://[^\s/]+(/\S*)?", value) is None:
        raise wrong(name, "a web address such as https://tereze.example.kz")
    return value


def doors(name: str) -> list[str]:
    found = listed(name)
    for entry in found:
        host, _, port = entry.rpartition(":")
        if not (host and port.isascii() and port.isdigit()):
            raise wrong(name, "a list of host:port, with commas between")
    return found


def zone(name: str, default: str) -> str:
    value = typed(name, default)
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise wrong(name, "a time zone such as Asia/Almaty") from error
    return value


def log_level(name: str, default: str) -> str:
    value = typed(name, default).upper()
    if value not in logging.getLevelNamesMapping():
        raise wrong(name, "a level: DEBUG, INFO, WARNING, ERROR or CRITICAL")
    return value


def database(url: str) -> Any:  # dj_database_url's own type is no dictionary to Django's
    """SQLite or PostgreSQL; the address itself may hold a password and is not repeated."""
    if not url.startswith(("sqlite:///", "postgres://", "postgresql://")):
        raise ImproperlyConfigured(
            "DATABASE_URL is neither postgres://user:password@host:5432/name nor sqlite:////a/path"
        )
    try:
        return dj_database_url.parse(url)
    except ValueError as error:  # a port that is no number, a bracket that is not closed
        raise ImproperlyConfigured(f"DATABASE_URL cannot be read: {error}") from error
