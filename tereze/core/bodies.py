"""Bounds what one request may write to our disk. What came before the bound still counts.

A form sends its words first and its files after them, so a resident who picks a two-gigabyte video
loses the video and keeps the report.
"""

from starlette.types import ASGIApp, Message, Receive, Scope, Send


LARGEST = 300 * 1024 * 1024
PATIENCE = 3 * 1024 * 1024 * 1024  # read and thrown away, so that the browser gets its answer


class BoundedBody:
    def __init__(self, app: ASGIApp, largest: int = LARGEST) -> None:
        self.app, self.largest = app, largest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        seen = 0

        async def bounded() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen <= self.largest:
                return message
            while message.get("more_body") and seen < PATIENCE:
                message = await receive()
                seen += len(message.get("body", b""))
            return {"type": "http.request", "body": b"", "more_body": False}

        await self.app(scope, bounded, send)
