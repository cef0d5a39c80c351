import socket

import pytest
from django.db import transaction

from tereze.core import outgoing
from tereze.core.outgoing import Guard, RefusedError
from tereze.core.outgoing.room import InsideTransactionError


FORBIDDEN = [
    "127.0.0.1",
    "127.8.9.10",
    "localhost",
    "2130706433",  # the same in decimal, hexadecimal, octal and short forms
    "0x7f000001",
    "0x7f.1",
    "0177.0.0.1",
    "127.1",
    "0.0.0.0",
    "0",
    "10.0.0.1",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "169.254.169.254",  # where clouds keep their credentials
    "100.64.0.1",
    "192.0.0.1",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "[::1]",
    "[::]",
    "[::ffff:127.0.0.1]",
    "[::ffff:10.0.0.1]",
    "[::ffff:7f00:1]",
    "[::127.0.0.1]",
    "[fe80::1]",
    "[fe80::1%25lo]",
    "[fc00::1]",
    "[fd12:3456::1]",
    "[ff02::1]",
    "[64:ff9b::7f00:1]",
    "[2002:7f00:1::]",
    "[2001:0:7f00:1::]",
    "[2001:db8::1]",
    "localhost.",
]


@pytest.mark.parametrize("host", FORBIDDEN)
def test_what_is_not_public_is_refused_however_it_is_written(host: str) -> None:
    with pytest.raises((RefusedError, OSError)):
        Guard().resolve(host, 80)


@pytest.mark.parametrize("host", ["93.184.216.34", "2606:4700:4700::1111", "[2a00:1450:4001::8a]"])
def test_public_addresses_pass(host: str) -> None:
    assert Guard().resolve(host, 443) == host.strip("[]")


def answers(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    rows = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, 80)) for one in addresses]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_options: rows)


def test_a_name_that_points_inside_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    answers(monkeypatch, "10.1.2.3")
    with pytest.raises(RefusedError):
        Guard().resolve("advert.example", 80)


def test_one_private_answer_among_public_ones_is_a_trap(monkeypatch: pytest.MonkeyPatch) -> None:
    answers(monkeypatch, "93.184.216.34", "127.0.0.1")
    with pytest.raises(RefusedError):
        Guard().resolve("advert.example", 80)


def test_the_allow_list_names_host_and_port_together() -> None:
    guard = Guard.allowing(["127.0.0.1:8801"])
    assert guard.resolve("127.0.0.1", 8801) == "127.0.0.1"
    for host, port in [("127.0.0.1", 8802), ("localhost", 8801), ("127.0.0.2", 8801)]:
        with pytest.raises(RefusedError):
            guard.resolve(host, port)


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://example.com/", "gopher://x/", "x"])
def test_only_http_and_https_go_out(url: str) -> None:
    with pytest.raises(outgoing.FetchError):
        outgoing.fetch(url, guard=Guard())


@pytest.mark.django_db
def test_nothing_goes_out_inside_a_transaction() -> None:
    with transaction.atomic(), pytest.raises(InsideTransactionError):
        outgoing.client()
    outgoing.client().close()
