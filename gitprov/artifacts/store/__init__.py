"""The local store: bytes by their digest, never served when they are not what their name says.

`local` is its face, `keeper` fills it, `reading` and `verifying` take bytes out of it. `packs`, `packindex` and
`packwriter` keep many small files in one, `layout` knows where things stand, `filling` and `sources` how a file gets
in. What stands where is in the specification, `docs/spec/store.md`.
"""

from gitprov.artifacts.store.damage import Damage, Damaged
from gitprov.artifacts.store.keeper import SMALL, Keeper
from gitprov.artifacts.store.local import Stats, Store

__all__ = ["SMALL", "Damage", "Damaged", "Keeper", "Stats", "Store"]
