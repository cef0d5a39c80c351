"""The register of chat administrators and the memo. Who is not listed here cannot be opened."""

from django.conf import settings
from django.contrib import messages as said
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tereze.accounts.access import requires
from tereze.accounts.models import User
from tereze.accounts.permissions import Permission
from tereze.audit.models import record
from tereze.core.clock import now
from tereze.watch.actions import administrators as actions
from tereze.watch.models import ChatAdministrator, Memo, Submission
from tereze.watch.submissions import texts
from tereze.watch.submissions.forms import AdministratorForm
from tereze.watch.views.wall import officer_of


SHOWN = 500
NAMES = ("name", "phone", "chats", "language", "consent_at", "consent", "notes")


@requires(Permission.CHAT_ADMINISTRATORS)
@require_safe
def administrators(request: HttpRequest) -> HttpResponse:
    user = officer_of(request)
    found = ChatAdministrator.objects.visible_to(user).listed().prefetch_related("memos")
    rows = sorted(found.order_by("-pk")[:SHOWN], key=lambda one: one.name.casefold())
    record("administrator.list_read", target="administrators", by=user.actor, unit=user.unit.slug)
    shown = [(one, max((memo.at for memo in one.memos.all()), default=None)) for one in rows]
    return render(request, "watch/administrators.html", {"rows": shown})


@requires(Permission.CHAT_ADMINISTRATORS)
def new(request: HttpRequest) -> HttpResponse:
    user = officer_of(request)
    form = AdministratorForm(request.POST or None, initial=suggested(request, user))
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.add(by=user, **form.cleaned_data)
        except actions.KnownError:
            form.add_error("phone", _("Человек с этим номером уже в реестре."))
        else:
            return redirect(made)
    return render(request, "watch/administrator_form.html", {"form": form})


def suggested(request: HttpRequest, user: User) -> dict[str, object]:
    """From a submission whose sender said that they administer the chat and left a number."""
    initial: dict[str, object] = {"consent_at": now(), "language": "kk"}
    found = (
        Submission.objects.visible_to(user)
        .filter(public_id=request.GET.get("from", ""), sender=Submission.Sender.ADMINISTRATOR)
        .select_related("source")
        .first()
    )
    if found is None or not user.can(Permission.REPORT_IDENTITY):
        return initial
    return initial | {
        "name": found.contact.get("name", ""),
        "phone": found.contact.get("phone", ""),
        "chats": found.source.title if found.source else found.title,
        "language": "ru" if found.language == "ru" else "kk",
        "consent_at": found.at,
    }


def find(user: User, key: str) -> ChatAdministrator:
    rows = ChatAdministrator.objects.visible_to(user).listed().select_related("unit")
    found: ChatAdministrator | None = rows.filter(public_id=key).first()
    if found is None:
        raise Http404
    return found


@requires(Permission.CHAT_ADMINISTRATORS)
def administrator(request: HttpRequest, key: str) -> HttpResponse:
    user = officer_of(request)
    found = find(user, key)
    initial = {name: getattr(found, name) for name in NAMES}
    form = AdministratorForm(
        request.POST or None, initial=initial | {"chats": "\n".join(found.chats)}
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.change(administrator=found, by=user, **form.cleaned_data)
        except actions.KnownError:
            form.add_error("phone", _("Человек с этим номером уже в реестре."))
        else:
            said.success(request, _("Записано."))
            return redirect(found)
    if request.method != "POST":
        record("administrator.read", target=found, by=user.actor, unit=user.unit.slug)
    context = {
        "form": form,
        "person": found,
        "memos": found.memos.select_related("by").order_by("-pk"),
        "requests": found.requests.select_related("source").order_by("-pk")[:20],
        "wa_me": texts.wa_me(found.phone, texts.memo_text(found, address_of_page())),
    }
    return render(request, "watch/administrator.html", context)


def address_of_page() -> str:
    return settings.PUBLIC_URL + reverse("watch:whatsapp")


@requires(Permission.CHAT_ADMINISTRATORS)
@require_safe
def memo(request: HttpRequest, key: str) -> HttpResponse:
    """The paper, in the administrator's language whatever the officer reads in."""
    found = find(officer_of(request), key)
    words = texts.MEMO[found.language]
    parts = [
        (title, [point.format(address=address_of_page()) for point in points])
        for title, points in words["parts"]
    ]
    unit = found.unit
    context = {
        "person": found,
        "title": words["title"],
        "parts": parts,
        "unit": (unit.name_kk if found.language == "kk" else "") or unit.name,
        "version": texts.MEMO_VERSION,
    }
    return render(request, "watch/memo.html", context)


@requires(Permission.CHAT_ADMINISTRATORS)
@require_POST
def memo_given(request: HttpRequest, key: str) -> HttpResponse:
    user = officer_of(request)
    found = find(user, key)
    way = request.POST.get("way", "")
    if way not in Memo.Way.values:
        raise Http404
    actions.gave_memo(administrator=found, way=way, by=user)
    said.success(request, _("Записано: памятка передана."))
    return redirect(found)


@requires(Permission.CHAT_ADMINISTRATORS)
@require_POST
def remove(request: HttpRequest, key: str) -> HttpResponse:
    user = officer_of(request)
    actions.remove(administrator=find(user, key), by=user)
    said.success(request, _("Имя, номер и заметки удалены."))
    return redirect("watch:administrators")
