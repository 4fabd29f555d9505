from gitprov.index import fields
from gitprov.index.compare import is_sortable, sort_key


def test_the_format_and_short_names_are_known_without_any_record() -> None:
    for name in ("id", "schema", "status", "code.commit", "input.path", "intent.verdict", "capture.missing", "tag"):
        assert fields.is_known(fields.parse_name(name)), name
    assert not fields.is_known(fields.parse_name("code.nothing"))
    assert not fields.is_known(fields.parse_name("colour"))


def test_any_name_under_params_metrics_and_seeds_may_be_asked_for() -> None:
    assert all(fields.is_known(fields.parse_name(f"{table}.anything.at.all")) for table in fields.OPEN)


def test_records_tell_the_names_of_what_they_hold() -> None:
    run = {"params": {"model": {"depth": 3}}, "input": [{"path": "a"}, {"size": 1}]}
    assert set(fields.names_in(run)) == {
        "params",
        "params.model",
        "params.model.depth",
        "input",
        "input.path",
        "input.size",
    }


def test_the_nearest_name_is_one_that_ends_so_or_one_that_is_spelled_alike() -> None:
    assert fields.nearest("accuracy", lambda: {"metrics.accuracy"}) == "metrics.accuracy"
    assert fields.nearest("metrics.acuracy", lambda: {"metrics.accuracy"}) == "metrics.accuracy"
    assert fields.nearest("commit") == "code.commit"
    assert fields.nearest("qqqqqq") == ""


def test_a_field_has_every_value_that_its_name_leads_to() -> None:
    run = {"metrics": {"a": {"b": 1}, "a.b": 2}, "tags": ["x", "y"], "params": {"none": None}}
    assert fields.parse_name("metrics.a.b").values(run) == [1, 2]
    assert fields.parse_name("tag").values(run) == ["x", "y"]
    assert fields.parse_name("tag").first(run) == "x"
    assert fields.parse_name("params.none").values(run) == []
    assert fields.parse_name("command").values(run) == []
    assert fields.parse_name("params.gone").first(run) is None


def test_values_sort_as_numbers_then_texts_then_the_rest() -> None:
    values = ["b", 2, True, "-Infinity", 1.5, "a", "Infinity", 10**400]
    assert sorted(values, key=sort_key) == ["-Infinity", 1.5, 2, 10**400, "Infinity", "a", "b", True]
    assert not is_sortable("NaN")
    assert not is_sortable(None)
