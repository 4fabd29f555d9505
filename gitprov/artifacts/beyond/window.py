"""Work on its way to a cluster: never more than its workers need, and taken back when it comes."""

from collections.abc import Callable, Iterator
from queue import Empty, SimpleQueue
from time import monotonic
from typing import Any, Final, Generic, NamedTuple, TypeVar

from gitprov.artifacts.beyond.engine import Client, Future, words_for
from gitprov.artifacts.beyond.sight import Sight, differing
from gitprov.artifacts.beyond.task import Blind, Done, Refused, Task, pack, perform, unpack
from gitprov.errors import ProvError

R = TypeVar("R")

_PER_THREAD: Final = 2  # jobs on their way for each thread of a worker: one at work, one at hand
_MOST: Final = 512
_GLANCE: Final = 1.0  # seconds between two looks at the workers, when nothing comes
_TRIES: Final = 8  # of one task whose directories change while it is on its way


class _Pending(NamedTuple):
    job: Any
    meant: Any
    sight: Sight
    tries: int


class Window(Generic[R]):
    """Jobs of one kind on their way. A worker that dies is the scheduler's business: others do its jobs again."""

    def __init__(
        self, client: Client, address: str, sight: Callable[[], Sight], work: Callable[[Any], R], patience: float
    ) -> None:
        self._client = client
        self._address = address
        self._look = sight
        self._sight = sight()
        self._work = work
        self._patience = patience
        self._pending: dict[Future, _Pending] = {}
        self._ended: SimpleQueue[Future] = SimpleQueue()
        self._came: list[tuple[Any, R]] = []
        self._size = 1
        self._lonely_since: float | None = None
        self._looked = float("-inf")

    def submit(self, job: Any, meant: Any) -> None:  # noqa: ANN401 - whatever the work takes
        """Send a job, when there is room; `meant` comes back with what came of it."""
        self._glance()
        while len(self._pending) >= self._size:
            self._take()
        self._send(_Pending(job, meant, self._sight, 0))

    def arrived(self) -> Iterator[tuple[Any, R]]:
        """Yield what has come so far, each with what was meant by it."""
        while self._pending and not self._ended.empty():
            self._take()
        came, self._came = self._came, []
        yield from came

    def rest(self) -> Iterator[tuple[Any, R]]:
        """Wait for all, and yield it."""
        while self._pending or self._came:
            yield from self.arrived()
            if self._pending:
                self._take()

    def cancel(self) -> None:
        """Call back what is on its way."""
        pending, self._pending = self._pending, {}
        if pending:
            try:
                self._client.cancel(list(pending), force=True)
            except Exception:  # noqa: BLE001 - the cluster is gone, or we are being interrupted: there is no more to do
                return

    def _send(self, pending: _Pending) -> None:
        future = self._client.submit(perform, pack(Task(pending.sight, self._work, pending.job)), pure=False)
        self._pending[future] = pending
        future.add_done_callback(self._ended.put)

    def _take(self) -> None:
        """Wait for something to come, and take it."""
        while True:
            self._glance()
            try:
                future = self._ended.get(timeout=_GLANCE)
            except Empty:
                continue
            if (pending := self._pending.pop(future, None)) is not None:
                self._judge(future, pending)
                return

    def _judge(self, future: Future, pending: _Pending) -> None:
        match self._result(future):
            case Done(value):
                self._came.append((pending.meant, value))
            case Refused(worker, message, hint):
                raise ProvError(f"{message} (on the worker {worker})", hint=hint)
            case Blind() as found:
                self._again(found, pending)
            case other:
                raise ProvError(
                    f"the cluster at {self._address} answered {type(other).__name__}", hint="see what runs there"
                )

    def _again(self, found: Blind, pending: _Pending) -> None:
        """Send a job again whose worker saw a directory as it is now, and no longer as it was."""
        now = self._look()
        if found.unseen.look not in now.looks or pending.tries >= _TRIES:
            raise differing(f"{found.worker} {found.unseen.reason}")
        self._sight = now
        self._send(_Pending(pending.job, pending.meant, now, pending.tries + 1))

    def _result(self, future: Future) -> object:
        try:
            return unpack(future.result(timeout=self._patience))
        except TimeoutError as error:
            raise self._deserted() from error
        except Exception as error:
            raise words_for(error, self._address) from error

    def _glance(self) -> None:
        """Look at the workers now and then: how much they can take, and whether there are any."""
        now = monotonic()
        if now - self._looked < _GLANCE:
            return
        self._looked = now
        try:
            threads = sum(self._client.nthreads().values())
        except (OSError, TimeoutError, ValueError):
            threads = 0
        self._size = max(1, min(_PER_THREAD * threads, _MOST))
        if threads:
            self._lonely_since = None
        elif self._lonely_since is None:
            self._lonely_since = now
        elif now - self._lonely_since >= self._patience:
            raise self._deserted()

    def _deserted(self) -> ProvError:
        return ProvError(
            f"all workers of {self._address} are gone, and {self._patience:.0f} seconds brought no other",
            hint="start some, then do the same again: what is known by now is read no more",
        )
