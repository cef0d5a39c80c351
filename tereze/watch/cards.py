"""A message as the wall shows it: words, reasons, where else, what can be done, what was done."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tereze.accounts.models import User
from tereze.core.marks import Mark
from tereze.disruption.models import Request, RequestLink
from tereze.watch.actions.undoing import fact_of
from tereze.watch.indicators import masked
from tereze.watch.models import Act, Decision, InHand, Message
from tereze.watch.models.decisions import ActKind, ActState, Look, Verdict
from tereze.watch.models.messages import DROPPED, FOR_PEOPLE, Standing
from tereze.watch.picture_words import Shown, shown_of
from tereze.watch.pursuits import PURSUED
from tereze.watch.reasons import OUTCOMES, TONES, marks_in, scheme_name, shown_reasons
from tereze.watch.rights import NEEDED
from tereze.watch.undoing import needs_person
from tereze.watch.words import exempt_words, kind_words, media_words, trouble_words


REASONS = 3  # in a card; all of them on the message's page


@dataclass(frozen=True, kw_only=True)
class Button:
    what: str
    label: str
    key: str
    seen: str = ""  # as it stood when the button was drawn: another officer may be quicker


@dataclass(frozen=True, kw_only=True)
class Card:
    message: Message
    text: str
    marks: list[Mark]
    scheme: str
    percent: int
    reasons: list[dict[str, Any]]
    trouble: str
    exempt: str
    same_text: int
    same_author: int
    done: str
    by: str
    decision: Decision | None
    buttons: list[Button]
    pictures: list[Shown]
    request: Request | None = None  # where the owner of a site was asked to remove it
    keeper: str = ""  # who said that they see to it
    asked: tuple[str, ...] = ()  # partners who are asked about its numbers and links

    @property
    def outcome(self) -> str:
        return str(OUTCOMES.get(self.message.outcome, self.message.outcome))

    @property
    def tone(self) -> str:
        return TONES.get(self.message.outcome, "plain")

    @property
    def shows_percent(self) -> bool:
        """Of a piece of an advert that is harmless alone there is nothing to be said."""
        return self.percent > 0 and self.message.outcome in {"illegal", "suspicious"}

    @property
    def media(self) -> str:
        return media_words(self.message)

    @property
    def link(self) -> str:
        """Where it stands on the open web; only what can be opened."""
        found = str((self.message.text or {}).get("link", ""))
        return found if found.startswith(("https://", "http://")) else ""

    @property
    def quoted(self) -> str:
        return masked(str((self.message.text or {}).get("quoted", ""))[:200])

    @property
    def profile(self) -> str:
        """What the author's account says of itself, where the message is here for that."""
        return masked(str((self.message.text or {}).get("profile", ""))[:400])


def cards_of(messages: Sequence[Message], user: User) -> list[Card]:
    decisions = last_decisions(messages)
    texts = repeated("text_key", messages)
    authors = repeated("author_trail", messages)
    pictures = shown_of(messages, get_language() or "ru")
    asked = requests_about(messages)
    pursued = asked_by_pursuit(messages)
    keepers = keepers_of(messages)
    return [
        card_of(
            message,
            user,
            keeper=keepers.get(message.pk),
            decision=decisions.get(message.pk),
            same_text=max(0, texts[message.text_key] - 1),
            same_author=max(0, authors[message.author_trail] - 1),
            pictures=pictures[message.pk],
            request=asked.get(message.public_id),
            asked=pursued.get(message.public_id, ()),
        )
        for message in messages
    ]


def requests_about(messages: Sequence[Message]) -> dict[str, Request]:
    """The request to the owner of the site, by the message it is about."""
    keys = [row.public_id for row in messages if row.standing == Standing.REQUESTED]
    if not keys:
        return {}
    links = RequestLink.objects.filter(kind="message", key__in=keys)
    return {row.key: row.request for row in links.select_related("request__partner").order_by("at")}


def asked_by_pursuit(messages: Sequence[Message]) -> dict[str, tuple[str, ...]]:
    keys = [row.public_id for row in messages if row.is_flagged]
    found: dict[str, dict[str, None]] = {}
    links = RequestLink.objects.filter(kind=PURSUED, key__in=keys).order_by("at")
    for link in links.select_related("request__partner"):
        found.setdefault(link.key, {})[str(link.request.partner)] = None
    return {key: tuple(names) for key, names in found.items()}


def keepers_of(messages: Sequence[Message]) -> dict[int, User]:
    pressing = [message.pk for message in messages if message.standing in FOR_PEOPLE]
    found = InHand.objects.filter(message__in=pressing).select_related("officer")
    return {hand.message_id: hand.officer for hand in found}


