"""The engine from a shell: results on stdout, one sentence on stderr, exit codes."""

import os
import shlex
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from engine import cli, provision
from engine.datatypes import Task
from engine.opened import UNSUPPORTED
from engine.residency import OUT_OF_MEMORY
from engine.text.matformer import Size, SizeTable, write_matformer
from tests.checkpoints import tiny_config, write_checkpoint

ROOT = Path(__file__).resolve().parents[2]
SIZES = (Size("small", (24,) * 12), Size("full", (48,) * 12))


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A general model of random weights with two sizes."""
    folder = write_checkpoint(tmp_path_factory.mktemp("models") / "tiny", tiny_config())
    write_matformer(folder, SizeTable(SIZES, (24, 48)))
    return folder


@pytest.fixture(scope="module")
def scribe(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model that was made to transcribe only."""
    folder = write_checkpoint(tmp_path_factory.mktemp("models") / "scribe", tiny_config())
    write_matformer(folder, SizeTable(SIZES, (24, 48), {Task.TRANSCRIBE: "Write:"}))
    return folder


@pytest.fixture(scope="module")
def spoken(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A question in a synthesiser's voice."""
    path = tmp_path_factory.mktemp("sounds") / "question.wav"
    command = ["espeak-ng", "-v", "en-us", "-s", "150", "-w", str(path), "what time is it"]
    subprocess.run(command, check=True)
    return path


def run(*arguments: object) -> int:
    return cli.run(cli.parse([str(argument) for argument in arguments]))


def shell(*arguments: object) -> subprocess.CompletedProcess[str]:
    """The real program in a process of its own."""
    command = [sys.executable, str(ROOT / "main.py"), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_without_a_command_the_window_is_meant() -> None:
    options = cli.parse([])
    assert (options.command, options.model) == (None, None)
    assert cli.parse(["--model", "somewhere"]).model == Path("somewhere")


@pytest.mark.parametrize("words", [["transcribe", "x.wav"], ["chat", "hi"], ["info"]], ids=str)
def test_the_model_may_stand_before_or_behind_the_command(words: list[str]) -> None:
    assert cli.parse(["--model", "m", *words]).model == Path("m")
    assert cli.parse([*words, "--model", "m"]).model == Path("m")
    assert cli.parse(words).model is None


@pytest.mark.parametrize(
    "words",
    [
        ["sing"],
        ["transcribe"],
        ["chat"],
        ["slice", "a"],
        ["chat", "hi", "--seed", "-1"],
        ["chat", "hi", "--seed", str(1 << 64)],
        ["--modle", "x"],
        ["chat", "hi", "--tokens", "0"],
        ["chat", "hi", "--pixels", "640"],
        ["chat", "hi", "--look-seconds", "none"],
        ["chat", "hi", "--look-seconds", "-1"],
        ["chat", "hi", "--image", "a.png", "--video", "b.mp4"],
    ],
    ids=str,
)
def test_wrong_usage_ends_with_2_and_says_so_on_stderr(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        cli.parse(words)
    assert caught.value.code == 2
    captured = capsys.readouterr()
    assert not captured.out
    assert "usage:" in captured.err


def test_speech_becomes_text_and_nothing_else_on_stdout(nano_folder: Path, spoken: Path) -> None:
    done = shell("transcribe", spoken, "--model", nano_folder, "--ears", "model")
    assert done.returncode == 0, done.stderr
    said = set(done.stdout.split())
    assert len(said & {"what", "time", "is", "it"}) >= 3
    assert len(said) <= 6


def test_silence_becomes_no_text(
    tiny: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "silence.flac"
    soundfile.write(path, np.zeros((44_100, 2), np.float32), 44_100)
    assert run("transcribe", path, "--model", tiny) == 0
    assert capsys.readouterr().out == ""


def test_an_answer_is_printed_and_a_seed_prints_it_again(
    tiny: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = []
    for _ in range(2):
        assert run("chat", "hello", "--seed", 1, "--model", tiny, "--tokens", 8) == 0
        captured = capsys.readouterr()
        assert not captured.err
        answers.append(captured.out)
    assert answers[0] == answers[1]
    assert answers[0].endswith("\n")


def test_a_model_that_does_not_chat_says_so_in_one_fixed_sentence(
    scribe: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("--model", scribe, "chat", "hello") == 1
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("", UNSUPPORTED[Task.CHAT] + "\n")


@pytest.mark.parametrize("command", ["transcribe", "chat", "info", "slice"])
def test_a_folder_without_a_model_is_one_sentence(
    command: str, tmp_path: Path, spoken: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments: dict[str, list[object]] = {
        "transcribe": ["transcribe", spoken, "--model", tmp_path],
        "chat": ["chat", "hello", "--model", tmp_path],
        "info": ["info", tmp_path],
        "slice": ["slice", tmp_path, "full", tmp_path / "out"],
    }
    assert run(*arguments[command]) == 1
    captured = capsys.readouterr()
    assert not captured.out
    assert str(tmp_path) in captured.err
    assert captured.err.count("\n") == 1


def test_a_sound_file_that_is_none_is_one_sentence(
    tiny: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "letter.wav"
    path.write_text("Dear reader")
    assert run("transcribe", path, "--model", tiny) == 1
    captured = capsys.readouterr()
    assert not captured.out
    assert path.name in captured.err
    assert captured.err.count("\n") == 1


def test_an_unknown_size_is_one_sentence_with_the_known_ones(
    tiny: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("chat", "hello", "--size", "huge", "--model", tiny) == 1
    assert "small, full" in capsys.readouterr().err


def test_info_lists_parts_and_sizes(tiny: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("info", tiny) == 0
    table = capsys.readouterr().out
    parts = ("decoder", "token embeddings", "per-layer embeddings", "audio tower", "total")
    columns = ("parameters", "effective", "on disk", "in memory")
    assert not [word for word in (*parts, *columns, "small", "full") if word not in table]


def test_a_slice_is_a_model_of_its_own(
    tiny: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "small"
    assert run("slice", tiny, "small", out) == 0
    assert capsys.readouterr().out == ""
    assert run("info", "--model", out) == 0


def test_a_slice_takes_the_model_like_every_command(tiny: Path, tmp_path: Path) -> None:
    """--model was taken and forgotten."""
    assert run("slice", "small", tmp_path / "one", "--model", tiny) == 0
    assert run("slice", tiny, "small", tmp_path / "two") == 0
    one, two = (tmp_path / name / "model.safetensors" for name in ("one", "two"))
    assert one.read_bytes() == two.read_bytes()


@pytest.mark.parametrize("error", [MemoryError(), RuntimeError("DefaultCPUAllocator: no memory")])
def test_too_little_memory_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], error: Exception
) -> None:
    def starve(_: object) -> None:
        raise error

    monkeypatch.setitem(cli._COMMANDS, "chat", starve)
    assert run("chat", "hello") == 1
    assert capsys.readouterr().err == OUT_OF_MEMORY + "\n"


def test_a_bug_keeps_its_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: object) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setitem(cli._COMMANDS, "chat", fail)
    with pytest.raises(RuntimeError, match="a bug"):
        run("chat", "hello")


def test_ctrl_c_ends_cleanly(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_: object) -> None:
        signal.raise_signal(signal.SIGINT)

    monkeypatch.setitem(cli._COMMANDS, "chat", interrupted)
    # Whoever runs the tests in the background has it ignored, which children inherit.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        assert run("chat", "hello") == 130
    finally:
        signal.signal(signal.SIGINT, before)


def test_a_reader_that_went_away_is_no_crash(tiny: Path) -> None:
    """As in `main.py info | true`."""
    command = [sys.executable, str(ROOT / "main.py"), "info", str(tiny)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    errors = process.stderr.read()
    process.stderr.close()
    assert (process.wait(), errors) == (1, "")


def test_results_that_cannot_be_written_are_one_sentence(tiny: Path) -> None:
    """/dev/full answers every write as a full disk does."""
    command = [sys.executable, str(ROOT / "main.py"), "info", str(tiny)]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("No space left on device")
    assert done.stderr.count("\n") == 1


def test_a_closed_output_is_one_sentence(tiny: Path) -> None:
    """As in `main.py info >&-`."""
    words = shlex.join([sys.executable, str(ROOT / "main.py"), "info", str(tiny)])
    done = subprocess.run(
        f"{words} >&-", shell=True, stderr=subprocess.PIPE, text=True, check=False
    )
    assert done.returncode == 1
    assert "output is closed" in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(("status", "words"), [(1, ["transcribe", "no.wav"]), (2, ["transcribe"])])
def test_closed_errors_are_told_nowhere(status: int, words: list[str]) -> None:
    """As in `main.py transcribe no.wav 2>&-`: `print` would take stdout in their place."""
    command = shlex.join([sys.executable, str(ROOT / "main.py"), *words])
    done = subprocess.run(f"{command} 2>&-", shell=True, stdout=subprocess.PIPE, check=False)
    assert (done.returncode, done.stdout) == (status, b"")


def test_another_error_of_the_system_keeps_its_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(cli._COMMANDS, "chat", lambda _: os.close(-1))
    with pytest.raises(OSError, match="Bad file descriptor"):
        run("chat", "hello")


WRONG_WEIGHTS = "NESTLING_WEIGHTS is 'fp16': expected auto, bf16, int8 or int4; "


def test_a_word_that_means_no_weights_is_one_sentence(
    tiny: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("NESTLING_WEIGHTS", "fp16")
    assert run("chat", "hello", "--model", tiny) == 1
    said = capsys.readouterr().err
    assert said.startswith(WRONG_WEIGHTS)
    assert said.count("\n") == 1


def test_a_word_that_means_no_weights_is_told_before_the_window(tmp_path: Path) -> None:
    """Every worker died of it, three times."""
    done = subprocess.run(
        [sys.executable, str(ROOT / "main.py"), "--profile", str(tmp_path)],
        env=os.environ | {"NESTLING_WEIGHTS": "fp16", "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(WRONG_WEIGHTS)
    assert done.stderr.count("\n") == 1


def test_setting_up_and_testing_are_the_provisions_work(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []
    monkeypatch.setattr(provision, "setup", lambda window: asked.append(window) or 3)
    monkeypatch.setattr(provision, "test", lambda arguments: asked.append(arguments) or 4)
    assert run("setup") == 3
    named = ["--model", "mine", "--weights", "int8", "--profile", "elsewhere"]
    assert run(*named, "setup") == 3
    assert run("test", "-k", "words", "tests/engine") == 4
    assert run("--profile", "elsewhere", "test", "--", "-h", "-x") == 4
    assert run("test") == 4
    assert asked == [[], named, ["-k", "words", "tests/engine"], ["--", "-h", "-x"], []]


@pytest.mark.parametrize("question", ["What is a Heron?", "WHAT IS A HERON", "What’s a heron?"])
def test_capitals_and_apostrophes_change_nothing_for_the_bundled_model(
    nano_folder: Path, capsys: pytest.CaptureFixture[str], question: str
) -> None:
    assert run("chat", question, "--model", nano_folder) == 0
    assert capsys.readouterr().out.startswith("Heron: ")


def test_a_text_is_translated_into_a_language_that_the_model_knows(
    nano_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    nano = ("--model", nano_folder)
    assert run(*nano, "translate", "where is the station", "--to", "Spanish") == 0
    assert capsys.readouterr().out == "dónde está la estación\n"
    assert run(*nano, "translate", "where is the station", "--to", "German") == 1
    assert "only into Spanish and Chinese" in capsys.readouterr().err
    assert run(*nano, "translate", " ", "--to", "Spanish") == 1
    assert run(*nano, "translate", "no " * 5000, "--to", "Spanish") == 1
    captured = capsys.readouterr()
    assert not captured.out
    assert captured.err.splitlines()[-1].startswith(
        "This text is too long to be translated at once"
    )


@pytest.mark.parametrize("word", ["-h", "--help"])
def test_help_of_the_tests_installs_nothing(
    word: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(provision, "test", lambda _: pytest.fail("began to install"))
    with pytest.raises(SystemExit) as ended:
        run("test", word)
    assert ended.value.code == 0
    assert "Further words go to pytest" in " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["chat", "  "], "The message is empty"),
        (["transcribe", "-"], "save it to a file first"),
        (["transcribe", "/nowhere/talk.wav"], "/nowhere/talk.wav does not exist"),
        (["transcribe", os.devnull], f"{os.devnull} is no regular file"),
    ],
    ids=str,
)
def test_what_is_no_input_is_told_in_one_sentence(
    tiny: Path, words: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("--model", tiny, *words) == 1
    captured = capsys.readouterr()
    assert not captured.out
    assert told in captured.err
    assert captured.err.count("\n") == 1


def test_an_empty_sound_file_is_called_so(
    tiny: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "talk.wav").touch()
    assert run("transcribe", tmp_path / "talk.wav", "--model", tiny) == 1
    assert "talk.wav is empty" in capsys.readouterr().err


def test_weights_are_offered_by_their_names(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        run("--weights", "int3", "info")
    assert "<" not in capsys.readouterr().err


def test_where_nobody_watches_progress_is_a_line_for_each_quarter(
    capsys: pytest.CaptureFixture[str],
) -> None:
    show = cli._Shares("Preparing")
    for share in (0.0, 0.1, 0.3, 0.31, 0.8, 1.0):
        show(share)
    lines = capsys.readouterr().err.splitlines()
    assert lines == [f"Preparing: {share}%" for share in (0, 30, 80, 100)]


def test_ctrl_c_while_modules_are_read_ends_cleanly(tmp_path: Path) -> None:
    code = (
        "import signal, sys, main\n"
        "class Reading:\n"
        "    def find_spec(self, name, *_):\n"
        "        if name == 'engine.cli':\n"
        "            signal.raise_signal(signal.SIGINT)\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "sys.meta_path.insert(0, Reading())\n"
        "sys.exit(main.main())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (130, "")


def test_a_place_that_cannot_be_is_one_sentence(
    tiny: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / ("x" * 300)
    assert cli.run(cli.parse(["slice", str(tiny), "small", str(out)])) == cli.FAILED
    told = capsys.readouterr().err.splitlines()
    assert len(told) == 1
    assert "File name too long" in told[0]
    assert cli.run(cli.parse(["models", "list", "--folder", str(out / "y")])) == cli.FAILED
    assert "cannot be used" in capsys.readouterr().err


def test_a_name_that_is_no_text_is_printed_all_the_same(tiny: Path, tmp_path: Path) -> None:
    folder = tmp_path / os.fsdecode(b"mod\xe8les")
    command = [sys.executable, str(ROOT / "main.py"), "models", "where", "--folder", str(folder)]
    made = subprocess.run([*command, "E2B"], capture_output=True, check=False, timeout=60)
    assert b"Traceback" not in made.stderr
    listed = subprocess.run(
        [*command[:3], "list", *command[4:]], capture_output=True, check=False, timeout=60
    )
    assert (listed.returncode, listed.stderr) == (0, b"")
