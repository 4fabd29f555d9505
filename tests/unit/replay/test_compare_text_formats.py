import json

import pytest

from gitprov.replay.compare.outcome import DIFFERS, NOISE, NOT_COMPARABLE, WITHIN
from support.comparing import compared


def test_json_is_compared_by_structure_whatever_the_order_of_keys() -> None:
    assert compared('{"a": 1, "b": [2.0]}', '{"b": [2], "a": 1}', "m.json").noise == (
        "how the same content is written",
    )


def test_a_number_in_json_is_judged_by_the_tolerance_of_its_key() -> None:
    before, after = '{"val": {"accuracy": 0.931}}', '{"val": {"accuracy": 0.928}}'
    assert compared(before, after, "m.json").grade == DIFFERS
    for name in ("accuracy", "val.accuracy", "val/accuracy", "m.json", "*.json"):
        outcome = compared(before, after, "m.json", f"{name}=0.005")
        assert outcome.grade == WITHIN
        assert outcome.note == "largest difference 0.003 at val.accuracy, allowed abs:0.005"


def test_what_differs_in_json_is_named_with_its_place() -> None:
    assert compared('{"a": [1, 2]}', '{"a": [1, 3]}', "m.json").note == "a[1]: 2 → 3"
    assert compared('{"a": 1}', '{"b": 1}', "m.json").note.startswith("a stands only in what is recorded")
    assert compared('{"a": [1]}', '{"a": [1, 2]}', "m.json").note == "a has 2 entries instead of 1"
    assert compared('{"a": true}', '{"a": 1}', "m.json").note == "a: True → 1"
    assert compared('{"a": null}', '{"a": {}}', "m.json").note == "a: None → a table of 0"
    assert compared('{"a": NaN}', '{"a": NaN }', "m.json").noise == ("how the same content is written",)
    assert compared('{"a": NaN}', '{"a": 1.0}', "m.json").note == "a: NaN → 1.0"


def test_json_that_cannot_be_parsed_is_compared_by_lines() -> None:
    assert compared('{"a": 1', '{"a": 2', "m.json").note == 'line 1: {"a": 1 → {"a": 2'


def test_json_lines_are_compared_line_by_line() -> None:
    assert compared('{"a":1}\n{"a":2}\n', '{"a":1}\n{"a":3}\n', "log.jsonl").note == "line 2.a: 2 → 3"
    assert "line 2 stands only in what is new" in compared('{"a":1}\n', '{"a":1}\n{"a":2}\n', "log.jsonl").note


def test_yaml_and_toml_are_compared_by_structure() -> None:
    assert compared("a: 1\nb: [x]\n", "b:\n- x\na: 1\n", "c.yaml").grade == NOISE
    assert compared("lr: 1e-3\n", "lr: 0.001\n", "c.yml").grade == NOISE
    assert compared("lr: 0.1\n", "lr: 0.2\n", "c.yaml").note == "lr: 0.1 → 0.2"
    assert compared("[a]\nb = 1\n", "a = {b = 2}\n", "c.toml").note == "a.b: 1 → 2"


def test_a_table_is_compared_by_cells_and_the_tolerance_of_the_column() -> None:
    before, after = "name,loss\nx,0.5\ny,0.25\n", "name,loss\nx,0.5000000000001\ny,0.25\n"
    assert compared(before, after, "t.csv").note == "largest difference 1e-13 at row 2, column loss, allowed rel:1e-09"
    assert compared("a\tb\n1\t2\n", "a\tb\n1\t3\n", "t.tsv").note == "row 2, column b: 2 → 3"
    assert compared("a,b\n1,2.5\n", "a,b\n1,3.5\n", "t.csv", "b=1").grade == WITHIN
    assert compared("a;b\n1;x\n", "a;b\n1;y\n", "t.csv").note == "row 2, column b: x → y"


def test_rows_columns_and_cells_that_are_missing_are_counted() -> None:
    assert compared("a\n1\n2\n3\n", "a\n1\n", "t.csv").note == "2 rows, 4 are recorded"
    assert compared("a\n1\n", "a\n1\n2\n", "t.csv").note == "3 rows, 2 are recorded"
    assert compared("a,b\n1,2\n", "a,b\n1\n", "t.csv").note == "row 2 has 1 cells instead of 2"
    assert compared("a,b\n1,2\n", "b,a\n1,2\n", "t.csv").note.startswith("the columns stand in another order")


def test_text_names_the_first_line_that_differs() -> None:
    outcome = compared("one\ntwo\nthree\n", "one\n2wo\nthree!\n")
    assert outcome.grade == DIFFERS
    assert outcome.note == "line 2: two → 2wo (and 1 further)"


def test_a_long_line_is_shown_where_it_differs() -> None:
    before, after = "x" * 500 + " here it is", "x" * 500 + " there it is"
    assert compared(before, after).note == f"line 1: …{'x' * 19} here it is → …{'x' * 19} there it is"


