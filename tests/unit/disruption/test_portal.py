"""The partner's side: their list worked off by the row, their people, and nothing of anybody else."""

import io
import re
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, reverse
from PIL import Image

from tereze.accounts.models import User
from tereze.audit.models import AuditEvent
from tereze.casework.actions import Part, store_parts
from tereze.core.clock import now
from tereze.disruption import actions, urls_portal
from tereze.disruption.models import Partner, PartnerMember, Request, Thumbnail, Word
from tereze.live.topics import allowed

from .conftest import BY, Make, log_in, member_of, see


pytestmark = pytest.mark.django_db
Duty = PartnerMember.Duty
LIST = reverse("disruption:portal")
ZONE = ZoneInfo("Asia/Almaty")


@pytest.fixture
def manager(olx: Partner) -> User:
    user = member_of(olx, "olx.manager")
    actions.set_duty(member=user.partner_member, duty=Duty.MANAGER, by=BY)  # type: ignore[attr-defined]
    return user


@pytest.fixture
def stranger(city: object) -> Client:
    return log_in(member_of(Partner.objects.get(slug="kolesa"), "kolesa.moderator"))


def fresh(row: Request) -> Request:
    return Request.objects.get(pk=row.pk)


class TestAnswersByTheRow:
    def test_each_row_its_own_answer_and_the_ticked_ones_the_common(
        self, make: Make, portal: Client
    ) -> None:
        rows = [make("delivered") for _ in range(6)]
        keys = [row.public_id for row in rows]
        typed = {
            "request": keys[:3],
            "answer": "done",
            f"answer-{keys[2]}": "refused:not_ours",
            f"answer-{keys[3]}": "refused:insufficient_evidence",
            f"text-{keys[3]}": "Фото не открываются",
            f"answer-{keys[4]}": "already_gone",
            f"answer-{keys[5]}": "",
        }
        html = portal.post(reverse("disruption:portal_answer_many"), typed, follow=True).text
        assert "Принято ответов: 5" in html
        got = [(fresh(row).answer, fresh(row).refusal) for row in rows]
        assert got == [
            ("done", ""),
            ("done", ""),
            ("refused", "not_ours"),
            ("refused", "insufficient_evidence"),
            ("already_gone", ""),
            ("", ""),
        ]
        for row in rows[:5]:
            assert f"№ {fresh(row).number}" in html
        assert "Принято ответов" not in portal.get(LIST).text, "said once"

    def test_what_was_not_accepted_is_named_and_kept_as_typed(
        self, make: Make, portal: Client
    ) -> None:
        rows = [make("delivered") for _ in range(3)]
        typed = {
            f"answer-{rows[0].public_id}": "done",
            f"answer-{rows[1].public_id}": "need_more",
            f"answer-{rows[2].public_id}": "refused:other",
            f"text-{rows[2].public_id}": " ",
        }
        reply = portal.post(reverse("disruption:portal_answer_many"), typed)
        assert reply.status_code == 422
        assert "Принято ответов: 1" in reply.text
        assert "Не принято: 2" in reply.text
        assert '<option value="need_more" selected>' in reply.text
        assert [fresh(row).answer for row in rows] == ["done", "", ""]

    def test_a_colleague_was_quicker(self, make: Make, portal: Client) -> None:
        row = make("delivered")
        actions.answer(request=row, answer="done", by=BY)
        reply = portal.post(
            reverse("disruption:portal_answer_many"),
            {"request": [row.public_id], "answer": "refused", "refusal": "not_ours"},
        )
        assert "уже ответили" in reply.text
        assert fresh(row).answer == "done"

    def test_nothing_ticked(self, make: Make, portal: Client) -> None:
        make("delivered")
        reply = portal.post(
            reverse("disruption:portal_answer_many"), {"answer": "done"}, follow=True
        )
        assert "Отметьте хотя бы одно" in reply.text


@pytest.mark.parametrize("data", [{"q": "a\x00"}, {"\x00": "a"}, {"kind": "\x00"}])
def test_what_is_no_text_is_not_understood(
    moderator: User, chief: User, make: Make, data: dict[str, str]
) -> None:
    """A byte zero stops PostgreSQL: nowhere is it a fault of ours."""
    row = make("delivered")
    portal, desk = log_in(moderator), log_in(chief)
    assert portal.get(LIST, data).status_code == 400
    assert portal.get(f"{LIST}%00/").status_code == 400
    assert portal.post(reverse("disruption:portal_answer_many"), data).status_code == 400
    words = {"text": "a\x00", "kind": "reply"}
    for name in ("say", "withdraw", "close", "supply"):
        path = reverse(f"disruption:{name}", args=[row.public_id])
        assert desk.post(path, words).status_code == 400
    assert (fresh(row).state, row.words.count()) == ("delivered", 0)


