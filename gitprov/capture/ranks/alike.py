"""Whether ranks run the same command: a rank's own number may stand in it, and nothing else may differ."""

from collections.abc import Collection, Sequence

from gitprov.artifacts.hashing import digest_bytes

Shape = list[list[str]]
"""Each word of a command: a digest of it without the digits at its end, and those digits."""


Its = Collection[str]
"""Numbers that are a rank's own."""


def shape(command: Sequence[str]) -> Shape:
    """What is compared of a command; it holds no word of it, because there may be secrets among them."""
    return [_word(word) for word in command]


def alike(one: Shape, its: Its, other: Shape, others: Its) -> bool:
    """Whether two commands are the same; `its` and `others` are the numbers that are each one's own."""
    if len(one) != len(other):
        return False
    return all(a == b or (a[0] == b[0] and a[1] in its and b[1] in others) for a, b in zip(one, other, strict=True))


def _word(word: str) -> list[str]:
    stem = word.rstrip("0123456789")
    return [digest_bytes(stem.encode("utf-8", "surrogateescape"))[3:19], word[len(stem) :]]
