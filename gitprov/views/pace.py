"""How quick work on a bar is: in the units of its sizes, and only when there is something to go by."""

from typing import Final

from rich.progress import ProgressColumn, Task, TimeRemainingColumn
from rich.text import Text

from gitprov.model.words import size

_SETTLED: Final = 0.5
"""Seconds before which the first large piece would make a rate of its own."""


class Rate(ProgressColumn):
    """Bytes in a second, in binary units as the sizes beside it."""

    def render(self, task: Task) -> Text:
        """Return the rate, or nothing where it cannot be known yet."""
        speed = task.finished_speed or task.speed
        return Text(f"{size(int(speed))}/s" if speed and _is_settled(task) else "", style="progress.data.speed")


class Remaining(TimeRemainingColumn):
    """How long it will take, once there is a rate."""

    def render(self, task: Task) -> Text:
        """Return the time that is left, or a blank one."""
        return super().render(task) if _is_settled(task) else Text("-:--:--", style="progress.remaining")


def _is_settled(task: Task) -> bool:
    return (task.elapsed or 0.0) >= _SETTLED