class TestList:
    @pytest.mark.parametrize(
        ("text", "found"),
        [
            ("olx:r9s01", True),
            ("№ {number}", True),
            ("{number}", True),
            ("https://m.olx.kz/d/obyavlenie/iphone-IDr9s01.html?utm_source=x", True),
            ("iphone-IDr9s01", True),
            ("krisha", False),
            ("  ", True),
            ("%", False),
            ("'; drop table", False),
            ("x" * 3000, False),
        ],
    )
    def test_search(self, make: Make, portal: Client, text: str, found: bool) -> None:
        row = make("delivered")
        answer = portal.get(LIST, {"q": text.format(number=row.number)})
        assert (f'id="request-{row.public_id}"' in answer.text) is found

    def test_filters(self, make: Make, portal: Client) -> None:
        rows = {name: make("delivered") for name in ("waiting", "overdue", "talk", "kind")}
        Request.objects.filter(pk=rows["overdue"].pk).update(overdue_at=now())
        Request.objects.filter(pk=rows["kind"].pk).update(kind="preserve_data")
        actions.say(request=rows["talk"], kind="reply", text="Вот", by=BY, from_partner=False)
        rows["done"] = make("answered")
        rows["back"] = make("verified")
        see(rows["back"], "there")

        def shown(**query: str) -> set[str]:
            html = portal.get(LIST, query).text
            return {name for name, row in rows.items() if f'id="request-{row.public_id}"' in html}

        assert shown() == {*rows} - {"done"}
        assert shown(view="overdue") == {"overdue"}
        assert shown(view="back") == {"back"}
        assert shown(view="talk") == {"talk"}
        assert shown(view="done") == {"done"}
        assert shown(view="all") == {*rows}
        assert shown(view="nonsense", kind="nonsense", page="x") == {*rows} - {"done"}
        assert shown(kind="preserve_data") == {"kind"}

    def test_sixty_stay_light_and_ask_the_database_no_more_than_six(
        self, make: Make, portal: Client, chief: User
    ) -> None:
        desk = log_in(chief)
        pages = [
            (portal, LIST),
            (desk, reverse("disruption:queue")),
            (desk, reverse("disruption:queue") + "?view=us"),
        ]

        def queries() -> list[int]:
            counts = []
            for client, path in pages:
                client.get(path)
                with CaptureQueriesContext(connection) as seen:
                    client.get(path)
                counts.append(len(seen))
            return counts

        def more(rows: int) -> None:
            for _ in range(rows):
                row = make("delivered")
                actions.say(request=row, kind="question", text="Чей?", by=BY, from_partner=True)

        more(3)
        few = queries()
        more(20)
        assert queries() == few
        assert len(portal.get(LIST).content) / 23 < 6000, "bytes a row"

    def test_pictures_are_small(self, make: Make, portal: Client, chief: User) -> None:
        large = io.BytesIO()
        Image.effect_noise((1280, 4000), 80).save(large, "PNG")
        row = make("captured")
        files = store_parts([Part("screenshot.png", "image/png", large.getvalue(), outgoing=True)])
        actions.attach_screenshot(request=row, files=files, by=BY)
        actions.approve(request=row, user=chief)
        for client, name in ((portal, "portal_thumbnail"), (log_in(chief), "thumbnail")):
            answer = client.get(reverse(f"disruption:{name}", args=[row.public_id]))
            assert (answer["Content-Type"], answer.status_code) == ("image/jpeg", 200)
            assert len(answer.content) < 25_000
            assert Image.open(io.BytesIO(answer.content)).size == (240, 180)
        assert Thumbnail.objects.count() == 1, "made once"

    def test_what_only_calls_itself_a_picture_has_no_small_one(
        self, make: Make, portal: Client
    ) -> None:
        row = make("delivered")  # its page.png is no picture
        address = reverse("disruption:portal_thumbnail", args=[row.public_id])
        assert portal.get(address).status_code == 404


def test_both_sides_read_the_same_clock(make: Make, portal: Client, chief: User) -> None:
    row = make("delivered")
    desk = log_in(chief)

    def clock(client: Client, path: str) -> str:
        html = client.get(path).text
        html = html[html.index(row.public_id) :] if "request-" in html else html
        found = re.search(r'<time class="clock[^"]*" datetime="([^"]+)"', html)
        assert found, path
        return found[1]

    pages = [
        (portal, LIST),
        (portal, reverse("disruption:portal_request", args=[row.public_id])),
        (desk, reverse("disruption:queue")),
        (desk, reverse("disruption:request", args=[row.public_id])),
    ]
    assert {clock(*page) for page in pages} == {fresh(row).next_deadline.isoformat()}  # type: ignore[union-attr]
    actions.acknowledge(request=row, by=BY)
    assert {clock(*page) for page in pages} == {fresh(row).act_by.isoformat()}  # type: ignore[union-attr]


