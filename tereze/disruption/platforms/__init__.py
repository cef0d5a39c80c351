"""The platforms whose pages Tereze can read. A new one is a folder and one line here."""

from tereze.disruption.platforms import generic, kaspi, kolesa, krisha, olx
from tereze.disruption.platforms.contract import Platform


PLATFORMS: dict[str, Platform] = {
    platform.slug: platform
    for platform in (
        olx.PLATFORM,
        kolesa.PLATFORM,
        krisha.PLATFORM,
        kaspi.PLATFORM,
    )
}
GENERIC = generic.PLATFORM


def platform(slug: str) -> Platform:
    """The plug-in of that name; what holds for any site where there is none."""
    return PLATFORMS.get(slug, GENERIC)


__all__ = ["GENERIC", "PLATFORMS", "Platform", "platform"]
