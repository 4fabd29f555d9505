import os
from pathlib import Path

import pytest

from gitprov.capture.secrets.redactor import find_in_file

TOKEN = ("ghp_" + "aB3dE5gH7jK9" * 3).encode()


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        (".env", "env-file"),
        (".env.production", "env-file"),
        ("id_rsa", "private-key"),
        ("id_ed25519", "private-key"),
        (".netrc", "password"),
        (".pgpass", "password"),
        (".env.example", ""),
        (".envrc", ""),
        ("id_rsa.pub", ""),
        ("server.pem", ""),
        ("credentials.json", ""),
    ],
)
def test_some_names_say_that_a_file_is_secret_whatever_it_holds(tmp_path: Path, name: str, kind: str) -> None:
    path = tmp_path / name
    path.write_text("DEBUG=1\n")
    assert find_in_file(str(path), 1 << 20) == kind


def test_a_service_account_file_is_flagged_for_the_key_in_it(tmp_path: Path) -> None:
    path = tmp_path / "credentials.json"
    dashes = "-" * 5
    key = f"{dashes}BEGIN PRIVATE KEY{dashes}\\n{'aB3d' * 16}\\n{dashes}END PRIVATE KEY{dashes}\\n"
    path.write_text(f'{{"type": "service_account", "private_key": "{key}"}}')
    assert find_in_file(str(path), 1 << 20) == "private-key"


def test_only_the_first_bytes_are_searched(tmp_path: Path) -> None:
    path = tmp_path / "log.txt"
    path.write_bytes(b"x" * 1000 + b" " + TOKEN)
    assert find_in_file(str(path), 1000) == ""
    assert find_in_file(str(path), 2000) == "github-token"


def test_what_is_no_regular_file_is_not_opened(tmp_path: Path) -> None:
    (tmp_path / "real").write_bytes(TOKEN)
    (tmp_path / ".env").symlink_to("real")
    os.mkfifo(tmp_path / "pipe")
    assert find_in_file(str(tmp_path / ".env"), 1000) == ""
    assert find_in_file(str(tmp_path / "pipe"), 1000) == ""
    assert find_in_file(str(tmp_path), 1000) == ""


def test_a_file_that_is_gone_is_an_error_of_the_system(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        find_in_file(str(tmp_path / "gone"), 1000)
