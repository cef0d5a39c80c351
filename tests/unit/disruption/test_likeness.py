"""What makes two adverts the same, and what everybody has and therefore joins nobody."""

import io
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from PIL import Image, ImageDraw

from tereze.accounts.models import Unit, User
from tereze.casework.actions import Part, seal_evidence, store_parts
from tereze.casework.models import Evidence
from tereze.core import due
from tereze.core.clock import now
from tereze.disruption import actions, likeness
from tereze.disruption.models import Likeness, Partner, Photo, Request, Snapshot, State
from tereze.disruption.photos import examine
from tereze.disruption.reads import reports_sharing
from tereze.disruption.repeating import repeat_sellers
from tereze.disruption.report_photos import hash_new_ones, not_hashed
from tereze.disruption.resemblance import UNRELATED, matches
from tereze.indicators import extract
from tereze.intake.actions import Incoming, Sending, submit_report
from tereze.intake.statement import Statement
from tereze.linking.actions import Subject, record_sightings

from .conftest import BY, PNG, Make, see


BACKEND = "django.contrib.auth.backends.ModelBackend"
TEXT = (
    "Продаю айфон 15 про, состояние идеальное, полный комплект, чек и коробка. Срочно нужны деньги, "
    "поэтому дёшево. Отправлю Казпочтой после предоплаты, бронь 45 000 на Kaspi по номеру "
    "8 705 555 22 33. Много желающих, не тяните."
)
OTHER = (
    "Продаю айфон 13, пользовался год, небольшая царапина на крышке. Встреча у ЦУМа после шести, "
    "проверка на месте, предоплату не прошу и посылкой не отправляю. Торг у прилавка."
)
KAZAKH = (
    "Айфон 15 сатылады, жағдайы өте жақсы, қорабы мен чегі бар. Ақша тез керек, сондықтан арзан. "
    "Алдын ала төлемнен кейін Қазпошта арқылы жіберемін, бронь 45 000 теңге, көп адам сұрап жатыр."
)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (TEXT, TEXT, True),
        (TEXT, TEXT.replace("45 000", "60 000").replace("8 705 555 22 33", "+7 777 000 11 22"), True),
        (TEXT, TEXT.upper().replace("Ё", "Е"), True),
        (TEXT, TEXT.replace("не тяните", "успейте забрать сегодня"), True),
        (TEXT, "СРОЧНО!!! " + TEXT, True),
        (KAZAKH, KAZAKH.replace("45 000", "30 000") + " Хабарласыңыз.", True),
        (TEXT, OTHER, False),
        (TEXT, KAZAKH, False),
        ("Самовывоз, торг уместен", "Самовывоз, торг уместен", False),  # too short to mean anything
        ("да " * 200, "да " * 200, False),
        ("", "", False),
        ("7 705 555 22 33 " * 20, "7 705 555 22 33 " * 20, False),
    ],
)  # fmt: skip
def test_near_identical_texts(one: str, other: str, *, same: bool) -> None:
    first, second = likeness.sketch(one), likeness.sketch(other)
    assert (likeness.in_common(first, second) >= likeness.ALIKE) is same
    assert bool(set(likeness.bands(first)) & set(likeness.bands(second))) or not same


@pytest.mark.parametrize(
    ("title", "price", "same"),
    [
        ("iPhone 15 Pro срочно", 150000, True),
        ("Iphone 15 Pro, СРОЧНО!", 150000, True),
        ("iPhone 15 Pro срочно", 149000, False),
        ("MacBook Air M2 срочно", 150000, False),
        ("iPhone", 150000, False),
        ("iPhone 15 Pro срочно", None, False),
    ],
)
def test_a_price_pattern_is_price_and_name_together(
    title: str, price: int | None, *, same: bool
) -> None:
    other = Decimal(price) if price is not None else None
    found = likeness.same_offer("iPhone 15 Pro, срочно", Decimal(150000), title, other)
    assert found is same


