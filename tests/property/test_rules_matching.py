"""The quick look at patterns never says no where the patterns themselves say yes."""

from hypothesis import example, given
from hypothesis import strategies as st

from gitprov.api.policy.matching import matcher, may_match

names = st.text(alphabet="ab.-! \\[]*?", min_size=1, max_size=4)
paths = st.lists(st.text(alphabet="ab.-! ", min_size=1, max_size=4), min_size=1, max_size=4).map("/".join)
patterns = st.lists(
    st.one_of(names, st.sampled_from(["**", "*", "*.b", "a[ab]", "[!a]b", "a\\*"])), min_size=1, max_size=4
).map("/".join)


@given(
    st.lists(
        st.tuples(st.sampled_from(["", "/", "!", "**/"]), patterns, st.sampled_from(["", "/", "/**"])),
        min_size=1,
        max_size=3,
    ),
    paths,
)
@example([("", "results", "/**")], "results/a/b")
@example([("", "*.b", "")], "a/b.b")
@example([("**/", "a", "/")], "b/a/b")
def test_what_patterns_are_about_is_never_overlooked(parts: list[tuple[str, str, str]], path: str) -> None:
    lines = ["".join(part) for part in parts]
    try:
        is_about = matcher(lines)
    except ValueError:
        return

    if is_about(path):
        assert may_match(lines, [path])
