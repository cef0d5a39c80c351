"""Keccak-256 as Ethereum uses it: SHA-3's permutation with the padding of the original submission.

Python's ``hashlib.sha3_256`` is FIPS 202, whose padding differs, so its digests do not fit.
"""

from __future__ import annotations


_MASK = (1 << 64) - 1
_RATE = 136


def _round_constants() -> tuple[int, ...]:
    """The 24 constants of the step iota, from its shift register (Keccak reference §1.2)."""
    constants, register = [], 1
    for _ in range(24):
        constant = 0
        for power in range(7):
            if register & 1:
                constant |= 1 << ((1 << power) - 1)
            register <<= 1
            if register & 0x100:
                register ^= 0x171
        constants.append(constant)
    return tuple(constants)


def _moves() -> tuple[tuple[int, int], ...]:
    """For the steps rho and pi: where each lane comes from and by how much it is rotated."""
    moves = [(0, 0)] * 25
    x, y = 1, 0
    for step in range(24):
        rotation = (step + 1) * (step + 2) // 2 % 64
        moves[y + 5 * ((2 * x + 3 * y) % 5)] = (x + 5 * y, rotation)
        x, y = y, (2 * x + 3 * y) % 5
    return tuple(moves)


_ROUNDS = _round_constants()
_MOVES = _moves()


def _permute(lanes: list[int]) -> list[int]:
    for constant in _ROUNDS:
        columns = [
            lanes[x] ^ lanes[x + 5] ^ lanes[x + 10] ^ lanes[x + 15] ^ lanes[x + 20]
            for x in range(5)
        ]
        mix = [
            columns[x - 1] ^ ((columns[(x + 1) % 5] << 1 | columns[(x + 1) % 5] >> 63) & _MASK)
            for x in range(5)
        ]
        moved = [0] * 25
        for target, (source, rotation) in enumerate(_MOVES):
            lane = lanes[source] ^ mix[source % 5]
            moved[target] = (lane << rotation | lane >> (64 - rotation)) & _MASK
        lanes = [
            moved[i] ^ (~moved[i - i % 5 + (i + 1) % 5] & moved[i - i % 5 + (i + 2) % 5])
            for i in range(25)
        ]
        lanes[0] ^= constant
    return lanes


def keccak_256(message: bytes) -> bytes:
    """The 32-byte digest of *message*."""
    padded = bytearray(message + b"\x01" + bytes(-(len(message) + 1) % _RATE))
    padded[-1] |= 0x80
    lanes = [0] * 25
    for start in range(0, len(padded), _RATE):
        for index in range(_RATE // 8):
            at = start + 8 * index
            lanes[index] ^= int.from_bytes(padded[at : at + 8], "little")
        lanes = _permute(lanes)
    return b"".join(lane.to_bytes(8, "little") for lane in lanes[:4])
