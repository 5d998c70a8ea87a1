"""What only shows from outside: processes, signals, a second start, a window on a real display."""

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from app import journal
from tests.e2e.display import VirtualDisplay
from tests.e2e.outside import Outside
from tests.e2e.program import Program
from tests.e2e.speech import MORNING, QUESTION, SHOPPING, speech, words, write_wav
from tests.virtual_audio import VirtualAudio


@pytest.fixture(scope="module")
def display() -> Iterator[VirtualDisplay]:
    display = VirtualDisplay()
    yield display
    display.close()


@pytest.fixture
def launch(
    display: VirtualDisplay, sound: VirtualAudio, nano_folder: Path, tmp_path: Path
) -> Iterator[Callable[..., Outside]]:
    """Starts the program; every start has the same profile unless another is named."""
    started: list[Outside] = []

    def launch(profile: str = "profile") -> Outside:
        environment = {**os.environ, **sound.environment, **display.environment}
        settings = tmp_path / profile / "settings.toml"
        if not settings.exists():  # what nano hears is waited for
            settings.parent.mkdir(parents=True, exist_ok=True)
            settings.write_text("[listening]\nstarter_ears = false\n")
        started.append(Outside(environment, nano_folder, tmp_path / profile))
        return started[-1]

    yield launch
    for outside in started:
        outside.close()


def kept_words(outside: Outside) -> list[str]:
    """The confirmed words of the newest journal, just as they lie on the disk."""
    if not outside.journals:
        return []
    segments = journal.load(outside.journals[-1])
    return [word for _, segment in segments for word in words(segment.text)]


def say(sound: VirtualAudio, folder: Path, text: str) -> None:
    sound.play(write_wav(folder / "said.wav", speech(text))).wait()


def test_the_window_is_there_before_torch_and_the_worker_is_without_qt(
    launch: Callable[..., Outside],
) -> None:
    outside = launch()
    outside.wait_for_window()
    assert not any(has_library(process, "libtorch") for process in outside.family)
    # Later the worker has it, the window never; spawning has not brought the window along.
    outside.wait(lambda: any(has_library(process, "libtorch") for process in outside.family[1:]))
    window, *others = outside.family
    assert not has_library(window, "libtorch")
    assert has_library(window, "libQt6Core")
    assert not any(has_library(process, "libQt6Core") for process in others)


def has_library(process: psutil.Process, name: str) -> bool:
    try:
        files = [Path(region.path).name for region in process.memory_maps()]
    except psutil.NoSuchProcess:  # one of those that look for something and end
        return False
    return any(file.startswith(name) for file in files)


def test_a_killed_window_loses_no_confirmed_word(
    launch: Callable[..., Outside],
    start: Callable[..., Program],
    sound: VirtualAudio,
    tmp_path: Path,
) -> None:
    outside = launch()
    window = outside.wait_for_window()
    outside.press(window, "ctrl+l")
    outside.wait_for_window("● Listening")
    outside.wait(lambda: len(sound.recorders()) == 1)
    say(sound, tmp_path, SHOPPING)
    outside.wait(lambda: bool(kept_words(outside)))
    family = outside.family
    outside.process.send_signal(signal.SIGKILL)
    outside.process.wait()
    kept = kept_words(outside)
    assert kept
    # Nothing of it lives on, and nothing goes on listening.
    psutil.wait_procs(family, timeout=30)
    assert not any(process.is_running() for process in family)
    assert sound.recorders() == []
    # The next start shows the words again.
    program = start(folder=tmp_path)
    program.wait(lambda: "was cut off" in program.sentence)
    assert words(program.text) == kept


def test_a_second_start_calls_the_first_window(launch: Callable[..., Outside]) -> None:
    """On top is what shows without a window manager, which would grant the focus too."""
    first = launch()
    window = first.wait_for_window()
    stranger = launch("another profile")  # which is no second start, and covers the first
    stranger.wait(lambda: len(stranger.windows()) == 2)
    assert first.windows()[-1] != window
    second = launch()
    assert second.process.wait(60) == 0
    first.wait(lambda: first.windows()[-1] == window)
    assert len(first.windows()) == 2
    assert first.process.poll() is None


def test_closing_while_listening_writes_the_last_words_down_and_releases_everything(
    launch: Callable[..., Outside], sound: VirtualAudio, tmp_path: Path
) -> None:
    outside = launch()
    window = outside.wait_for_window()
    outside.press(window, "ctrl+l")
    outside.wait(lambda: len(sound.recorders()) == 1)
    say(sound, tmp_path, MORNING)
    # The pause is heard as one: nano knows sentences, not two of them in one breath.
    outside.wait(lambda: kept_words(outside)[-1:] == words(MORNING)[-1:])
    say(sound, tmp_path, QUESTION)
    family = outside.family
    outside.press(window, "ctrl+q")
    assert outside.process.wait(60) == 0
    assert sound.recorders() == []
    psutil.wait_procs(family, timeout=30)
    assert not any(process.is_running() for process in family)
    (kept,) = journal.transcripts(outside.profile / "transcripts")
    assert kept.whole
    assert kept_words(outside)[-1:] == words(QUESTION)[-1:]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_polite_signal_ends_it_with_its_worker(
    launch: Callable[..., Outside], number: signal.Signals
) -> None:
    outside = launch()
    outside.wait_for_window()
    outside.wait(lambda: outside.has_worker)
    family = outside.family
    outside.process.send_signal(number)
    assert outside.process.wait(60) == 0
    psutil.wait_procs(family, timeout=30)
    assert not any(process.is_running() for process in family)


def test_the_window_comes_back_where_it_was(start: Callable[..., Program], tmp_path: Path) -> None:
    program = start(folder=tmp_path)
    program.window.resize(700, 600)
    program.window.move(30, 40)
    program.wait(lambda: program.window.width() == 700)
    program.close()
    again = start(folder=tmp_path)
    assert (again.window.width(), again.window.height()) == (700, 600)
