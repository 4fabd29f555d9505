"""Files to a remote, sent by the workers of a cluster: each its share, from the store, with credentials of its own."""

import os
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple

from gitprov.artifacts.beyond.cluster import Cluster
from gitprov.artifacts.beyond.keeping import portions
from gitprov.artifacts.hashing import Tell
from gitprov.artifacts.remotes import Item, Pushed, Remote, held, open_remote, send, shares
from gitprov.artifacts.remotes.outcome import Outcome, joined
from gitprov.artifacts.store import Store
from gitprov.errors import ProvError

_MOST: Final = 64
_MOST_BYTES: Final = 256 << 20


class Where(NamedTuple):
    """A remote, as a worker opens it with what its own environment knows."""

    name: str
    url: str
    options: Mapping[str, object]

    def open(self, environ: Mapping[str, str]) -> Remote:
        """Return the remote."""
        return open_remote(self.name, self.url, self.options, environ=environ)


class Share(NamedTuple):
    """What one worker is to send."""

    store: Store
    where: Where
    items: list[Item]


def push(
    cluster: Cluster, store: Store, items: Iterable[Item], where: Where, tell: Tell, *, environ: Mapping[str, str]
) -> Pushed:
    """Do what `remotes.push` does, with the workers sending. What they say is believed when it is seen from here."""
    wanted = {item.digest: item.size for item in items}
    with where.open(environ) as remote:
        remote.begin(writing=True)
        there = held(store, wanted, remote)
        tell(sum(wanted[digest] for digest in there))
        left = [Item(digest, size) for digest, size in wanted.items() if digest not in there]
        outcome = joined(_sent(cluster, store, left, where, tell))
        unsent = {*outcome.missing, *(damage.digest for damage in outcome.damaged)}
        _confirm(store, {item.digest: item.size for item in left if item.digest not in unsent}, remote)
    return Pushed(outcome.files, outcome.size, len(there), outcome.missing, outcome.damaged, outcome.content)


def _sent(cluster: Cluster, store: Store, items: list[Item], where: Where, tell: Tell) -> Iterator[Outcome]:
    large, packs = shares(items)
    parts = [*packs, *portions(large, _MOST, _MOST_BYTES)]
    for share, outcome in cluster.each(_send, (Share(store, where, part) for part in parts)):
        tell(sum(item.size for item in share.items))
        yield outcome


def _confirm(store: Store, sent: Mapping[str, int], remote: Remote) -> None:
    lost = len(sent.keys() - held(store, sent, remote))
    if lost:
        raise ProvError(
            f"workers say that they have sent {lost} files, and remote {remote.name!r} as seen from here has them not",
            hint="see that its address leads to the same place on all machines",
        )


def _send(share: Share) -> Outcome:
    with share.where.open(os.environ) as remote:
        remote.begin(writing=True)
        return send(share.store, share.items, remote, lambda _: None)
