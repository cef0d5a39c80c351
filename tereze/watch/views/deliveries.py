"""Where Telegram brings updates, if a chat is set so."""

import json

from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from tereze.core.access import KEYED, mark
from tereze.watch.actions import deliveries


LARGEST = 1024 * 1024
HEADER = "X-Telegram-Bot-Api-Secret-Token"


@csrf_exempt
@require_POST
def delivery(request: HttpRequest, door: str) -> HttpResponse:
    """Answered when it is stored. Who does not know the secret learns nothing, not even whether
    there is such a bot; what nobody can use is answered with yes, or it would be brought for ever."""
    allowed = deliveries.chats_by_bot()
    bot_key = next((key for key in allowed if deliveries.door_of(key) == door), "")
    given = request.headers.get(HEADER, "")
    if not bot_key or not constant_time_compare(given, deliveries.secret(bot_key)):
        return HttpResponse(status=401)
    if int(request.headers.get("Content-Length") or 0) > LARGEST:
        return HttpResponse(status=413)
    update = parsed(request.body)
    if update is not None:
        deliveries.take(bot_key=bot_key, chats=allowed[bot_key], update=update)
    return HttpResponse(status=200)


def parsed(body: bytes) -> dict[str, object] | None:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


mark(delivery, KEYED)
