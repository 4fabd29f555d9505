"""The audit hook: Python calls it before each open, rename, start of a program, and at much else.

Some events (`id`, the attributes of code) are very frequent, and it is called in signal handlers and finalizers too. So
an event that nobody handles costs one look into a mapping, and an ordinary read one call.
"""

from .files import Files
from .guard import is_ours

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, Tuple

    from .writer import Writer

    Handler = Callable[..., None]
    Tell = Callable[[Dict[str, Any]], None]

_PROCESSES = ("subprocess.Popen", "os.posix_spawn", "os.exec", "os.system")
_NETWORK = ("socket.getaddrinfo", "socket.connect")


class Audit:
    """What is done at which event. `replaced` is called before the process becomes the program at a path."""

    def __init__(self, writer: "Writer", tell: "Tell", replaced: "Callable[[str], None]") -> None:
        self._writer = writer
        self._tell = tell
        self._replaced = replaced
        self._files = Files(writer, tell)
        self._handlers: Dict[str, Handler] = dict(self._files.handlers)
        # Most programs have no use for these, and do not pay for loading them.
        self._handlers.update((event, self._at_first(event, self._load_processes)) for event in _PROCESSES)
        self._handlers.update((event, self._at_first(event, self._load_network)) for event in _NETWORK)
        self.forked = self._files.forked

    def stop(self) -> None:
        """Tell nothing from now on; an audit hook cannot be taken out again."""
        self._handlers.clear()
        self._files.stop()

    def make_hook(self) -> "Callable[[str, Tuple[Any, ...]], None]":
        """Return the audit hook. It raises nothing of its own."""
        handlers = self._handlers

        def hook(event: str, args: "Tuple[Any, ...]") -> None:
            if event in handlers:
                try:
                    handlers[event](*args)
                except Exception as error:
                    if not is_ours(error):
                        raise

        return hook

    def _at_first(self, event: str, load: "Callable[[], Dict[str, Handler]]") -> "Handler":
        def handle(*args: object) -> None:
            self._handlers.update(load())
            self._handlers[event](*args)

        return handle

    def _load_processes(self) -> "Dict[str, Handler]":
        from .processes import Processes

        return Processes(self._writer, self._files.paths, self._tell, self._replaced).handlers

    def _load_network(self) -> "Dict[str, Handler]":
        from .network import Network

        return Network(self._writer).handlers
