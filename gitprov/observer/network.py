"""Which hosts this process connects to, by the names it asked for. What goes over the connection is not looked at."""

from time import monotonic_ns

from .protocol import CONNECTED, encode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Callable, Dict, List, Set

    from .writer import Writer

_MOST = 64


class Network:
    """Tells of connections as `host:port`, once each; `handlers` are by audit event."""

    def __init__(self, writer: "Writer") -> None:
        self._writer = writer
        self._told: Set[str] = set()
        self._asked: Dict[str, List[str]] = {}
        self.handlers: Dict[str, Callable[..., None]] = {
            "socket.getaddrinfo": self._looked_up,
            "socket.connect": self._connected,
        }

    def _looked_up(self, host: object, port: object, *_: object) -> None:
        """Remember a name: a connection to that port goes by a number, and comes next."""
        name = host.decode("ascii", "replace") if isinstance(host, bytes) else host
        if isinstance(name, str) and not _is_number(name):
            asked = self._asked.setdefault(str(port), [])
            if name not in asked and len(asked) < _MOST:
                asked.append(name)

    def _connected(self, _socket: object, address: object) -> None:
        if not isinstance(address, tuple) or len(address) < 2:
            return  # a socket in the file system
        host, port = address[0], address[1]
        if not isinstance(host, str) or not isinstance(port, int):
            return
        for name in self._asked.pop(str(port), None) or [host]:
            where = f"[{name}]:{port}" if ":" in name else f"{name}:{port}"
            if where not in self._told:
                payload = where.replace("\0", "").encode("utf-8", "replace")
                self._writer.send(encode(CONNECTED, monotonic_ns() // 1000, payload))
                self._told.add(where)


def _is_number(host: str) -> bool:
    return ":" in host or host.replace(".", "").isdigit()
