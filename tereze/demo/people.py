"""The example city and who works there. Nothing here is real but the shape."""

from tereze.accounts.actions import create_user, found_city
from tereze.accounts.models import Unit, User
from tereze.accounts.permissions import Role
from tereze.core.actor import Actor
from tereze.disruption.actions import add_member
from tereze.disruption.models import Partner, PartnerMember


BY = Actor.machine("demo")
PASSWORD = "terezeden-qara"  # the example city's only; a real city's first one is made up by `init`
PEOPLE = (
    # log-in, role, name, post, language
    ("dispatcher", Role.DISPATCHER, "Әбенова Ж. Т.", "диспетчер колл-центра", "kk"),
    ("duty", Role.DUTY_OFFICER, "Сейітов Е. М.", "дежурный, капитан полиции", "ru"),
    ("operative", Role.OPERATIVE, "Ахметов Б. С.", "оперуполномоченный, старший лейтенант", "ru"),
    ("investigator", Role.INVESTIGATOR, "Ким Н. В.", "следователь, майор полиции", "ru"),
    ("it", Role.IT_SPECIALIST, "Власов С. И.", "IT-специалист группы", "ru"),
    ("precinct", Role.PRECINCT, "Мұқанов Қ. А.", "участковый инспектор", "kk"),
    ("chief", Role.CHIEF, "Жұмабеков А. Р.", "начальник группы «Киберпол», подполковник", "ru"),
    ("prevention", Role.PREVENTION, "Тлеуова А. Б.", "сотрудник профилактики", "kk"),
    ("observer", Role.OBSERVER, "Ибраева Ж. К.", "специалист акимата", "kk"),
    ("prosecutor", Role.PROSECUTOR, "Оспанов Д. Е.", "прокурор", "ru"),
    ("admin", Role.ADMINISTRATOR, "Петров И. А.", "администратор", "ru"),
)
MODERATORS = (
    ("olx", "olx", "Модератор OLX"),
    ("kolesa", "kolesa", "Модератор Kolesa.kz"),
    ("krisha", "krisha", "Модератор Krisha.kz"),
    ("kaspi", "kaspi", "Модератор Kaspi Объявлений"),
)


def found(*, site: str) -> Unit:
    """The unit, its officers, and the platforms' moderators. `site` is where the stand-in stands."""
    unit = found_city(
        slug="sarykol",
        name="Киберпол города Сарыкөл",
        name_kk="Сарыкөл қаласының Киберполы",
        region_slug="example-region",
        region="Примерная область",
        zone="Asia/Almaty",
        by=BY,
    )
    for username, role, name, post, language in PEOPLE:
        account(unit, username, role, name, post, language)
    for slug, username, name in MODERATORS:
        moderator = account(unit, username, Role.PARTNER, name, "", "ru")
        partner = Partner.objects.get(unit=unit, slug=slug)
        partner.our_officer = User.objects.get(username="operative")
        partner.save(update_fields=["our_officer"])
        add_member(partner=partner, user=moderator, duty=PartnerMember.Duty.MANAGER, by=BY)
    place_sites(unit, site=site)
    return unit


def place_sites(unit: Unit, *, site: str) -> None:
    """Where the stand-ins of the sites stand today."""
    for slug, _username, _name in MODERATORS:
        Partner.objects.filter(unit=unit, slug=slug).update(
            bases=[f"{site}/{slug}", f"{site}/m.{slug}"]
        )


def account(unit: Unit, username: str, role: str, name: str, post: str, language: str) -> User:
    return create_user(
        username=username,
        password=PASSWORD,
        name=name,
        role=role,
        unit=unit,
        by=BY,
        post=post,
        language=language,
    )
