"""A process that pushes or fetches, and sends itself a signal once so many bytes are done: a script.

Arguments: push or fetch, the store, the URL, a JSON file of items, the bytes after which it dies (0: never), and the
signal's name.
It prints one JSON array: files, bytes over the wire, files that were there, missing ones, damaged ones.
"""

import json
import os
import signal
import sys
from pathlib import Path

from gitprov.artifacts.remotes import Item, fetch, open_remote, push
from gitprov.artifacts.store import Store


def main() -> None:
    """Do what the arguments say."""
    verb, root, url, listed, limit, name = sys.argv[1:]
    items = [Item(*pair) for pair in json.loads(Path(listed).read_text())]
    left = int(limit) or sys.maxsize

    def tell(count: int) -> None:
        nonlocal left
        left -= count
        if left <= 0:
            left = sys.maxsize
            os.kill(os.getpid(), signal.Signals[name])

    with open_remote("there", url, environ=os.environ) as remote:
        done = push(Store(root), items, remote, tell) if verb == "push" else fetch(items, remote, Store(root), tell)
    sys.stdout.write(json.dumps(done[:5]))


if __name__ == "__main__":
    main()
