"""A clock that stands still until it is told to move."""

from datetime import UTC, datetime, timedelta

from support.seal import EPOCH


class FakeClock:
    """A clock as the rooms take one: called, it gives the moment, aware and in UTC."""

    def __init__(self, start: str = EPOCH) -> None:
        self.now = datetime.fromisoformat(start).astimezone(UTC)

    def __call__(self) -> datetime:
        """Return the moment it shows."""
        return self.now

    def advance(self, seconds: float) -> datetime:
        """Move on by `seconds` (back, where negative) and return the new moment."""
        self.now += timedelta(seconds=seconds)
        return self.now
