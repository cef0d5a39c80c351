"""Kolesa.kz: a withdrawn advert usually keeps its page, marked as archived."""

from tereze.disruption.platforms.contract import Platform


PLATFORM = Platform(
    slug="kolesa",
    name="Kolesa.kz",
    gone=("такого объявления нет", "мұндай хабарландыру жоқ"),
    archived=(
        "объявление снято с продажи",
        "объявление может быть неактуальным",
        "хабарландыру сатылымнан алынды",
    ),
    lists=("cars", "spare-parts", "list"),
)
