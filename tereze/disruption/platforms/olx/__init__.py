"""OLX.kz: a removed advert answers 404 or 410, or 200 with a "no longer available" page.

Ids are the case-sensitive code after `-ID`; the numeric id shown on the page is not the key.
"""

from tereze.disruption.platforms.contract import Platform


PLATFORM = Platform(
    slug="olx",
    name="OLX.kz",
    gone=(
        "это объявление больше не доступно",
        "это объявление больше недоступно",
        "мы не нашли эту страницу",
        "к сожалению, мы не смогли найти эту страницу",
        "бұл хабарландыру енді қолжетімсіз",
        "бұл хабарландыру қолжетімді емес",
    ),
    archived=("объявление деактивировано", "хабарландыру өшірілген"),
    lists=("list", "elektronika", "dom-i-sad", "rabota", "uslugi", "transport", "nedvizhimost"),
)