def last_decisions(messages: Sequence[Message]) -> dict[int, Decision]:
    found = Decision.objects.filter(message__in=messages).exclude(verdict=Verdict.SHADOW)
    rows = found.select_related("officer").prefetch_related("acts").order_by("pk")
    return {decision.message_id: decision for decision in rows}


def repeated(field: str, messages: Sequence[Message]) -> Counter[str]:
    """How many messages share each value, over all chats."""
    values = {getattr(message, field) for message in messages} - {""}
    rows = Message.objects.filter(**{f"{field}__in": values}, is_latest=True)
    return Counter(rows.values_list(field, flat=True)[:2000])


def card_of(
    message: Message,
    user: User,
    *,
    decision: Decision | None,
    same_text: int = 0,
    same_author: int = 0,
    reasons: int = REASONS,
    pictures: Sequence[Shown] = (),
    request: Request | None = None,
    keeper: User | None = None,
    asked: tuple[str, ...] = (),
) -> Card:
    language = get_language() or "ru"
    acts = decision is not None and decision.verdict in {Verdict.BLOCK, Verdict.ASK}
    blocked = decision if acts else None
    return Card(
        message=message,
        text=message.masked,
        marks=marks_of(message, language),
        scheme=scheme_name(message.scheme, language),
        percent=min(99, round(message.p_illegal * 100)),  # nothing is certain
        reasons=shown_reasons(message, language)[:reasons] if message.is_flagged else [],
        trouble=trouble_words(message) if message.trouble else "",
        exempt=exempt_words(message),
        same_text=same_text,
        same_author=same_author,
        done=done_words(list(blocked.acts.all())) if blocked else "",
        by=who(decision) if decision else "",
        decision=decision,
        buttons=[
            replace(button, seen=as_seen(button.what, message, keeper))
            for button in (
                *buttons_for(message, user, decision),
                *pursue_button(message, user),
                *take_button(message, user, keeper),
            )
        ],
        pictures=list(pictures),
        request=request,
        keeper=keeper.name if keeper else "",
        asked=asked,
    )


def as_seen(what: str, message: Message, keeper: User | None) -> str:
    """What has to be as it was for `what` to be meant: who has it in hand, or how it stands."""
    if what == "take":
        return str(keeper.pk) if keeper else ""
    return str(message.standing)


def marks_of(message: Message, language: str) -> list[Mark]:
    """The words that triggered it. What is not flagged stays plain: a warning is no advert."""
    return marks_in(message.assessment, language) if message.is_flagged else []


def who(decision: Decision) -> str:
    return decision.officer.name if decision.officer else _("автомат")


def done_words(acts: list[Act]) -> str:
    """«удалить: сделано, не найдено; ограничить автора: исполняется»."""
    said = []
    for act in acts:
        look = f", {Look(act.look).label}" if act.look else ""
        is_asked = act.kind == ActKind.ASK and act.state == ActState.WAITING
        state = _("ждём ответа") if is_asked else ActState(act.state).label
        said.append(f"{kind_words(act.kind).lower()}: {state}{look}")
    return "; ".join(said)


def buttons_for(message: Message, user: User, decision: Decision | None) -> list[Button]:
    """What this officer may do with it now, each with its key."""
    if message.source.is_handed_over:
        return submitted_buttons(message, user, decision)
    if message.standing == Standing.STUCK and decision is not None:
        return stuck_buttons(message, user, decision)
    if message.standing == Standing.UNDONE:
        return repost_button(user, decision)
    if message.standing == Standing.BLOCKED:
        return [*ladder_buttons(message, user, blocked=decision), undo_button()]
    if message.standing in {Standing.ASKED, Standing.REQUESTED}:
        return [undo_button()]
    if message.source.is_web:
        return web_buttons(message, user)
    buttons = ladder_buttons(message, user, blocked=None)
    if message.standing == Standing.HELD:
        buttons.append(undo_button(_("Снять придержание")))
    elif may_hold(message, user):
        buttons.insert(0, Button(what="hold", label=_("Придержать автора"), key="o"))
    if message.standing == Standing.RELEASED:
        return [*buttons, undo_button()]
    if message.standing == Standing.CLOSED:
        return [undo_button()] if decision_blocks(decision) else []
    if message.is_flagged or message.standing == Standing.STUCK:
        buttons.append(Button(what="release", label=_("Безобидно"), key="h"))
    return buttons


