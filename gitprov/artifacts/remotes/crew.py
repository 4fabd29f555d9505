"""A few threads that work through many things, stop together, and never keep the program from ending."""

from collections.abc import Callable, Iterable, Iterator
from queue import SimpleQueue
from threading import Event, Lock, Semaphore, Thread
from time import monotonic
from typing import Final, Generic, NamedTuple, TypeVar

from gitprov.artifacts.remotes.backend import Stopped

T = TypeVar("T")
R = TypeVar("R")

_GRACE: Final = 5.0  # seconds in which threads may notice the end; after that they are left behind
_GLANCE: Final = 0.2  # seconds between two looks at whether everything has stopped


class _Result(NamedTuple, Generic[R]):
    value: R


class _Failure(NamedTuple):
    error: BaseException


class _Crew(Generic[T, R]):
    """Threads that take items from one source, and put what comes of them into one queue; a None when one is done."""

    def __init__(self, work: Callable[[T], R], items: Iterable[T], workers: int, stop: Event) -> None:
        self.done: SimpleQueue[_Result[R] | _Failure | None] = SimpleQueue()
        self.ended = Event()
        self._work = work
        self._source = iter(items)
        self._lock = Lock()
        self._stop = stop
        self._threads = [Thread(target=self._labour, daemon=True) for _ in range(workers)]
        for thread in self._threads:
            thread.start()

    def dismiss(self) -> None:
        """Wait for the threads, but not for long."""
        end = monotonic() + _GRACE
        for thread in self._threads:
            thread.join(max(0.0, end - monotonic()))

    def _labour(self) -> None:
        try:
            for item in iter(self._taken, None):
                self.done.put(_Result(self._work(item[0])))
        except BaseException as error:  # noqa: BLE001  # whatever it is, it is raised again in the thread that asked
            self.done.put(_Failure(error))
        finally:
            self.done.put(None)

    def _taken(self) -> tuple[T] | None:
        """Take the next item; None where there are no more. Stopped."""
        if self._stop.is_set():
            raise Stopped
        with self._lock:
            return None if self.ended.is_set() else next(((item,) for item in self._source), None)


def each(
    work: Callable[[T], R], items: Iterable[T], workers: int, stop: Event, *, outermost: bool = False
) -> Iterator[R]:
    """Yield the result of `work` for every item, as they come. An item is taken when a thread is free for it.

    The first failure ends all of it and is raised here; so does leaving the iterator early, as a key press does.
    Stopped when `stop` was set. The `outermost` crew sets it where it fails, so that those at work within it end.
    """
    crew = _Crew(work, items, workers, stop)
    running = workers
    try:
        while running:
            match crew.done.get():
                case None:
                    running -= 1
                case _Failure(error):
                    raise error
                case _Result(value):
                    yield value
    except BaseException:
        crew.ended.set()
        if outermost:
            stop.set()
        raise
    finally:
        crew.dismiss()


def in_order(work: Callable[[T], R], items: Iterable[T], workers: int, stop: Event) -> Iterator[R]:
    """Yield the results in the order of the items; at most one more than there are workers is held at a time."""
    slots = Semaphore(workers + 1)
    ended = Event()

    def numbered() -> Iterator[tuple[int, T]]:
        for number, item in enumerate(items):
            while not slots.acquire(timeout=_GLANCE):
                if ended.is_set() or stop.is_set():
                    return
            yield number, item

    early: dict[int, R] = {}
    expected = 0
    results = each(lambda pair: (pair[0], work(pair[1])), numbered(), workers, stop)
    try:
        for number, result in results:
            early[number] = result
            while expected in early:
                yield early.pop(expected)
                expected += 1
                slots.release()
    finally:
        ended.set()  # before `results` is let go of, which waits for the threads