class TestNothingOfOthers:
    """Every address of the portal, with another partner's ids in it."""

    SECRET = "Секретная-причина"  # in the reason, the thread and the answer of the other's request

    @pytest.fixture
    def theirs(self, make: Make) -> Request:
        row = make("delivered", reason=self.SECRET)
        actions.say(request=row, kind="question", text=self.SECRET, by=BY, from_partner=True)
        actions.say(request=row, kind="appeal", text=self.SECRET, by=BY, from_partner=True)
        return row

    def addresses(self, row: Request, person: User) -> list[tuple[str, str]]:
        assert row.evidence is not None
        values = {"key": row.public_id, "name": "page.png"}
        made = []
        for entry in urls_portal.urlpatterns:
            assert isinstance(entry, URLPattern)
            route = str(entry.pattern)
            if not route.startswith("portal/"):
                continue
            names = [*entry.pattern.converters]
            own = {**values, "key": person.public_id} if "staff/" in route else values
            path = reverse(f"disruption:{entry.name}", kwargs={n: own[n] for n in names})
            made.append((path, "by id" if names else "list"))
        return made

    def test_every_address(
        self, theirs: Request, moderator: User, manager: User, stranger: Client
    ) -> None:
        actions.set_duty(
            member=PartnerMember.objects.get(user__username="kolesa.moderator"),
            duty=Duty.MANAGER,
            by=BY,
        )
        before = (AuditEvent.objects.count(), Word.objects.count(), theirs.steps.count())
        paths = self.addresses(theirs, moderator)
        assert len(paths) >= 15
        data = {
            "request": [theirs.public_id],
            "answer": "done",
            f"answer-{theirs.public_id}": "done",
            "word-kind": "reply",
            "word-text": "x",
            "act": "close",
            "query": "view=all",
        }
        for path, kind in paths:
            for reply in (
                stranger.get(path),
                stranger.get(path, HTTP_HX_REQUEST="true"),
                stranger.get(path, {"q": theirs.number, "view": "all", "kind": theirs.kind}),
                stranger.post(path, data if "staff/code" not in path else {}),
            ):
                if kind == "by id":
                    assert reply.status_code in {404, 405}, path
                # their own question comes back to them, as in the page that says "not found"
                text = reply.content.decode(errors="replace").replace(path, "")
                for secret in (self.SECRET, theirs.public_id, theirs.listing, moderator.name):
                    assert secret not in text, path
        row = fresh(theirs)
        assert (row.answer, row.state) == ("", "delivered")
        assert moderator.is_active
        assert (Word.objects.count(), row.steps.count()) == before[1:]
        assert not AuditEvent.objects.filter(
            target__contains=theirs.public_id, actor_key="kolesa.moderator"
        ).exists()

    def test_the_search_of_an_exact_number_finds_nothing(
        self, theirs: Request, stranger: Client
    ) -> None:
        for text in (theirs.number, theirs.listing, theirs.url, theirs.public_id):
            html = stranger.get(LIST, {"q": text}).text
            assert "Ничего не нашлось" in html

    def test_news_of_others_are_not_heard(
        self, theirs: Request, moderator: User, stranger: Client
    ) -> None:
        other = User.objects.get(username="kolesa.moderator")
        for topic in (
            f"portal:{theirs.partner.public_id}",
            f"request:{theirs.public_id}",
            "requests",
            "alerts",
        ):
            assert not allowed(other, topic), topic
        assert allowed(moderator, f"portal:{theirs.partner.public_id}")

    def test_figures_are_ones_own(self, theirs: Request, stranger: Client, portal: Client) -> None:
        assert "Показателей пока нет" in stranger.get(reverse("disruption:portal_figures")).text
        table = stranger.get(reverse("disruption:portal_figures_csv")).content.decode()
        assert table.replace('"', "").splitlines()[-1].startswith("всего;0;0")
        own = portal.get(reverse("disruption:portal_figures_csv")).content.decode()
        assert own.replace('"', "").splitlines()[-1].startswith("всего;1;0")

    def test_a_partner_we_stopped_working_with_sees_nothing(
        self, theirs: Request, portal: Client
    ) -> None:
        Partner.objects.filter(pk=theirs.partner_id).update(is_active=False)
        address = reverse("disruption:portal_request", args=[theirs.public_id])
        for path in (LIST, address, reverse("disruption:portal_figures")):
            assert portal.get(path).status_code == 404
