"""Taking the token out of a keyring that does not do its part."""

from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backends import fail
from keyring.errors import PasswordDeleteError

from engine import cli
from engine.errors import ErrorKind, NestlingError
from engine.hub import token
from tests.file_keyring import VARIABLE, FileKeyring, LockedKeyring

HUB = "https://huggingface.co"


class Cancelling(FileKeyring):
    """Says of what it keeps only that it cannot be deleted, as KWallet does."""

    def delete_password(self, service: str, username: str) -> None:
        raise PasswordDeleteError("Cancelled by user")


@pytest.fixture(autouse=True)
def _kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A token, in a keyring that can be taken away."""
    monkeypatch.setenv(VARIABLE, str(tmp_path / "keyring.json"))
    before = keyring.get_keyring()
    keyring.set_keyring(FileKeyring())
    token.keep(HUB, "hf_x")
    yield
    keyring.set_keyring(before)


def test_there_was_one_and_then_there_is_none() -> None:
    assert token.forget(HUB)
    assert not token.forget(HUB)
    keyring.set_keyring(fail.Keyring())
    assert not token.forget(HUB), "where there is no keyring at all, there is none in it"


@pytest.mark.parametrize(
    ("backend", "reason"),
    [
        (LockedKeyring, "Failed to unlock the collection"),
        (Cancelling, "Cancelled by user"),
    ],
)
def test_what_is_not_taken_out_is_said(
    backend: type[keyring.backend.KeyringBackend],
    reason: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    keyring.set_keyring(backend())
    with pytest.raises(NestlingError, match=reason) as caught:
        token.forget(HUB)
    assert caught.value.kind is ErrorKind.KEYRING
    assert "huggingface.co" in caught.value.message
    assert "try again" in caught.value.message
    options = ["models", "token", "--forget", "--server", HUB]
    assert cli.run(cli.parse(options)) == 1
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", f"{caught.value.message}\n")
    keyring.set_keyring(FileKeyring())
    assert token.kept(HUB) == "hf_x"


def test_a_keyring_that_does_not_tell_is_not_said_to_be_empty(
    capsys: pytest.CaptureFixture[str],
) -> None:
    keyring.set_keyring(LockedKeyring())
    assert cli.run(cli.parse(["models", "token", "--server", HUB])) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert "cannot be asked for a token for huggingface.co (Failed to unlock" in said.err
    keyring.set_keyring(fail.Keyring())
    assert cli.run(cli.parse(["models", "token", "--server", HUB])) == 0
    assert "None for" in capsys.readouterr().out


def test_for_programs_it_is_json(capsys: pytest.CaptureFixture[str]) -> None:
    options = ["models", "token", "--json", "--server", HUB]
    for words in ([], ["--forget"], ["--forget"], []):
        assert cli.run(cli.parse([*options, *words])) == 0
    assert capsys.readouterr().out.splitlines() == [
        '{"host": "huggingface.co", "kept": true}',
        '{"host": "huggingface.co", "forgotten": true}',
        '{"host": "huggingface.co", "forgotten": false}',
        '{"host": "huggingface.co", "kept": false}',
    ]
