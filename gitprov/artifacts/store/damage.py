"""What is said of bytes that no longer are what their name says."""

from typing import NamedTuple

from gitprov.errors import ProvError


class Damage(NamedTuple):
    """One thing found wrong: the digest of what is lost (`""` for an index), the file it was in, and the reason."""

    digest: str
    place: str
    reason: str

    def __str__(self) -> str:
        """Return one clause: `b3:... in objects/ab/... is not what its name says`."""
        return f"{self.digest} in {self.place} {self.reason}" if self.digest else f"{self.place} {self.reason}"


class Damaged(ProvError):
    """Stored bytes are not what their digest says; they were not handed out."""

    def __init__(self, damage: Damage, *, aside: str = "") -> None:
        moved = f"; what is there was moved to {aside}" if aside else ""
        super().__init__(f"{damage}{moved}", hint="get a sound copy from a remote, or add the file again")
        self.damage = damage
