"""Who does something: an officer, a partner's moderator, a resident, or a part of the machine."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Actor:
    kind: str  # officer | partner | resident | api | machine
    key: str = ""
    name: str = ""

    def __str__(self) -> str:
        return f"{self.kind}:{self.key}" if self.key else self.kind

    @staticmethod
    def machine(name: str) -> "Actor":
        return Actor("machine", name, name)

    @staticmethod
    def resident() -> "Actor":
        """Whoever tells the window something; never identified in the journal."""
        return Actor("resident")
