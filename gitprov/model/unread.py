"""What is known of a record that cannot be read here."""

from typing import NamedTuple


class Unread(NamedTuple):
    """A record of a newer schema or an unknown kind: kept and passed on as its bytes stand, never shown in full.

    `id` and `at` are empty where they do not have the form they have in schema 1.
    """

    id: str
    kind: str
    schema: int
    at: str
