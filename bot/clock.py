"""What time it is. Everything else is told; only the composition root reads a clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


def now() -> datetime:
    """Return the time, aware, in UTC."""
    return datetime.now(UTC)


class DemoClock:
    """A clock that can be moved on, for the demo: there, a week should not take a week."""

    def __init__(self, ahead: timedelta = timedelta()) -> None:
        self.ahead = ahead

    def __call__(self) -> datetime:
        """Return the demo's time."""
        return now() + self.ahead

    def follow(self, ahead: timedelta) -> None:
        """Be as far ahead as the demo's other processes; a clock never goes back."""
        self.ahead = max(self.ahead, ahead)
