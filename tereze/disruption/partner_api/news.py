"""The webhooks as OpenAPI 3.1 describes them."""

from typing import Any

from tereze.disruption.webhooks.outbox import PING, TYPES


def described(type_: str) -> dict[str, Any]:
    about: dict[str, Any] = {
        "type": "object",
        "required": ["type", "timestamp", "data"],
        "properties": {
            "type": {"const": type_},
            "timestamp": {"type": "string", "format": "date-time"},
            "data": {"type": "object"} if type_ == PING else DATA,
        },
    }
    return {
        "post": {
            "summary": type_,
            "description": "Signed by the Standard Webhooks convention; answer with any 2xx.",
            "parameters": [
                header(name) for name in ("webhook-id", "webhook-timestamp", "webhook-signature")
            ],
            "requestBody": {
                "required": True,
                "content": {"application/json": {"schema": about}},
            },
            "responses": {
                "2XX": {"description": "Accepted: it is not sent again"},
                "410": {"description": "Switches the webhook off"},
            },
        }
    }


def header(name: str) -> dict[str, Any]:
    return {"name": name, "in": "header", "required": True, "schema": {"type": "string"}}


DATA: dict[str, Any] = {
    "type": "object",
    "required": ["request"],
    "properties": {
        "request": {
            "type": "object",
            "required": ["id", "number", "kind", "status", "your_turn", "address", "listing"],
            "properties": {
                **{
                    name: {"type": "string"}
                    for name in ("id", "number", "kind", "status", "address", "listing", "answer")
                },
                "your_turn": {"type": "boolean"},
                **{
                    name: {"type": ["string", "null"], "format": "date-time"}
                    for name in ("acknowledge_by", "act_by")
                },
            },
        },
        "word": {
            "type": "object",
            "properties": {"id": {"type": "string"}, "kind": {"type": "string"}},
        },
    },
}
WEBHOOKS = {type_: described(type_) for type_ in TYPES}
