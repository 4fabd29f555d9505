import os

from gitprov.capture.injection import inject, withdraw
from gitprov.observer.protocol import EVENTS, FILES


def test_the_observer_stands_before_the_users_own_path() -> None:
    environ = {"PYTHONPATH": "/mine:/too"}
    inject(environ, "/events", files=True)
    first, *rest = environ["PYTHONPATH"].split(":")
    assert os.path.isfile(os.path.join(first, "sitecustomize.py"))
    assert rest == ["/mine", "/too"]
    assert (environ[EVENTS], environ[FILES]) == ("/events", "1")


def test_no_path_does_not_become_the_current_directory() -> None:
    for environ in ({}, {"PYTHONPATH": ""}):
        inject(environ, "/events", files=False)
        assert "" not in environ["PYTHONPATH"].split(":")
        assert FILES not in environ


def test_an_enclosing_runs_observer_is_replaced() -> None:
    environ = {"PYTHONPATH": "/mine"}
    inject(environ, "/outer", files=True)
    environ["PYTHONPATH"] = "/another/gitprov/observer/site:" + environ["PYTHONPATH"]
    environ["GIT_PROV_DEPTH"] = "3"
    once = {"PYTHONPATH": "/mine"}
    inject(environ, "/inner", files=False)
    inject(once, "/inner", files=False)
    assert environ == once


def test_withdrawing_leaves_what_was_there_before() -> None:
    for before in ({}, {"PYTHONPATH": "/mine:"}, {"PYTHONPATH": "a"}):
        environ = dict(before)
        inject(environ, "/events", files=True)
        withdraw(environ)
        assert environ == before
