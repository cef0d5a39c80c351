"""Finds Russian left on a Kazakh page."""

import re
from pathlib import Path

from babel.messages.pofile import read_po


ROOT = Path(__file__).parents[2] / "tereze"
# Words that Kazakh does not have and a Russian sentence can hardly do without.
RUSSIAN = re.compile(
    r"\b(что|чтобы|это|этот|эта|для|если|или|как|когда|вы|вас|вам|ваш\w*|мы|нас|нам|наш\w*|при|уже|"
    r"ещё|нет|есть|можно|нужно|нельзя|будет|был|была|было|были|только|после|перед|через|без|до|из|"
    r"который|которые|которая|не\s+\w+(?:ть|те|ло|ли|ет|ут|ют)|\w+(?:ение|ения|ость|ости|ться|тесь|"
    r"ились|ого|ому|ыми|ими|ях))\b",
    re.IGNORECASE,
)
KAZAKH = re.compile(r"[әғқңөұүһі]", re.IGNORECASE)
VISIBLE_TEXT = """() => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const found = [document.title];
    while (walker.nextNode()) {
        const element = walker.currentNode.parentElement;
        const foreign = element.closest("[lang]:not(html)");
        if ((foreign && foreign.lang !== "kk") || element.closest("script, style, noscript, textarea")) continue;
        const text = walker.currentNode.textContent.trim().replace(/\\s+/g, " ");
        if (text) found.push(text);
    }
    for (const element of document.querySelectorAll("[aria-label], [placeholder], [title], [alt]")) {
        if (element.closest("[lang]:not(html):not([lang=kk])")) continue;
        for (const name of ["aria-label", "placeholder", "title", "alt"]) {
            const text = element.getAttribute(name);
            if (text) found.push(text.trim());
        }
    }
    return found;
}"""


def russian_phrases() -> set[str]:
    """Source strings whose Kazakh differs: seen on a Kazakh page, they were not translated."""
    phrases = set()
    for path in ROOT.glob("*/locale/kk/LC_MESSAGES/django.po"):
        with path.open("rb") as file:
            for message in read_po(file):
                if isinstance(message.id, str) and message.id and message.string != message.id:
                    phrases.add(" ".join(message.id.split()))
    # a word that is also Kazakh in another catalogue says nothing
    with_kazakh = set()
    for path in ROOT.glob("*/locale/kk/LC_MESSAGES/django.po"):
        with path.open("rb") as file:
            with_kazakh |= {str(message.string) for message in read_po(file) if message.id}
    return phrases - with_kazakh


def untranslated(texts: list[str], phrases: set[str]) -> list[str]:
    return [
        text
        for text in texts
        if text in phrases or (RUSSIAN.search(text) and not KAZAKH.search(text))
    ]
