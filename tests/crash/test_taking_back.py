"""A ban that needs a second officer, the author's appeal, and the undo that it leads to.
Whatever dies: nothing is banned before the second officer's yes, everything is decided once, sealed
before anything is done, and in the end nobody is banned and the words stand there again; what is
posted stands there twice at most."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime

import pytest
from django.conf import settings

from tereze.accounts.models import Unit, User
from tereze.audit.models import AuditEvent
from tereze.core.clock import now
from tereze.detection import assess
from tereze.watch import sealing
from tereze.watch.actions import agreeing, appeals, deciding, incoming, officers, sources
from tereze.watch.connectors import CONNECTORS
from tereze.watch.connectors.base import NotThereError, RefusedError, Target
from tereze.watch.connectors.telegram import Telegram
from tereze.watch.models import Act, Agreement, Appeal, Decision, Message, Seal, Source
from tereze.watch.received import Incoming
from tests.crash.conftest import Crash
from tests.crash.harness import World, journal_is_whole
from tests.crash.test_message import SELLER, Hands
from tests.watching import ADMINISTRATOR, ADVERT, lawful


CHATS = ("-100500", "-100600")
PEOPLE = ("operative", "chief", "duty_officer")  # who bans, who agrees, who answers the author


class TakingBack:
    def prepare(self) -> None:
        unit = Unit.objects.create(slug="balqash", name="Балхаш", name_kk="Балқаш")
        for role in PEOPLE:
            User.objects.create_user(
                username=role, password=None, name=f"Ахметова {role}", role=role, unit=unit
            )
        for chat in CHATS:
            sources.add_source(
                unit=unit,
                kind="telegram",
                chat_id=chat,
                title=f"Чат {chat}",
                by=ADMINISTRATOR,
                **lawful(mode="review", token="1:a", language="ru"),
            )
        item = Incoming(external_id="2", sent_at=now(), text=ADVERT, author=SELLER)
        source = Source.objects.get(chat_id=CHATS[0])
        deciding.decide_all(incoming.take_in(batch=[(source, item)]))

    def warm_up(self) -> None:
        assess(ADVERT)

    def install(self, world: World) -> None:
        class Service(Telegram):
            def hands(self, source: Source) -> "Banning":
                return Banning(world, source.chat_id)

        CONNECTORS["telegram"] = Service()
        settings.WATCH_ALONE = {**settings.WATCH_ALONE, "chats": 1}

    def live(self, world: World) -> None:
        first, second, third = (User.objects.get(username=role) for role in PEOPLE)
        decided = officers.AlreadyDecidedError

        def click(name: str, action: Callable[[], object], done: type[Exception] = decided) -> None:
            world.once(name, action, harmless=done)
            for seconds in (2, 3, 30):  # the head start of the watch process, the notice, the rest
                world.move(seconds)
                world.work()

        ladder = ("delete", "ban_everywhere")
        click(
            "banned",
            lambda: officers.block(message=Message.objects.get(), ladder=ladder, by=first),
        )
        click("agreed", lambda: agreeing.agree(agreement=Agreement.objects.get(), by=second))
        click(
            "appealed",
            lambda: appeals.appeal(
                decision=Decision.objects.get(), text="Это не я", language="ru", wants_repost=True
            ),
            appeals.NothingToAppealError,
        )
        click(
            "overturned",
            lambda: appeals.answer(
                appeal=Appeal.objects.get(), overturn=True, text="Ошибка", by=third, repost=True
            ),
        )
        world.move(11 * 60)  # and the notice goes again
        world.work()

    def after_death(self, world: World) -> None:
        touched = [*world.noted("delete"), *world.noted("ban")]
        posted = {post["id"] for post in world.noted("post")}
        if any(act["message"] not in posted for act in touched):
            assert Seal.objects.get().content["text"]["text"] == ADVERT
        if world.noted("ban"):
            assert Agreement.objects.get().state == "agreed"
        if world.noted("unban"):
            assert Appeal.objects.get().state == "overturned"
        assert sealing.verify().broken_at is None

    def after_recovery(self, world: World) -> None:
        decision, message = Decision.objects.get(), Message.objects.get()
        assert decision.undone_by == User.objects.get(username="duty_officer")
        assert (message.standing, message.trouble) == ("undone", "")
        acts = Counter((act.kind, act.state, act.look) for act in Act.objects.all())
        deleted = acts.pop(("delete", "done", "not_found"), 0)
        assert deleted + acts.pop(("delete", "gone", "not_found"), 0) == 1
        assert acts == {
            ("ban", "done", "verified"): 2,
            ("unban", "done", "verified"): 2,
            ("repost", "done", "unknown"): 1,
        }
        for chat in CHATS:  # the last word about the author in each chat
            words = [one for one in world.noted("author") if one["chat"] == chat]
            assert words[-1]["word"] == "unban"
        texts = Counter(post["text"] for post in world.noted("post"))
        assert len(texts) == 2, texts  # the explanation and the words that were brought back
        assert sum(texts.values()) <= 3, texts
        for kind in (
            "message.blocked",
            "agreement.asked",
            "agreement.agreed",
            "notice.sent",
            "appeal.made",
            "appeal.overturned",
            "decision.undone",
            "message.reposted",
        ):
            assert AuditEvent.objects.filter(kind=kind).count() == 1, kind
        journal_is_whole()


class Banning(Hands):
    """Of one chat; bans are remembered in their order."""

    def __init__(self, world: World, chat: str) -> None:
        super().__init__(world)
        self.chat = chat

    async def ban(self, target: Target, until: datetime | None) -> None:
        self.say("ban", target)
        with self.world.call("a ban"):
            self.world.note("author", chat=self.chat, word="ban")

    async def unban(self, target: Target) -> None:
        self.say("unban", target)
        with self.world.call("the end of a ban"):
            self.world.note("author", chat=self.chat, word="unban")

    def say(self, what: str, target: Target) -> None:
        self.world.note(what, message=target.message, chat=self.chat)

    async def look(self, kind: str, target: Target) -> bool:
        if kind == "repost":
            raise RefusedError("own_messages_are_not_shown")
        if kind == "delete":
            with self.world.call("a look"):
                raise NotThereError("message to delete not found")
        with self.world.call("a look"):
            words = [o["word"] for o in self.world.noted("author") if o["chat"] == self.chat]
            return bool(words) and words[-1] == kind


SCENARIO = TakingBack()
SAMPLE = 60  # points in CI


@pytest.mark.timeout(420)
def test_what_was_agreed_and_taken_back_is_so_wherever_it_dies(crash: Crash) -> None:
    found = crash("taking_back", SAMPLE)
    # a deletion, two bans and their ends with a look at each, the notice, its removal, the repost
    assert found["points"]["call"] >= 2 * 13
    assert found["points"]["answer"] == 4
