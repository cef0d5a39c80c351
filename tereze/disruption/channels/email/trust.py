"""Whether our own mail server found that the sender's domain really sent it.

Only the headers of the server named in the settings count: anybody can write the others. Where no
server is named, the address alone is looked at, and docs/operations.md says what that means.
"""

import re

from django.conf import settings

from tereze.disruption.channels.email.parsing import Mail


RESULT = re.compile(r"\b(dmarc|dkim|spf)\s*=\s*([a-z]+)", re.IGNORECASE)
DKIM_DOMAIN = re.compile(r"header\.(?:d|i)=@?([\w.-]+)", re.IGNORECASE)
SPF_DOMAIN = re.compile(r"smtp\.mailfrom=(?:[^\s;@]*@)?([\w.-]+)", re.IGNORECASE)


def passed(mail: Mail) -> bool:
    if not settings.MAIL_AUTHSERV:
        return True
    results = [
        value
        for name, value in mail.headers
        if name == "authentication-results" and authserv(value) == settings.MAIL_AUTHSERV.lower()
    ]
    # the topmost is our server's; a sender may have put one below it under the same name
    return bool(results) and is_pass(results[0], mail.sender.rpartition("@")[2])


def authserv(value: str) -> str:
    return value.partition(";")[0].split(" ")[0].strip().lower()


def is_pass(value: str, domain: str) -> bool:
    """DMARC passed; or DKIM or SPF for the very domain of the address, and DMARC did not fail."""
    for statement in value.split(";")[1:]:
        found = RESULT.search(statement)
        if not found:
            continue
        method, result = found[1].lower(), found[2].lower()
        if method == "dmarc":
            return result == "pass"
    return any(aligned(statement, domain) for statement in value.split(";")[1:])


def aligned(statement: str, domain: str) -> bool:
    found = RESULT.search(statement)
    if not found or found[2].lower() != "pass":
        return False
    where = DKIM_DOMAIN if found[1].lower() == "dkim" else SPF_DOMAIN
    named = where.search(statement)
    return named is not None and same_house(named[1].lower(), domain)


def same_house(one: str, other: str) -> bool:
    return one == other or one.endswith(f".{other}") or other.endswith(f".{one}")
