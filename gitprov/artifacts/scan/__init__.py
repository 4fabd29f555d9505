"""The hashing engine: the digest and the listings of a directory, at the speed of the disk.

`tree` walks, `rows` says what `lstat` says, `workers` are forked processes that read and hash (`reading`), `remembered`
is what is known from the last time. Memory does not grow with the number of files but for the names of one directory.
"""

from gitprov.artifacts.scan.result import Scanned
from gitprov.artifacts.scan.scanning import one, scan

__all__ = ("Scanned", "one", "scan")
