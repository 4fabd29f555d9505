import pytest

from gitprov.observer.processes import is_python, kept_out_by


@pytest.mark.parametrize("name", ["python", "/usr/bin/python3", "python3.11", "/x/python3.13t", "pypy3", "pypy3.10"])
def test_interpreters_are_known_by_their_name(name: str) -> None:
    assert is_python(name)


@pytest.mark.parametrize("name", ["", "pythonista", "/python3/bash", "ipython", "python-config", "Rscript"])
def test_other_programs_are_not_taken_for_one(name: str) -> None:
    assert not is_python(name)


@pytest.mark.parametrize(
    ("options", "how"),
    [
        ("-I", "with -I"),
        ("-sE x.py", "with -E"),
        ("-OOS x.py", "with -S"),
        ("-W error -X dev -I x.py", "with -I"),
        ("-Werror -E x.py", "with -E"),
        ("--check-hash-based-pycs=always -I", "with -I"),
        ("x.py -I", ""),
        ("-m tool -E", ""),
        ("-cpass -S", ""),
        ("-WI x.py", ""),
        ("-XE x.py", ""),
        ("-uB x.py", ""),
        ("- -I", ""),
        ("", ""),
    ],
)
def test_options_that_keep_the_observer_out_are_read_as_python_reads_them(options: str, how: str) -> None:
    assert kept_out_by(options.split()) == how
