from generator.commands import read
from generator.prose import EXIT_STATUS, blocks
from gitprov.errors import ExitStatus
from support.standin import program


def test_hidden_commands_and_options_are_left_out() -> None:
    run, show = (command for command in read(program).verbs if not command.verb.startswith("data"))

    assert (run.verb, show.verb) == ("run", "show")
    assert "--secret" not in {name for option in run.options for name in option.names}


def test_an_option_is_read_with_all_that_pages_and_shells_need() -> None:
    (run,) = (command for command in read(program).verbs if command.verb == "run")
    options = {option.names[-1]: option for option in run.options}

    assert options["--message"].names == ("-m", "--message")
    assert options["--message"].metavar == "MSG"
    assert options["--input"].repeatable
    assert options["--input"].takes_path
    assert options["--metrics"].takes_path
    assert not options["--message"].takes_path
    assert options["--trace"].choices == ("auto", "strace", "off")
    assert options["--trace"].help == "How. [default: auto]"
    assert options["--no-keep"].names == ("--keep", "--no-keep")
    assert options["--no-keep"].metavar == ""
    assert options["--help"].names == ("-h", "--help")


def test_a_summary_is_one_line_without_a_full_stop() -> None:
    summaries = [verb.summary for verb in read(program).verbs]

    assert summaries[:2] == ["keep data", "add files"]
    assert summaries[-2:] == ["run a command and record it", "show one run in full"]


def test_a_verb_that_runs_a_command_is_known_by_its_argument() -> None:
    assert [verb.verb for verb in read(program).verbs if verb.wraps_command] == ["run"]


def test_help_text_comes_apart_into_paragraphs_and_literal_lines() -> None:
    assert blocks("One\n    line.\n\n    \b\n    $ git\n      log\n\n    Two.\f\n\n    Not this.") == (
        ("One line.", False),
        ("$ git\n  log", True),
        ("Two.", False),
    )


def test_every_exit_status_has_words() -> None:
    assert set(EXIT_STATUS) == set(ExitStatus)


def test_groups_are_read_with_all_below_them() -> None:
    found = read(program)

    assert [command.verb for command in found.verbs] == [
        *("data", "data add", "data remote", "data remote rm", "run", "show")
    ]
    assert [command.word for command in found.groups] == ["", "data", "remote"]
    assert [command.name for command in found.below(found.verbs[0])] == ["git prov data add", "git prov data remote"]
    assert found.above(found.verbs[3]).page == "git-prov-data-remote"
    assert found.verbs[3].usage == "[OPTIONS] {near|far}"
