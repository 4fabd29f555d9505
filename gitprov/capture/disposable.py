"""Files that only save time: they may be lost or damaged at any moment, and failing to write one is no failure."""

import os


def write(path: str, data: bytes) -> None:
    """Write a file whole or not at all, making its directory; what cannot be written is done without."""
    temporary = f"{path}.{os.getpid()}"
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(temporary, "wb") as file:
            file.write(data)
        os.replace(temporary, path)
    except OSError:
        return
