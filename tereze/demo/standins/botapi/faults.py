"""Failures on demand: slow answers, 429, 5xx, silence, answers lost after the act."""

from dataclasses import asdict, dataclass, field
from typing import Any

from .errors import ApiError, too_many


@dataclass
class Fault:
    method: str = "*"
    code: int = 500
    description: str = ""
    retry_after: int = 1
    hang: float = 0
    after: bool = False
    times: int = 1
    chat_id: int = 0

    @classmethod
    def from_json(cls, given: dict[str, Any]) -> "Fault":
        usual = asdict(cls())
        return cls(**{key: type(usual[key])(given[key]) for key in usual.keys() & given.keys()})

    def fits(self, method: str, chat_id: str) -> bool:
        right_method = self.method == "*" or self.method.lower() == method
        return right_method and (not self.chat_id or str(self.chat_id) == chat_id)

    def error(self) -> ApiError:
        if self.code == 429:
            return too_many(self.retry_after)
        return ApiError(self.code, self.description or WORDS.get(self.code, "Error"))


WORDS = {
    401: "Unauthorized",
    403: "Forbidden: bot was kicked from the supergroup chat",
    500: "Internal Server Error",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Timeout",
}


@dataclass
class Faults:
    waiting: list[Fault] = field(default_factory=list)
    latency: float = 0.0

    def take(self, method: str, chat_id: str) -> Fault | None:
        """The next fault for this call; `times` = 0 stays until it is cleared."""
        for fault in self.waiting:
            if fault.fits(method, chat_id):
                if fault.times == 1:
                    self.waiting.remove(fault)
                elif fault.times > 1:
                    fault.times -= 1
                return fault
        return None

    def to_json(self) -> dict[str, Any]:
        return {"latency_ms": self.latency * 1000, "faults": [asdict(f) for f in self.waiting]}
