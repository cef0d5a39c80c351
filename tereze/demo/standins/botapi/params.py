"""Arguments of a method, however they came: query, form, multipart or JSON."""

import json
from typing import Any

from starlette.requests import Request

from .errors import ApiError, bad_request


LARGEST_BODY = 20 * 1024 * 1024


class Params:
    def __init__(self, values: dict[str, Any]) -> None:
        self.values = values

    def has(self, name: str) -> bool:
        return self.values.get(name) not in (None, "")

    def text(self, name: str) -> str:
        value = self.values.get(name)
        if value is None:
            return ""
        return value if isinstance(value, str) else json.dumps(value)

    def integer(self, name: str, default: int = 0) -> int:
        return whole(self.values.get(name, default), default)

    def flag(self, name: str) -> bool:
        return str(self.values.get(name, "")).lower() in {"true", "1", "yes"}

    def structure(self, name: str, reason: str = "") -> Any:
        """A JSON value: already decoded in a JSON body, text in a form."""
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        if not value:
            return None
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            if not reason:
                return None
            raise bad_request(reason) from None


def whole(value: Any, default: int = 0) -> int:
    """A number of at most 63 bits, or the default."""
    try:
        number = int(value)
    except (TypeError, ValueError, OverflowError):
        return default
    return number if abs(number) < 2**63 else default


async def read(request: Request) -> Params:
    values: dict[str, Any] = dict(request.query_params)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if int(request.headers.get("content-length") or 0) > LARGEST_BODY:
        raise ApiError(413, "Request Entity Too Large")
    if kind == "application/json":
        values.update(json_body(await request.body()))
    elif kind in {"application/x-www-form-urlencoded", "multipart/form-data"}:
        async with request.form() as form:
            values.update({key: value for key, value in form.items() if isinstance(value, str)})
    return Params(values)


def json_body(content: bytes) -> dict[str, Any]:
    if not content:
        return {}
    try:
        decoded = json.loads(content)
    except (ValueError, RecursionError):
        raise bad_request("can't parse JSON object") from None
    if not isinstance(decoded, dict):
        raise bad_request("object expected as JSON body")
    return decoded