PHOTO = "f" * 32 + "0" * 32
PHOTO_RESIZED = "f" * 32 + "0" * 25 + "1111111"  # 7 bits away
PHOTO_OTHER = "0" * 32 + "f" * 32


def snapshot(request: Request, photos: tuple[str, ...] = (), **read: Any) -> Snapshot:
    """A reading as a capture stores it; its comparison is due at once."""
    files = store_parts([Part("page.png", "image/png", PNG, outgoing=True)])
    evidence = seal_evidence(
        unit=request.unit, files=files, kind=Evidence.Kind.CAPTURE, origin=request.address,
        by=BY, seen_at=now(), subject=("request", request.public_id), facts={},
    )  # fmt: skip
    values = {"title": "Диван", "platform": "olx", **read}
    row = Snapshot.objects.create(
        unit=request.unit, request=request, evidence=evidence,
        listing=request.listing, address=request.address, **values,
    )  # fmt: skip
    for position, pdq in enumerate(photos):
        Photo.objects.create(
            snapshot=row, position=position, url=f"https://cdn.example/{pdq}", pdq=pdq
        )
    return row


def compare() -> None:
    handler = next(handler for handler in due.HANDLERS if handler.model is Snapshot)
    while due.run_one(handler):
        pass


def removed(make: Make, photos: tuple[str, ...] = (), **read: Any) -> Request:
    request = make(State.VERIFIED)
    snapshot(request, photos, **read)
    compare()
    return request


def again(make: Make, photos: tuple[str, ...] = (), **read: Any) -> Request:
    request = make(State.CAPTURED)
    snapshot(request, photos, **read)
    compare()
    request.refresh_from_db()
    return request


def drawn() -> bytes:
    """A picture with something on it."""
    image = Image.new("RGB", (240, 180), "white")
    pen = ImageDraw.Draw(image)
    for n in range(12):
        pen.ellipse((n * 17, n * 11, n * 23 + 60, n * 13 + 50), fill=(n * 20, 90, 200 - n * 9))
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("sent", "is_found"), [(drawn(), True), (b"\x89PNG\r\n\x1a\n broken", False)]
)
def test_a_report_with_the_adverts_own_photo_is_found(
    make: Make, city: Unit, chief: User, sent: bytes, *, is_found: bool
) -> None:
    told = submit_report(
        unit=city,
        statement=Statement(text="Продавец пропал, вот фото из объявления"),
        channel="web",
        sending=Sending(scope="test", key="photo"),
        files=[Incoming("photo.png", sent)],
        by=BY,
    ).report
    hash_new_ones()
    assert not not_hashed()
    picture = examine(drawn())
    assert picture is not None
    request = make(State.CAPTURED)
    snapshot(request, photos=(picture.pdq,))
    found = reports_sharing(request, chief)
    assert [row.report for row in found] == ([told] if is_found else [])


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("story", "is_found"),
    [
        (f"Нашла такое: «{TEXT}» Перевела, и он пропал.", True),
        (f"Вот что он писал: {TEXT[:180].upper().replace('45 000', '50000')} … и пропал", True),
        (f"Алдым, алданып қалдым. {KAZAKH}", False),
        (f"Просят предоплату за айфон 15 про. {OTHER}", False),
        ("Продаю айфон 15 про, состояние идеальное, полный комплект. Что делать?", False),
    ],
)
def test_a_report_that_quotes_an_advert_is_found_by_its_words(
    make: Make, chief: User, submit: Any, story: str, is_found: bool
) -> None:
    told = submit(story)
    request = make(State.CAPTURED)
    snapshot(request, text=TEXT)
    found = reports_sharing(request, chief)
    assert [row.report for row in found] == ([told] if is_found else [])
    assert not is_found or "почти тот же текст" in found[0].shared


