"""Remotes: a store elsewhere, in the layout of a store, to send files to and fetch them from.

`remote` opens one, `push`, `fetch` and `check` work with it. A kind of place is a `backend`: `directory`, `sftp` (over
`ssh`), `s3`, and in `cloud` what else fsspec reaches. What comes from a remote is believed only when its bytes have
the digest; nothing here knows of records, of Git, or of paths in a working tree.
"""

from gitprov.artifacts.remotes.check import check, parts
from gitprov.artifacts.remotes.fetch import Fetched, fetch
from gitprov.artifacts.remotes.push import Pushed, held, push, send, shares
from gitprov.artifacts.remotes.remote import WORKERS, Item, Remote, open_remote

__all__ = [
    "WORKERS",
    "Fetched",
    "Item",
    "Pushed",
    "Remote",
    "check",
    "fetch",
    "held",
    "open_remote",
    "parts",
    "push",
    "send",
    "shares",
]
