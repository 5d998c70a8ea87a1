"""`main.py models …` as a process of its own: for people, and as the window runs it."""

import json
import os
import shlex
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from engine import cli
from engine.hub.part import SYNC_BYTES
from tests.engine.hub.conftest import LONG, ROOT, WEIGHTS
from tests.hub_server import Fault, HubServer


class Child:
    """`models get E2B --progress json`, as the window runs it."""

    def __init__(self, environment: dict[str, str]) -> None:
        command = [str(ROOT / "main.py"), "models", "get", "E2B", "--progress", "json"]
        self.process = subprocess.Popen(
            [sys.executable, *command],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def events(self) -> Iterator[dict[str, Any]]:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            yield json.loads(line)

    def until(self, kind: str) -> dict[str, Any]:
        return next(event for event in self.events() if event["event"] == kind)

    def answer(self, token: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps({"token": token}) + "\n")
        self.process.stdin.flush()

    def end(self) -> int:
        """Its exit status, once it has ended by itself."""
        status = self.process.wait(LONG)
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            assert stream is not None
            stream.close()
        return status


@pytest.fixture
def child(environment: dict[str, str]) -> Iterator[Callable[..., Child]]:
    made: list[Child] = []

    def start(**more: str) -> Child:
        made.append(Child(environment | more))
        return made[-1]

    yield start
    for one in made:
        one.process.kill()
        one.end()


def folder_in(tmp_path: Path) -> Path:
    return tmp_path / "data" / "nestling" / "models" / "gemma-3n-E2B-it"


def test_a_model_is_fetched_named_listed_and_removed(
    models: Callable[..., Any], hub: HubServer, tmp_path: Path, files: dict[str, bytes]
) -> None:
    done = models("get", "e2b")
    folder = folder_in(tmp_path)
    assert (done.returncode, done.stdout) == (0, f"{folder}\n")
    assert "google/gemma-3n-E2B-it at aaaaaaaaaaaa" in done.stderr
    assert (folder / WEIGHTS).read_bytes() == files[WEIGHTS]
    assert models("where", "E2B").stdout == f"{folder}\n"
    assert models("where").stdout == f"{folder.parent}\n"
    listed = models("list").stdout
    assert "nano" in listed
    assert "yes" in listed.split("E2B")[1].split("E4B")[0]
    requests = len(hub.seen)
    removed = models("remove", "E2B")
    assert removed.returncode == 0
    assert "free again" in removed.stderr
    assert not folder.exists()
    again = models("remove", "E2B")
    assert again.returncode == 1
    assert "nothing to remove" in again.stderr
    assert "is not in" in models("where", "E2B").stderr
    assert len(hub.seen) == requests  # only `get` asks the server


@pytest.mark.parametrize(("token", "status"), [("", 0), ("hf_right", 1)])
def test_a_model_is_fetched_where_nobody_can_be_told_or_asked(
    environment: dict[str, str], hub: HubServer, tmp_path: Path, token: str, status: int
) -> None:
    """As in `main.py models get E2B <&- 2>&-`."""
    hub.token = token
    command = shlex.join([sys.executable, str(ROOT / "main.py"), "models", "get", "E2B"])
    done = subprocess.run(
        f"{command} <&- 2>&-", shell=True, env=environment, stdout=subprocess.PIPE, check=False
    )
    told = b"" if token else f"{folder_in(tmp_path)}\n".encode()
    assert (done.returncode, done.stdout) == (status, told)


def test_every_other_repository_has_a_folder_of_its_own(
    models: Callable[..., Any], hub: HubServer, tmp_path: Path
) -> None:
    hub.repo = "someone/gemma-3n-E2B-it"
    assert models("get", hub.repo).returncode == 0
    other = folder_in(tmp_path).with_name("someone--gemma-3n-E2B-it")
    assert other.is_dir()
    data = json.loads(models("list", "--json").stdout)
    states = {model["name"]: model["state"] for model in data["models"]}
    absent = dict.fromkeys(("E2B", "E4B", "E2B-4bit", "E4B-4bit"), "absent")
    assert states == {**absent, hub.repo: "ready"}
    assert (data["address"], data["host"]) == (hub.address, "127.0.0.1")
    assert data["free"] > 0
    assert models("remove", hub.repo).returncode == 0


def test_a_folder_that_a_person_put_there_is_not_removed(
    models: Callable[..., Any], tmp_path: Path
) -> None:
    folder_in(tmp_path).mkdir(parents=True)
    refused = models("remove", "E2B")
    assert refused.returncode == 1
    assert "remove it yourself" in refused.stderr
    assert folder_in(tmp_path).is_dir()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("get", "nano"), "comes with the program"),
        (("remove", "nano"), "comes with the program"),
        (("get", "E9B"), "expected E2B, E4B"),
        (("get", "../../etc/passwd"), "expected E2B, E4B"),
        (("get", "a/..b"), "expected E2B, E4B"),
        (("get", "E2B", "--server", "ftp://x"), "expected an address such as"),
        (("get", "E2B", "--server", "http://[x"), "expected an address such as"),
        (("get", "E2B", "--server", "https://name:word@host"), "expected an address such as"),
    ],
)
def test_what_cannot_be_is_one_sentence(
    words: tuple[str, ...], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = cli.parse(["--profile", str(tmp_path), "models", *words])
    assert cli.run(options) == 1
    assert said in capsys.readouterr().err


def test_a_killed_download_goes_on_where_it_was(
    child: Callable[..., Child], hub: HubServer, tmp_path: Path, files: dict[str, bytes]
) -> None:
    files[WEIGHTS] = os.urandom(SYNC_BYTES + 3_000_000)
    held = Fault(after=SYNC_BYTES + 1_000_000, then="hold")
    hub.fault(WEIGHTS, held)
    first = child()
    assert held.reached.wait(LONG)
    mark = folder_in(tmp_path).parent / ".gemma-3n-E2B-it.arriving" / f"{WEIGHTS}.synced"
    deadline = time.monotonic() + LONG
    while not (mark.exists() and int(mark.read_bytes() or b"0") >= SYNC_BYTES):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    first.process.kill()
    first.end()
    held.go_on.set()
    assert int(mark.read_bytes()) >= SYNC_BYTES
    assert not folder_in(tmp_path).exists()
    hub.seen.clear()
    second = child()
    events = list(second.events())
    assert second.end() == 0
    assert events[0]["event"] == "planned"
    assert events[0]["here"] >= SYNC_BYTES
    assert "checking" in [event["event"] for event in events]
    assert events[-1] == {"event": "finished", "folder": str(folder_in(tmp_path))}
    assert min(seen.start for seen in hub.requests(WEIGHTS)) >= SYNC_BYTES
    assert not hub.requests("tokenizer.model")
    assert (folder_in(tmp_path) / WEIGHTS).read_bytes() == files[WEIGHTS]


def test_who_started_it_can_end_it_by_going_away(
    child: Callable[..., Child], hub: HubServer
) -> None:
    """The window closes its end; so does the system when the window is killed."""
    held = Fault(after=100_000, then="hold")
    hub.fault(WEIGHTS, held)
    running = child()
    assert held.reached.wait(LONG)
    assert running.process.stdin is not None
    running.process.stdin.close()
    assert running.process.wait(LONG) == 130
    held.go_on.set()


def test_a_second_download_of_the_same_model_says_so(
    child: Callable[..., Child], models: Callable[..., Any], hub: HubServer
) -> None:
    held = Fault(after=100_000, then="hold")
    hub.fault(WEIGHTS, held)
    first = child()
    assert held.reached.wait(LONG)
    for words in (("get", "E2B"), ("remove", "E2B")):
        second = models(*words)
        assert second.returncode == 1
        assert "another Nestling" in second.stderr
    held.go_on.set()
    assert first.until("finished")
    assert first.end() == 0


def test_the_token_is_asked_for_once_and_kept_in_the_keyring(
    child: Callable[..., Child], models: Callable[..., Any], hub: HubServer, tmp_path: Path
) -> None:
    hub.token = "hf_right"
    running = child()
    wanted = running.until("token_wanted")
    assert wanted["page"] == f"{hub.address}/settings/tokens"
    assert wanted["terms"] == f"{hub.address}/google/gemma-3n-E2B-it"
    running.answer("hf_wrong")
    assert "does not accept" in running.until("token_wanted")["message"]
    running.answer(" hf_right \n")
    kept = running.until("token_kept")
    assert kept == {"event": "token_kept", "kept": True, "message": ""}
    assert running.until("finished")
    assert running.end() == 0
    assert "127.0.0.1 is in the system's keyring" in models("token").stdout
    assert models("remove", "E2B").returncode == 0
    silent = models("get", "E2B")
    assert silent.returncode == 0
    assert "hf_right" not in silent.stdout + silent.stderr
    for path in (tmp_path / "data").rglob("*"):
        assert not path.is_file() or b"hf_right" not in path.read_bytes()
    assert "is forgotten" in models("token", "--forget").stdout
    assert "No token" in models("token", "--forget").stdout
    assert "None for" in models("token").stdout


def test_a_licence_that_is_not_accepted_keeps_the_token_and_names_the_page(
    child: Callable[..., Child], models: Callable[..., Any], hub: HubServer
) -> None:
    hub.token, hub.licensed = "hf_right", False
    running = child()
    running.until("token_wanted")
    running.answer("hf_right")
    failed = running.until("failed")
    assert failed["kind"] == "licence"
    assert f"{hub.address}/google/gemma-3n-E2B-it" in failed["message"]
    assert running.end() == 1
    hub.licensed = True
    assert models("get", "E2B").returncode == 0


def test_without_a_keyring_the_token_holds_for_this_download(
    child: Callable[..., Child], hub: HubServer
) -> None:
    hub.token = "hf_right"
    running = child(PYTHON_KEYRING_BACKEND="keyring.backends.fail.Keyring")
    running.until("token_wanted")
    running.answer("hf_right")
    kept = running.until("token_kept")
    assert kept["kept"] is False
    assert "no keyring" in kept["message"]
    assert running.until("finished")
    assert running.end() == 0


def test_a_token_that_cannot_be_one_is_refused_before_it_is_sent(
    child: Callable[..., Child], hub: HubServer
) -> None:
    hub.token = "hf_right"
    running = child()
    running.until("token_wanted")
    running.answer("two words")
    failed = running.until("failed")
    assert (failed["kind"], "is no token" in failed["message"]) == ("token", True)
    assert running.end() == 1
    assert not [seen for seen in hub.seen if "Authorization" in seen.headers]


def test_ctrl_d_at_the_token_is_the_sentence_that_one_is_needed(
    environment: dict[str, str], hub: HubServer
) -> None:
    """In a terminal of its own; it was a traceback."""
    hub.token = "hf_right"
    screen, keyboard = os.openpty()
    with subprocess.Popen(
        [sys.executable, str(ROOT / "main.py"), "models", "get", "E2B"],
        env=environment,
        stdin=keyboard,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    ) as asked:
        os.close(keyboard)
        assert asked.stderr is not None
        said = b""
        while not said.endswith(b"(it is not shown): "):
            said += asked.stderr.read(1)
        assert b"accepted its terms" in said
        os.write(screen, b"\x04")
        after = asked.stderr.read().decode()
    os.close(screen)
    assert asked.returncode == 1
    assert "No token was given" in after
    assert after.startswith("\n")
    assert after.count("\n") == 2


def test_the_environments_token_is_used_and_nobody_is_asked(
    models: Callable[..., Any], hub: HubServer
) -> None:
    hub.token = "hf_right"
    refused = models("get", "E2B")
    assert refused.returncode == 1
    assert "accepted its terms" in refused.stderr
    assert models("get", "E2B", HF_TOKEN="hf_right").returncode == 0


def test_the_commands_import_nothing_of_the_hub_before_it_is_wanted() -> None:
    code = (
        "import sys, main; from engine import cli; "
        "cli.run(cli.parse(['models', 'list'])); cli.run(cli.parse(['models', 'where'])); "
        "print(sorted({'huggingface_hub', 'httpx2', 'keyring', 'torch'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "[]"