@pytest.mark.django_db
class TestRecognising:
    @pytest.mark.parametrize(
        ("old", "new", "how"),
        [
            ({"phones": ["+77055552233"]}, {"phones": ["+77055552233"]}, ["phone"]),
            ({"seller_key": "olx:user:a"}, {"seller_key": "olx:user:a"}, ["account"]),
            ({"text": TEXT}, {"text": TEXT.replace("45", "50"), "seller_key": "olx:user:new"}, ["text"]),
            ({"photos": (PHOTO,)}, {"photos": (PHOTO_OTHER, PHOTO_RESIZED)}, ["photo"]),
        ],
    )  # fmt: skip
    def test_a_removed_advert_is_known_again(
        self, make: Make, old: Any, new: Any, how: list[str]
    ) -> None:
        first, second = removed(make, **old), again(make, **new)
        found = Likeness.objects.get()
        assert (found.request, found.other, found.how) == (second, first, how)
        assert list(second.links.values_list("kind", "key")) == [("request", first.public_id)]
        assert second.state == State.CAPTURED  # ready for a signature
        assert first.number in second.reason
        assert "recognised" in second.steps.values_list("event", flat=True)

    def test_an_advert_removed_by_mistake_makes_nobody_suspicious(self, make: Make) -> None:
        wrong = removed(make, phones=["+77055552233"])
        Request.objects.filter(pk=wrong.pk).update(overturned_at=now())
        again(make, phones=["+77055552233"])
        assert not Likeness.objects.exists()

    def test_said_once_however_often_it_is_compared(self, make: Make) -> None:
        removed(make, phones=["+77055552233"])
        second = again(make, phones=["+77055552233"])
        reason = second.reason
        Snapshot.objects.update(next_action_at=now())
        compare()
        second.refresh_from_db()
        assert (second.reason, Likeness.objects.count()) == (reason, 1)
        assert list(second.steps.values_list("event", flat=True)).count("recognised") == 1

    @pytest.mark.parametrize(
        "new",
        [
            {"phones": ["+77011112233"], "text": OTHER, "photos": (PHOTO_OTHER,)},
            {"seller": "Айбек"},  # a name is everybody's
            {"text": "Самовывоз, торг уместен"},
            {"photos": ("",)},
        ],
    )
    def test_what_shares_nothing_is_not_known(self, make: Make, new: Any) -> None:
        removed(make, (PHOTO, ""), seller="Айбек", phones=["+77055552233"], text=TEXT)
        again(make, **new)
        assert not Likeness.objects.exists()

    def test_a_price_alone_is_shown_and_ties_nothing(self, make: Make) -> None:
        offer = {"title": "iPhone 15 Pro, срочно", "price": Decimal(150000), "currency": "KZT"}
        removed(make, **offer)
        second = again(make, **offer)
        assert (Likeness.objects.get().how, second.links.count()) == (["price"], 0)

    @pytest.mark.parametrize("kind", ["photo", "text", "phone"])
    def test_what_many_unrelated_sellers_share_joins_nobody(self, make: Make, kind: str) -> None:
        """A maker's stock photo, a template's phrase, a hotline in the page's foot."""
        shared: dict[str, Any] = {
            "photo": {"photos": (PHOTO,)},
            "text": {"text": TEXT},
            "phone": {"phones": ["+77272000000"]},
        }[kind]
        for number in range(UNRELATED + 1):
            removed(make, seller_key=f"olx:user:{number}", **shared)
        Likeness.objects.all().delete()
        second = again(make, seller_key="olx:user:honest", **shared)
        assert not second.likenesses.exists()
        assert not second.links.exists()

    def test_one_hand_under_many_accounts_is_no_hub(self, make: Make) -> None:
        for number in range(UNRELATED + 2):
            removed(make, (PHOTO,), seller_key=f"olx:user:{number}", text=TEXT)
        second = again(make, (PHOTO,), seller_key="olx:user:next")
        assert all("photo" in found.how for found in second.likenesses.all())
        assert second.likenesses.count() == UNRELATED + 2

    def test_a_hotline_known_as_such_joins_nobody(self, make: Make) -> None:
        from tereze.linking.models import Indicator

        Indicator.objects.create(type="phone", value_key="+77055552233", shown="x", hub=True)
        removed(make, phones=["+77055552233"])
        assert not again(make, phones=["+77055552233"]).likenesses.exists()

    def test_another_partner_is_not_named_in_the_reason(self, make: Make) -> None:
        first = removed(make, phones=["+77055552233"])
        second = make(State.CAPTURED, url="https://kolesa.kz/a/show/190594286")
        snapshot(second, phones=["+77055552233"], platform="kolesa")
        compare()
        second.refresh_from_db()
        assert second.likenesses.get().other == first
        assert "на другой площадке" in second.reason
        for hidden in (first.listing, first.number, "OLX"):
            assert hidden not in second.reason

    def test_a_kazakh_partner_reads_it_in_kazakh(self, make: Make, olx: Partner) -> None:
        Partner.objects.filter(pk=olx.pk).update(language="kk")
        removed(make, phones=["+77055552233"])
        assert "телефон нөмірі" in again(make, phones=["+77055552233"]).reason

    def test_a_signed_request_keeps_its_words(self, make: Make) -> None:
        removed(make, phones=["+77055552233"])
        second = make(State.DELIVERED)
        words = second.reason
        snapshot(second, phones=["+77055552233"])
        compare()
        second.refresh_from_db()
        assert (second.reason, second.likenesses.count()) == (words, 1)

    def test_another_citys_adverts_are_not_compared(self, make: Make) -> None:
        first = removed(make, phones=["+77055552233"])
        other_unit = Unit.objects.create(slug="other", name="Другой город")
        Snapshot.objects.filter(request=first).update(unit=other_unit)
        assert not again(make, phones=["+77055552233"]).likenesses.exists()

    def test_the_same_advert_captured_twice_is_no_likeness(self, make: Make) -> None:
        first = removed(make, phones=["+77055552233"])
        snapshot(first, phones=["+77055552233"])
        compare()
        assert not Likeness.objects.exists()

    def test_it_came_back_after_a_look_too(self, make: Make) -> None:
        request = removed(make, phones=["+77055552233"])
        assert see(request, "there", "page") == "came_back"
        assert matches(Snapshot.objects.get()) == []
        assert actions.event_for(request, request.lookout, "gone") == "seen_gone"


