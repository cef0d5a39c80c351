"""Krisha.kz: the same engine as Kolesa; a withdrawn flat keeps its page, marked as archived."""

from tereze.disruption.platforms.contract import Platform


PLATFORM = Platform(
    slug="krisha",
    name="Krisha.kz",
    gone=("такого объявления нет", "мұндай хабарландыру жоқ"),
    archived=("объявление снято с публикации", "хабарландыру жарияланымнан алынды"),
    lists=("arenda", "prodazha", "arenda-kvartiry", "prodazha-kvartiry", "list"),
)
