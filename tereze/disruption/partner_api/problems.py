"""What went wrong, as RFC 9457 problem details: a code for machines, words for people."""

from http import HTTPStatus
from math import ceil
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


TYPE = "application/problem+json"
PROBLEMS: dict[str, tuple[int, Any]] = {
    "not_json": (400, gettext_lazy("Тело запроса – не JSON.")),
    "idempotency_key_missing": (
        400,
        gettext_lazy("Нужен заголовок Idempotency-Key: от 1 до 200 знаков."),
    ),
    "unauthorized": (401, gettext_lazy("Нужен действующий ключ: Authorization: Bearer …")),
    "not_found": (404, gettext_lazy("Здесь такого нет.")),
    "method_not_allowed": (405, gettext_lazy("Этот адрес так не вызывают.")),
    "idempotency_key_reused": (
        409,
        gettext_lazy("Этот Idempotency-Key уже был с другим запросом. Возьмите новый."),
    ),
    "not_your_turn": (
        409,
        gettext_lazy("Сейчас на это уведомление не отвечают: посмотрите его статус."),
    ),
    "already_acknowledged": (409, gettext_lazy("Это уведомление уже взято в работу: отвечайте.")),
    "webhook_off": (409, gettext_lazy("Вебхук не задан или выключен.")),
    "length_required": (411, gettext_lazy("Нужен заголовок Content-Length.")),
    "too_large": (413, gettext_lazy("Тело запроса больше 256 КБ.")),
    "invalid": (422, gettext_lazy("Запрос не прошёл проверку.")),
    "answer_not_possible": (422, gettext_lazy("На такую просьбу так не отвечают.")),
    "bad_cursor": (422, gettext_lazy("Этот cursor выдан не здесь. Начните без него.")),
    "not_an_address": (422, gettext_lazy("Это не адрес страницы.")),
    "rate_limited": (429, gettext_lazy("Слишком часто: подождите минуту.")),
    "server_error": (
        500,
        gettext_lazy("Ошибка на нашей стороне. Повторите с тем же Idempotency-Key."),
    ),
}
FIELD_WORDS: dict[str, Any] = {
    "missing": gettext_lazy("обязательное поле"),
    "string_too_short": gettext_lazy("пустое или слишком короткое"),
    "string_too_long": gettext_lazy("слишком длинное"),
    "too_long": gettext_lazy("слишком много"),
    "too_short": gettext_lazy("пусто"),
    "extra_forbidden": gettext_lazy("такого поля нет"),
    "words_missing": gettext_lazy("нужны слова: причина или вопрос"),
    "reason_code_missing": gettext_lazy("для отказа нужен код причины"),
    "reason_code_unexpected": gettext_lazy("код причины бывает только у отказа"),
    "twice": gettext_lazy("одно уведомление названо дважды"),
    "not_a_moment": gettext_lazy("нужны дата и время со смещением: 2026-03-31T09:15:00Z"),
    "not_text": gettext_lazy("в тексте недопустимый знак"),
}


class Problem(Exception):  # noqa: N818 - the standard's own word
    def __init__(
        self, code: str, *, errors: list[dict[str, str]] | None = None, wait: float = 0
    ) -> None:
        super().__init__(code)
        self.code = code
        self.errors = errors
        self.wait = wait  # seconds until it can succeed


def words_of(code: str) -> str:
    return str(PROBLEMS[code][1])


def as_response(
    request: HttpRequest,
    code: str,
    *,
    errors: list[dict[str, str]] | None = None,
    wait: float = 0,
) -> HttpResponse:
    status, words = PROBLEMS[code]
    body = {
        "type": f"{settings.PUBLIC_URL}/api/partner/v1/docs/#{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": str(words),
        "instance": request.path,
        "correlation_id": request.headers.get("X-Correlation-Id", "")[:200],
        **({"errors": errors} if errors else {}),
    }
    response = JsonResponse(body, status=status, json_dumps_params={"ensure_ascii": False})
    response["Content-Type"] = TYPE
    if status == HTTPStatus.UNAUTHORIZED:
        response["WWW-Authenticate"] = 'Bearer realm="Tereze partner API"'
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        response["Retry-After"] = str(max(1, ceil(wait)))
    return response


def on_problem(request: HttpRequest, problem: Any) -> HttpResponse:
    return as_response(request, problem.code, errors=problem.errors, wait=problem.wait)


def on_not_found(request: HttpRequest, _error: Any) -> HttpResponse:
    return as_response(request, "not_found")


def on_no_key(request: HttpRequest, _error: Any) -> HttpResponse:
    return as_response(request, "unauthorized")


def on_http_error(request: HttpRequest, error: Any) -> HttpResponse:
    return as_response(request, "not_json" if error.status_code == 400 else "not_found")


def on_invalid(request: HttpRequest, error: Any) -> HttpResponse:
    return as_response(request, "invalid", errors=[field_of(each) for each in error.errors])


def field_of(error: dict[str, Any]) -> dict[str, str]:
    where = [str(part) for part in error["loc"] if str(part) != "payload"]
    kind = str(error["type"])
    return {
        "field": ".".join(where[1:]) or where[0],
        "in": where[0],
        "code": kind,
        "message": str(FIELD_WORDS.get(kind) or _("недопустимое значение")),
    }