def test_numbers_in_text_are_numbers_and_names_are_names() -> None:
    assert compared("loss 0.1 at 3\n", "loss 0.10000000000001 at 3\n").grade == WITHIN
    assert compared("loss 0.1\n", "loss 0.2\n").note == "line 1: loss 0.1 → loss 0.2"
    assert compared("v1.0.1\n", "v1.0.2\n", "x.txt", "default=any").grade == DIFFERS
    assert compared("epoch 3\n", "epoch 4\n").grade == DIFFERS


def test_line_endings_are_noise() -> None:
    assert compared("a\nb\n", "a\r\nb\r\n").noise == ("line endings",)


@pytest.mark.parametrize("name", ["log.txt", "m.json", "t.csv", "c.yaml"])
def test_each_sides_own_paths_are_noise(name: str) -> None:
    lines = {
        "log.txt": "saved to {}/model.bin.\n",
        "m.json": '{{"model": "{}/model.bin"}}',
        "t.csv": "a,b\n1,{}/x.png\n",
        "c.yaml": "model: {}/model.bin\n",
    }
    before, after = lines[name].format("/home/ana/wine"), lines[name].format("/srv/bo/copy")
    outcome = compared(before, after, name)
    assert (outcome.grade, outcome.noise) == (NOISE, ("path of the repository",))


def test_a_path_that_only_begins_like_the_repositorys_is_another_path() -> None:
    before, after = "/home/ana/wine/a, /home/ana/wine2/x", "/srv/bo/copy/a, /srv/bo/copy/x"
    assert compared(before, after).grade == DIFFERS
    assert compared("/home/ana/wine/sub/x", "/srv/bo/copy/x").grade == DIFFERS
    assert compared("/home/ana/wine, /home/ana/wine.bak", "/srv/bo/copy, /srv/bo/copy").grade == DIFFERS


def test_temporary_names_addresses_and_random_identifiers_are_noise() -> None:
    before = "in /tmp/tmpab12cd/x: <Axes at 0x7f3a00112233> 0f8fad5b-d9cb-469f-a165-70867728950e\n"
    after = "in /tmp/tmpzz98xy/x: <Axes at 0x7f3b44556677> 7c9e6679-7425-40de-944b-e07fc1f90ae7\n"
    outcome = compared(before, after)
    assert outcome.noise == ("address in memory", "name of a temporary file", "random identifier")


def test_dates_and_random_ids_of_a_figure_are_noise_and_its_lines_are_not() -> None:
    svg = (
        '<svg><dc:date>2026-0{n}-01T10:00:00.1</dc:date><clipPath id="p{n}f2e01ab9{n}"/>'
        '<g clip-path="url(#p{n}f2e01ab9{n})"/>\n<path d="M {x} 2"/></svg>'
    )
    outcome = compared(svg.format(n=1, x=5), svg.format(n=2, x=5), "f.svg")
    assert (outcome.grade, set(outcome.noise)) == (NOISE, {"creation date", "random identifiers"})
    assert compared(svg.format(n=1, x=5), svg.format(n=2, x=6), "f.svg").grade == DIFFERS


def test_an_id_that_is_reused_elsewhere_is_a_difference() -> None:
    before = '<a id="p1111111111"/><b id="p2222222222"/><u href="#p1111111111"/>'
    after = '<a id="p3333333333"/><b id="p4444444444"/><u href="#p4444444444"/>'
    assert compared(before, after, "f.svg").grade == DIFFERS


def test_the_creation_date_of_postscript_is_noise() -> None:
    page = "%!PS\n%%CreationDate: Mon Nov {}\n0 0 moveto\n"
    assert compared(page.format(1), page.format(2), "f.eps").noise == ("creation date",)


def test_hostile_documents_are_answered_and_not_believed() -> None:
    deep = "[" * 200_000
    assert compared(deep, deep + "]", "m.json").grade in (DIFFERS, NOT_COMPARABLE)
    bomb = "a0: &a0 [x,x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1},*a{n - 1}]\n" for n in range(1, 60))
    assert compared(bomb, bomb + "z: 1\n", "c.yaml").note == "z stands only in what is new"
    merged = "a0: &a0 {x: 1}\n" + "".join(f"a{n}: &a{n} {{<<: [*a{n - 1}, *a{n - 1}]}}\n" for n in range(1, 60))
    assert compared(merged, merged + "z: 1\n", "c.yaml").note == "z stands only in what is new"
    assert compared("x: !!python/object/apply:os.getcwd []", "x: 1", "c.yaml").grade == DIFFERS
    entities = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><x>&b;</x>'
    assert compared(entities, entities.replace("aaaa", "bbbb"), "x.xml").note.startswith("line 1: …TYPE x [<!ENTITY")
    assert compared("1" * 5000, "1" * 4999 + "2", "m.json").grade == DIFFERS
    for endless in ("1" * 900_000 + "x", "1." * 400_000, "id='" * 200_000, "<!-- Created 2026-01-01" * 30_000):
        assert compared(endless, endless + "y", "f.svg").grade == DIFFERS
    assert compared('"' + "x" * 200_000, "y", "t.csv").grade == DIFFERS


def test_so_much_that_differs_is_counted_no_further() -> None:
    before, after = json.dumps([0.5] * 5000), json.dumps([0.25] * 5000)
    assert compared(before, after, "m.json").note == "[0]: 0.5 → 0.25 (and 999 or more further)"
