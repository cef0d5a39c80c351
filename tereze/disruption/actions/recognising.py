"""What is known again: the same advert, photos, number or words under a new address."""

from collections.abc import Iterable, Sequence
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import translation

from tereze.core.actor import Actor
from tereze.disruption.actions.drafting import LONGEST_REASON, Drafted, connect, draft_request
from tereze.disruption.kinds import LOOKED_AT
from tereze.disruption.likeness import sketch
from tereze.disruption.models import Likeness, Request, Snapshot, State, Trait
from tereze.disruption.resemblance import Match, traits_of
from tereze.disruption.transitions import move
from tereze.disruption.wording import in_what


BY = Actor.machine("likeness")
UNSIGNED = (State.DRAFTED, State.CAPTURED, State.HELD)


@transaction.atomic
def keep_traits(*, snapshot: Snapshot) -> None:
    """From now on it is found again. Safe to repeat."""
    if not snapshot.sketch:
        snapshot.sketch = sketch(snapshot.text)
        snapshot.save(update_fields=["sketch"])
    rows = [Trait(snapshot=snapshot, kind=kind, value=value) for kind, value in traits_of(snapshot)]
    Trait.objects.bulk_create(rows, ignore_conflicts=True)


@transaction.atomic
def recognise(*, snapshot: Snapshot, found: Sequence[Match], by: Actor = BY) -> list[Likeness]:
    """Write down what this advert resembles; tie it to those that were removed. Safe to repeat."""
    request = (
        Request.objects.select_for_update().select_related("partner").get(pk=snapshot.request_id)
    )
    fresh = [kept for kept in (keep(request, match) for match in found) if kept is not None]
    strong = [likeness for likeness in fresh if likeness.is_strong]
    if not strong or request.state == State.CLOSED:
        return fresh
    connect(request, [("request", likeness.other.public_id) for likeness in strong])
    for likeness in strong:
        told = likeness.other.number or likeness.other.listing
        move(request, "recognised", by=by, note=f"alike:{'+'.join(likeness.how)}:{told}")
    if request.state in UNSIGNED:
        say_so(request, [likeness for likeness in strong if likeness.other.gone_at])
    return fresh


def keep(request: Request, match: Match) -> Likeness | None:
    """A new likeness, or nothing where it was known. The older request is the other one."""
    if match.request.created_at > request.created_at:
        return None  # that one will find this one, or has found it
    how = [kind for kind in ("account", "phone", "photo", "text", "price") if kind in match.how]
    likeness, is_new = Likeness.objects.update_or_create(
        request=request,
        other=match.request,
        defaults={"how": how, "photos": match.photos, "is_strong": match.is_strong},
    )
    return likeness if is_new else None


def say_so(request: Request, gone: Sequence[Likeness]) -> None:
    """The partner reads why this is the same. Another partner's adverts are not named to it."""
    with translation.override(request.partner.language):
        told = [sentence(request, likeness) for likeness in gone[:3]]
    reason = "\n".join([request.reason, *(line for line in told if line not in request.reason)])
    Request.objects.filter(pk=request.pk).update(reason=reason[: 2 * LONGEST_REASON])
    request.reason = reason[: 2 * LONGEST_REASON]


def sentence(request: Request, likeness: Likeness) -> str:
    other = likeness.other
    what = in_what(likeness.how)
    gone_at = (other.gone_at or other.created_at).astimezone(ZoneInfo(request.unit.zone))
    day = f"{gone_at:%d.%m.%Y}"
    if other.partner_id != request.partner_id:
        return translation.gettext(
            "Совпадает с удалённым объявлением на другой площадке: %(what)s."
        ) % {"what": what}
    return translation.gettext(
        "Совпадает с объявлением %(listing)s, удалённым %(day)s (исх. № %(number)s): %(what)s."
    ) % {
        "listing": other.listing or other.address,
        "day": day,
        "number": other.number,
        "what": what,
    }


@transaction.atomic
def draft_again(
    *,
    gone: Sequence[Request],
    url: str,
    links: Iterable[tuple[str, str]],
    how: Sequence[str],
    by: Actor = BY,
) -> Drafted:
    """A new address of what was removed: a draft tied to the old ones, captured at once and then
    ready for a signature. Raises what `draft_request` raises."""
    first = gone[0]
    ties = [*links, *(("request", each.public_id) for each in gone)]
    with translation.override(first.partner.language):
        reason = translation.gettext(
            "Удалённое объявление, вероятно, размещено снова: %(what)s."
        ) % {"what": in_what(how)}
    kind = first.kind if first.kind in LOOKED_AT else "remove_listing"
    drafted = draft_request(unit=first.unit, url=url, reason=reason, kind=kind, links=ties, by=by)
    if not drafted.merged:
        told = first.number or first.listing
        move(drafted.request, "recognised", by=by, note=f"alike:{'+'.join(how)}:{told}")
    return drafted
