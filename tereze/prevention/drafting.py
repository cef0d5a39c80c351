"""The first words of a warning, from the typology; the officer changes them as they like."""

from tereze.detection.typology import SCHEMES


def draft_for(slug: str) -> dict[str, str]:
    found = SCHEMES.get(slug)
    if found is None:
        return {}
    draft = {"scheme": slug}
    for language in ("ru", "kk", "en"):
        advice = "\n".join(f"– {line[language]}" for line in found.advice)
        draft[f"title_{language}"] = found.name[language]
        draft[f"body_{language}"] = f"{found.mechanics[language]}\n\n{advice}"
    return draft