def submitted_buttons(message: Message, user: User, decision: Decision | None) -> list[Button]:
    """A chat we only have a copy of: its administrator can be asked, nothing else can be done there."""
    ask = [Button(what="ask", label=_("Попросить удалить"), key="d")]
    may_ask = ask if user.can(NEEDED["delete"]) else []
    asked = decision is not None and decision.verdict == Verdict.ASK and not decision.undone_at
    if message.standing in {Standing.REQUESTED, Standing.CONFIRMED}:
        return [undo_button()]
    if message.standing == Standing.STUCK and asked:
        close = Button(what="close", label=_("Больше ничего не сделать"), key="x")
        return [undo_button(), close]
    if message.standing == Standing.RELEASED:
        return [*may_ask, undo_button()]
    if message.standing == Standing.CLOSED:
        return [undo_button()] if asked else []
    buttons = [*may_ask]
    if message.is_flagged:
        buttons.append(Button(what="release", label=_("Безобидно"), key="h"))
    return buttons


def web_buttons(message: Message, user: User) -> list[Button]:
    """Nobody can be held or deleted there; whoever owns the site can be asked."""
    if message.standing in {Standing.RELEASED, Standing.CLOSED}:
        return [undo_button()] if message.standing == Standing.RELEASED else []
    buttons = []
    if user.can(NEEDED["delete"]):
        buttons.append(Button(what="ask", label=_("Просить владельца удалить"), key="d"))
    if message.is_flagged or message.standing == Standing.STUCK:
        buttons.append(Button(what="release", label=_("Безобидно"), key="h"))
    return buttons


def pursue_button(message: Message, user: User) -> list[Button]:
    """What was taken back, or was found harmless, is not pursued."""
    if not message.is_flagged or message.standing in DROPPED or not user.can(NEEDED["hold"]):
        return []
    return [Button(what="pursue", label=_("Дать ход"), key="i")]


def take_button(message: Message, user: User, keeper: User | None) -> list[Button]:
    pressing = message.standing in FOR_PEOPLE and message.standing != Standing.SHADOW
    mine = keeper is not None and keeper.pk == user.pk
    if not pressing or mine or not user.can(NEEDED["hold"]):
        return []
    return [Button(what="take", label=_("Беру себе"), key="e")]


def may_hold(message: Message, user: User) -> bool:
    undecided = message.standing in {Standing.WAITING, Standing.SHADOW} and message.is_flagged
    return undecided and message.author is not None and user.can(NEEDED["hold"])


def stuck_buttons(message: Message, user: User, decision: Decision) -> list[Button]:
    """What was decided could not be done, or not be undone."""
    buttons = []
    acts = decision.acts.all()
    if any(act.state == ActState.FAILED or needs_person(fact_of(act)) for act in acts):
        buttons.append(Button(what="retry", label=_("Попробовать ещё раз"), key="t"))
    if decision_blocks(decision):
        buttons += [*ladder_buttons(message, user, blocked=decision), undo_button()]
    return [*buttons, Button(what="close", label=_("Больше ничего не сделать"), key="x")]


def decision_blocks(decision: Decision | None) -> Decision | None:
    if decision is None or decision.verdict != Verdict.BLOCK or decision.undone_at:
        return None
    return decision


def undo_button(label: str = "") -> Button:
    return Button(what="undo", label=label or _("Отменить"), key="u")


def repost_button(user: User, decision: Decision | None) -> list[Button]:
    """A deleted message cannot be restored; its words can be put back in the bot's name."""
    if decision is None or decision.verdict != Verdict.BLOCK:
        return []
    acts = {act.kind: act.state for act in decision.acts.all()}
    if acts.get(ActKind.DELETE) not in {ActState.DONE, ActState.GONE} or ActKind.REPOST in acts:
        return []
    return [Button(what="repost", label=_("Вернуть текст от имени бота"), key="p")]


def delete_label(message: Message) -> str:
    media = (message.text or {}).get("media", "")
    labels = {
        "join_request": _("Отклонить"),
        "reaction": _("Убрать реакцию"),
        "topic": _("Удалить тему"),
    }
    # in Matrix a reaction may be a text of its own: that is deleted as any
    is_words = media == "reaction" and bool(message.own_text)
    return _("Удалить") if is_words else labels.get(media, _("Удалить"))


def ladder_buttons(message: Message, user: User, *, blocked: Decision | None) -> list[Button]:
    """The ladder, from the mildest; without an author only the deletion is possible."""
    done = set(blocked.ladder) if blocked else set()
    steps = [
        ("delete", delete_label(message), "d"),
        ("restrict", _("и ограничить"), "r"),
        ("ban", _("и заблокировать"), "b"),
        ("ban_everywhere", _("и во всех чатах"), "shift+b"),
    ]
    return [
        Button(what=what, label=label, key=key)
        for what, label, key in steps
        if what not in done
        and user.can(NEEDED[what])
        and (what == "delete" or message.author is not None)
    ]
