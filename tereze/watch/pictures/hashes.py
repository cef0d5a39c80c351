"""Whether two hashes are of the same picture, scaled or saved anew."""

from tereze.disruption.likeness import SAME_PICTURE, bits


def alike(one: str, other: str) -> bool:
    first, second = bits(one), bits(other)
    return first is not None and second is not None and (first ^ second).bit_count() <= SAME_PICTURE
