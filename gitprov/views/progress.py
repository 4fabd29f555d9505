"""A bar for work that takes longer than a second, on a terminal only; it leaves no trace behind."""

from collections.abc import Callable
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from rich.progress import Progress

_PATIENCE = 1.0
"""Seconds for which nothing is shown."""
_WIDTH = 20
"""Columns of the bar itself: all of it fits into 80."""
_PACE = 0.1
"""Seconds from one look of the bar to the next."""


class Bar:
    """Shows how many bytes of how many are done, each time it is called with both."""

    def __init__(self, what: str, stream: TextIO, clock: Callable[[], float]) -> None:
        self._what = what
        self._stream = stream
        self._clock = clock
        self._due = clock() + _PATIENCE
        self._shown: Progress | None = None

    def __call__(self, done: int, total: int) -> None:
        """Show it, where it is time to; the last call takes the bar away."""
        now = self._clock()
        if done >= total:
            self.close()
        elif now >= self._due:
            self._due = now + _PACE
            self._show(done, total)

    def close(self) -> None:
        """Take the bar away."""
        if self._shown:
            self._shown.stop()
            self._shown = None

    def _show(self, done: int, total: int) -> None:
        from rich.console import Console  # by now its import is no matter
        from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn

        from gitprov.views.pace import Rate, Remaining

        if self._shown is None:
            columns = (
                TextColumn("{task.description}"),
                BarColumn(bar_width=_WIDTH),
                DownloadColumn(binary_units=True),
                Rate(),
                Remaining(),
            )
            self._shown = Progress(
                *columns,
                console=Console(file=self._stream),
                auto_refresh=False,
                get_time=self._clock,
                transient=True,
                redirect_stdout=False,
            )
            self._shown.add_task(self._what, total=total)
            self._shown.start()
        self._shown.update(self._shown.task_ids[0], completed=done, total=total, refresh=True)
