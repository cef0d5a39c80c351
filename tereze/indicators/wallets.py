"""Addresses of crypto wallets, each with its own checksum.

- Bitcoin: base58check (versions 0x00 and 0x05), bech32 (BIP 173) and bech32m (BIP 350).
- Ethereum and its kin: 20 bytes in hexadecimal; mixed case carries a checksum (EIP-55).
- TRON: base58check with version 0x41.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from hashlib import sha256

from tereze.indicators.folding import Folded
from tereze.indicators.keccak import keccak_256
from tereze.indicators.model import Found


# The first letter stands before the look behind it: so the search can leap from one to the next.
_CANDIDATE = re.compile(
    r"[013TbB](?<![A-Za-z0-9].)(?:(?P<base58>(?<=[13T])[1-9A-HJ-NP-Za-km-z]{25,34})"
    r"|(?P<bech32>(?<=b)c1[a-z0-9]{11,71}|(?<=B)C1[A-Z0-9]{11,71})"
    r"|(?P<hex>(?<=0)x[0-9a-fA-F]{40}))(?![A-Za-z0-9])"
)
# One that a line end or spaces cut: the checksum tells whether the pieces belong together.
_CUT = re.compile(
    r"[013TbB](?<![A-Za-z0-9].)[A-Za-z0-9]{3,70}(?:[ \n][A-Za-z0-9]{3,70}){1,12}(?![A-Za-z0-9])"
)
_PIECE = re.compile(r"[A-Za-z0-9]+")
_SHORTEST, _LONGEST = 26, 90
_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_BASE58_VALUE = {letter: value for value, letter in enumerate(_BASE58)}
_VERSIONS = {0x00: "btc", 0x05: "btc", 0x41: "trx"}
_BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_BECH32_CONSTANT, _BECH32M_CONSTANT = 1, 0x2BC830A3
_BECH32_GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)


def find_wallets(folded: Folded) -> Iterator[Found]:
    """Every wallet address of a folded text whose checksum is right."""
    for match in _CANDIDATE.finditer(folded.text):
        read = parse_wallet(match.group())
        if read:
            # forty hexadecimal digits in one case carry no checksum
            unchecked = read[0] == "eth" and _in_one_case(match.group()[2:])
            confidence, why = (0.9, "hexadecimal") if unchecked else (0.99, "checksum")
            yield Found(*read, folded.span(*match.span()), confidence, why=why)
    for match in _CUT.finditer(folded.text):
        yield from _joined(folded, match)


def _joined(folded: Folded, match: re.Match[str]) -> Iterator[Found]:
    """The wallet that the first pieces of *match* make, if they do."""
    written = ""
    for piece in _PIECE.finditer(match.group()):
        first = not written
        written += piece.group()
        if len(written) > _LONGEST:
            return
        read = parse_wallet(written) if len(written) >= _SHORTEST and not first else None
        if read:
            end = match.start() + piece.end()
            yield Found(*read, folded.span(match.start(), end), 0.9, why="checksum")
            return


def parse_wallet(written: str) -> tuple[str, str] | None:
    """The ``(type, address)`` of one address, or None if its checksum is wrong.

    type: ``btc``, ``eth`` or ``trx``. address: as written; bech32 in lower case; Ethereum with
    its EIP-55 capitals, so that one account has one form.
    """
    match = _CANDIDATE.fullmatch(written.strip())
    if match is None:
        return None
    address = match.group()
    if match["base58"]:
        kind = _base58check_kind(address)
        return (kind, address) if kind else None
    if match["bech32"]:
        address = address.lower()
        return ("btc", address) if _segwit_valid(address) else None
    checked = _checksummed(address[2:].lower())
    return ("eth", checked) if checked == address or _in_one_case(address[2:]) else None


def _in_one_case(digits: str) -> bool:
    return digits in {digits.lower(), digits.upper()}


def _base58check_kind(address: str) -> str:
    number = 0
    for letter in address:
        number = number * 58 + _BASE58_VALUE[letter]
    if number >= 1 << 200:
        return ""
    payload = number.to_bytes(25, "big")
    leading_zeros = len(payload) - len(payload.lstrip(b"\0"))
    leading_ones = len(address) - len(address.lstrip("1"))
    checksum = sha256(sha256(payload[:21]).digest()).digest()[:4]
    right = checksum == payload[21:] and leading_zeros == leading_ones
    return _VERSIONS.get(payload[0], "") if right else ""


def _segwit_valid(address: str) -> bool:
    """BIP 173 and 350: checksum, witness version and program length."""
    data = [_BECH32.find(letter) for letter in address[3:]]
    if -1 in data:
        return False
    human = [ord(c) >> 5 for c in "bc"] + [0] + [ord(c) & 31 for c in "bc"]
    version, program = data[0], data[1:-6]
    expected = _BECH32_CONSTANT if version == 0 else _BECH32M_CONSTANT
    if version > 16 or _bech32_polymod(human + data) != expected:
        return False
    length, padding = divmod(len(program) * 5, 8)
    spare = program[-1] & ((1 << padding) - 1) if program else 0
    return padding < 5 and not spare and (length in {20, 32} if version == 0 else 2 <= length <= 40)


def _bech32_polymod(values: list[int]) -> int:
    check = 1
    for value in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for bit, generator in enumerate(_BECH32_GENERATOR):
            if top >> bit & 1:
                check ^= generator
    return check


@lru_cache(maxsize=4096)
def _checksummed(digits: str) -> str:
    """An Ethereum address with the capitals of EIP-55. digits: forty, lower case."""
    code = keccak_256(digits.encode()).hex()
    return "0x" + "".join(
        d.upper() if int(c, 16) >= 8 else d for d, c in zip(digits, code, strict=False)
    )
