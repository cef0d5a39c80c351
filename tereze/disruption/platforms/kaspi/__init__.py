"""Kaspi Объявления: a removed advert answers 404. Shop pages of kaspi.kz are something else."""

from tereze.disruption.platforms.contract import Platform


PLATFORM = Platform(
    slug="kaspi",
    name="Kaspi Объявления",
    gone=("объявление закрыто", "хабарландыру жабылды"),
    lists=("elektronika", "detskii-mir", "list"),
)