@pytest.mark.django_db
class TestShown:
    def test_the_page_says_where_else_it_stands(self, make: Make, chief: User, submit: Any) -> None:
        first = removed(make, phones=["+77055552233"])
        second = again(make, phones=["+77055552233"])
        report = submit("Просит предоплату, номер 8 705 555 22 33")
        subject = Subject("listing", second.listing, now())
        found = extract("+7 705 555 22 33")
        record_sightings(unit=second.unit, subject=subject, found=found, by=BY)
        client = Client()
        client.force_login(chief, backend=BACKEND)
        panel = client.get(
            reverse("disruption:alike_panel", args=[second.public_id])
        ).content.decode()
        for expected in ("тот же номер телефона", first.public_id, report.number, "+77055552233"):
            assert expected in panel
        page = client.get(reverse("disruption:request", args=[second.public_id])).content.decode()
        assert first.number in page

    def test_repeat_sellers_per_platform(self, make: Make, chief: User) -> None:
        first = removed(make, seller="Айбек", phones=["+77055552233"])
        second = removed(make, (PHOTO,), seller="Нурлан", phones=["+77055552233"])
        third = removed(make, (PHOTO_RESIZED,), seller="Ержан", phones=["+77010000000"])
        removed(make, seller="Сауле", phones=["+77020000000"])
        (seller,) = repeat_sellers(first.unit, "olx")
        assert seller.requests == (first, second, third)
        assert seller.names == ("Айбек", "Нурлан", "Ержан")
        assert repeat_sellers(first.unit, "kolesa") == []
        assert repeat_sellers(first.unit, "olx", since=now()) == []
        client = Client()
        client.force_login(chief, backend=BACKEND)
        page = client.get(reverse("disruption:sellers")).content.decode()
        assert "Айбек, Нурлан, Ержан" in page
        assert "Сауле" not in page
