"""What comes from one hand counts once: the same author, or the same words from many accounts."""

from collections.abc import Hashable, Iterable, Sequence


def clusters(marks: Sequence[Iterable[str]]) -> list[int]:
    """For each item the number of its cluster: items that share any mark belong together.

    >>> clusters([("a", "x"), ("b", "x"), ("b", "y"), ("c", "z"), ()])
    [0, 0, 0, 3, 4]
    """
    parent = list(range(len(marks)))

    def root(item: int) -> int:
        while parent[item] != item:
            parent[item] = parent[parent[item]]
            item = parent[item]
        return item

    seen: dict[Hashable, int] = {}
    for item, own in enumerate(marks):
        for mark in own:
            if mark:
                first, second = root(seen.setdefault(mark, item)), root(item)
                parent[max(first, second)] = min(first, second)
    return [root(item) for item in range(len(marks))]
