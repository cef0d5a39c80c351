"""By what an entry or a comment is known again."""

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from tereze.watch.webreading.found import Item
from tereze.watch.webreading.pictures import named
from tereze.watch.webreading.times import is_stable


def unlike(items: Iterable[Item]) -> list[Item]:
    """Each with an id of its own. Where the site gives none, author and moment say which it is, so
    that an edited one is known again; without them, or where a name fits two, the words: by its place
    one would be taken for an edited other, and hide it."""
    once = {
        (item.id, item.author, said(item)) if item.id else place: item
        for place, item in enumerate(items)
    }
    told = Counter(name_of(item) for item in once.values())
    known: Counter[str] = Counter()
    result = []
    for item in once.values():
        name = name_of(item)
        if not name or told[name] > 1:
            name = print_of(item.id, item.author, *said(item))
        known[name] += 1
        result.append(replace(item, id=name if known[name] == 1 else f"{name}#{known[name]}"))
    return result


def name_of(item: Item) -> str:
    if item.id or not (item.author and is_stable(item.at)):
        return item.id
    return print_of(item.author, item.at)


def said(item: Item) -> tuple[str, ...]:
    """What was posted without a word is told apart by its pictures."""
    return (item.text,) if item.text else tuple(named(item.pictures)) or ("",)


def print_of(*words: str) -> str:
    return "~" + hashlib.sha256("\0".join(words).encode()).hexdigest()[:24]
