"""What stands between a double click and a window: displays, languages, crashes, a second start."""

import getpass
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication
from PySide6.QtNetwork import QLocalServer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app import i18n, instance, launch
from app.crash import KEEP_BYTES, CrashLog
from app.display import XCB_LIBRARIES, obstacle
from app.i18n import TextTranslator
from app.instance import SingleInstance
from app.paths import assets_folder, bundled_model, profile_paths
from app.signals import EndSignals
from engine.errors import NestlingError

ROOT = Path(__file__).resolve().parents[2]


# --- the display ----------------------------------------------------------------------------------


def test_a_desktop_with_all_libraries_is_no_obstacle() -> None:
    for environ in (
        {"DISPLAY": ":0"},
        {"WAYLAND_DISPLAY": "wayland-0"},
        {"QT_QPA_PLATFORM": "xcb"},
    ):
        assert obstacle(environ, lambda _: True, "linux") is None


def test_no_display_is_one_sentence() -> None:
    sentence = obstacle({}, lambda _: True, "linux")
    assert sentence is not None
    assert "no display" in sentence
    assert "transcribe" in sentence


@pytest.mark.parametrize(("library", "package"), XCB_LIBRARIES.items())
def test_a_missing_xcb_library_is_named_by_its_package(library: str, package: str) -> None:
    sentence = obstacle({"DISPLAY": ":0"}, lambda name: name != library, "linux")
    assert sentence is not None
    assert f"sudo apt install {package}`" in sentence
    assert obstacle({"QT_QPA_PLATFORM": "offscreen"}, lambda name: name != library, "linux") is None
    assert obstacle({"WAYLAND_DISPLAY": "w"}, lambda name: name != library, "linux") is None


def test_several_missing_libraries_are_one_sentence() -> None:
    sentence = obstacle({"QT_QPA_PLATFORM": "xcb"}, lambda _: False, "linux")
    assert sentence is not None
    assert "libgl1" in sentence
    assert "libxcb-cursor0" in sentence
    assert sentence.count(". ") == 0


def test_elsewhere_the_system_has_what_qt_needs() -> None:
    assert obstacle({}, lambda _: False, "win32") is None


def test_the_real_libraries_of_this_machine_are_found() -> None:
    assert obstacle({"QT_QPA_PLATFORM": "xcb"}) is None


def test_an_obstacle_ends_in_the_terminal_not_in_a_crash(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(launch, "obstacle", lambda: "No way.")
    assert launch.main() == 1
    assert capsys.readouterr().err == "No way.\n"


def test_without_a_display_the_program_ends_with_a_sentence(tmp_path: Path) -> None:
    environ = {k: v for k, v in os.environ.items() if "DISPLAY" not in k and "QPA" not in k}
    program = "import sys; from app import launch; sys.exit(launch.main())"
    ended = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=environ, capture_output=True, text=True
    )
    assert ended.returncode == 1
    assert len(ended.stderr.splitlines()) == 1
    assert "no display" in ended.stderr


# --- imports --------------------------------------------------------------------------------------


def test_the_window_is_there_before_anything_heavy_is_imported() -> None:
    program = (
        "import os, sys, app.launch, app.application;"
        "print(sorted({'torch', 'numpy', 'sounddevice', 'pulsectl', 'psutil'} & set(sys.modules)),"
        " 'QT_QPA_PLATFORM_PLUGIN_PATH' in os.environ)"
    )
    out = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert out.stdout.strip() == "[] False"


# --- languages ------------------------------------------------------------------------------------


def test_german_texts_are_found_and_unknown_ones_stay_english(qapp: QApplication) -> None:
    german = TextTranslator(i18n.translation_file("de"), qapp)
    assert not german.isEmpty()
    assert german.translate("ListeningMark", "Not listening") == "Hört nicht zu"
    assert german.translate("ListeningMark", "never written") is None
    qapp.installTranslator(german)
    try:
        assert QCoreApplication.translate("ListeningMark", "Not listening") == "Hört nicht zu"
        assert QCoreApplication.translate("ListeningMark", "never written") == "never written"
    finally:
        qapp.removeTranslator(german)


def test_an_unfinished_translation_is_not_shown(tmp_path: Path, qapp: QApplication) -> None:
    file = tmp_path / "x.ts"
    file.write_text(
        "<TS><context><name>A</name>"
        "<message><source>one</source><translation type='unfinished'>eins</translation></message>"
        "<message><source>two</source><translation/></message></context></TS>"
    )
    assert TextTranslator(file, qapp).isEmpty()


def test_a_broken_translation_is_named(tmp_path: Path, qapp: QApplication) -> None:
    file = tmp_path / "broken.ts"
    file.write_text("<TS")
    with pytest.raises(ValueError, match=r"broken\.ts is no Linguist file"):
        TextTranslator(file, qapp)


# --- crashes --------------------------------------------------------------------------------------


def fail(message: str) -> Exception:
    try:
        raise RuntimeError(message)
    except RuntimeError as error:
        return error


def test_an_exception_is_written_down_and_said_once(tmp_path: Path, qtbot: QtBot) -> None:
    file = tmp_path / "state" / "crash.log"
    crash = CrashLog(file)
    said: list[str] = []
    crash.caught.connect(said.append)
    for number in range(3):
        error = fail(f"broken {number}")
        crash.report(type(error), error, error.__traceback__)
    qtbot.waitUntil(lambda: len(said) == 1)
    assert str(file) in said[0]
    text = file.read_text()
    assert all(f"broken {number}" in text for number in range(3))
    assert "Traceback" in text


def test_the_hooks_catch_slots_and_threads_and_are_given_back(tmp_path: Path, qtbot: QtBot) -> None:
    before = sys.excepthook, threading.excepthook
    crash = CrashLog(tmp_path / "crash.log")
    crash.install()
    try:
        with qtbot.waitSignal(crash.caught):
            thread = threading.Thread(target=lambda: 1 / 0)
            thread.start()
            thread.join()
    finally:
        crash.close()
    assert (sys.excepthook, threading.excepthook) == before
    assert "ZeroDivisionError" in (tmp_path / "crash.log").read_text()


def test_an_old_log_is_cut(tmp_path: Path, qapp: object) -> None:
    file = tmp_path / "crash.log"
    file.write_text("x" * (KEEP_BYTES + 1))
    crash = CrashLog(file)
    crash.install()
    crash.close()
    assert file.stat().st_size <= KEEP_BYTES // 2


def test_a_log_that_cannot_be_written_does_not_hide_the_error(
    tmp_path: Path, qtbot: QtBot, capsys: pytest.CaptureFixture[str]
) -> None:
    blocker = tmp_path / "file"
    blocker.write_text("")
    crash = CrashLog(blocker / "crash.log")
    crash.install()
    try:
        with qtbot.waitSignal(crash.caught):
            error = fail("unwritten")
            crash.report(type(error), error, error.__traceback__)
    finally:
        crash.close()
    assert "unwritten" in capsys.readouterr().err


def test_ctrl_c_is_no_bug(tmp_path: Path, qtbot: QtBot) -> None:
    crash = CrashLog(tmp_path / "crash.log")
    crash.report(KeyboardInterrupt, KeyboardInterrupt(), None)
    assert not (tmp_path / "crash.log").exists()


# --- a second start, signals ----------------------------------------------------------------------


def test_a_second_start_calls_the_first(
    tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = SingleInstance(tmp_path)
    assert not first.call_first()
    first.hold()
    program = (
        "import sys; from pathlib import Path; from app.instance import SingleInstance;"
        "from PySide6.QtCore import QCoreApplication; app = QCoreApplication([]);"
        "sys.exit(0 if SingleInstance(Path(sys.argv[1])).call_first() else 3)"
    )
    environ = os.environ | {"XDG_ACTIVATION_TOKEN": "token-7"}
    with qtbot.waitSignal(first.called, timeout=20_000) as caught:
        second = subprocess.Popen(
            [sys.executable, "-c", program, str(tmp_path)], cwd=ROOT, env=environ
        )
    qtbot.waitUntil(lambda: second.poll() is not None, timeout=20_000)
    assert second.returncode == 0
    assert caught.args == ["token-7"]
    other = SingleInstance(tmp_path / "other")
    assert not other.call_first()
    first.release()
    assert not SingleInstance(tmp_path).call_first()


@pytest.mark.usefixtures("qapp")
def test_whoever_has_no_name_and_a_home_whose_name_is_no_text_has_a_window(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nobody() -> str:
        raise KeyError("getpwuid(): uid not found: 1234")

    monkeypatch.setattr(getpass, "getuser", nobody)
    first = SingleInstance(tmp_path / os.fsdecode(b"home\xff"))
    assert not first.call_first()
    first.hold()
    assert first._server.isListening()
    first.release()


ANOTHER = (
    "import sys, time; from pathlib import Path; from app.instance import SingleInstance;"
    "from PySide6.QtCore import QCoreApplication, QTimer; app = QCoreApplication([]);"
    "first = SingleInstance(Path(sys.argv[1])); assert not first.call_first(); first.hold();"
    "print('holds', flush=True); time.sleep(float(sys.argv[2])); QTimer.singleShot(2000, app.quit);"
    "app.exec(); first.release()"
)


Starter = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def another(tmp_path: Path) -> Iterator[Starter]:
    """Start a first window that is busy for some seconds, and lives for two more."""
    made: list[subprocess.Popen[str]] = []

    def start(busy_s: float, profile: Path = tmp_path) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", ANOTHER, str(profile), str(busy_s)]
        made.append(subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True))
        assert made[-1].stdout is not None
        assert made[-1].stdout.readline() == "holds\n"
        return made[-1]

    yield start
    for process in made:
        process.kill()
        process.communicate()


@pytest.mark.usefixtures("qapp")
def test_a_first_window_that_is_busy_is_waited_for(tmp_path: Path, another: Starter) -> None:
    first = another(1.5)
    assert SingleInstance(tmp_path).call_first()
    first.kill()
    first.wait()
    assert not SingleInstance(tmp_path).call_first(), "a dead one keeps nobody out"


@pytest.mark.usefixtures("qapp")
def test_one_that_hangs_is_told_of_and_never_doubled(
    tmp_path: Path,
    another: Starter,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(instance, "PATIENCE_S", 1.0)
    another(600.0)
    with pytest.raises(NestlingError, match="open already, but its window does not answer"):
        SingleInstance(tmp_path).call_first()


def test_it_is_told_in_the_language_of_the_window(tmp_path: Path, another: Starter) -> None:
    (tmp_path / "settings.toml").write_text('[appearance]\nlanguage = "de"\n')
    another(600.0)
    program = (
        "import sys; from pathlib import Path; from app import application, instance;"
        "instance.PATIENCE_S = 0.2;"
        "application.QMessageBox.warning = lambda _, __, text: print(text);"
        "sys.exit(application.main(application.Options(profile=Path(sys.argv[1]))))"
    )
    second = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)],
        cwd=ROOT,
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen", "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert second.returncode == 1
    assert second.stdout.startswith("Nestling ist schon offen")


@pytest.mark.usefixtures("qapp")
def test_a_first_window_that_is_just_ending_is_followed(tmp_path: Path, another: Starter) -> None:
    first = another(0.0)
    threading.Timer(0.5, first.kill).start()
    monitor = SingleInstance(tmp_path)
    monitor._name = "nobody listens there"
    threading.Thread(target=first.wait, daemon=True).start()
    assert not monitor.call_first()


CLOSING = """
import sys
from pathlib import Path
from app import application
from engine.protocol import Loaded
from tests.app.window_fakes import FakeAudio, FakeHost, model

class Listening(application.Application):
    def begin(self):
        if self.state.model is not None:
            self.state.model_changed.disconnect(self.begin)
            hosts[-1].answers_stop = False
            self.listening.start()
            self.window.close()
            print("closing", flush=True)

hosts = []

def make_host(on_event, on_death):
    hosts.append(FakeHost(on_event, on_death))
    return hosts[-1]

def compose(options):
    made = Listening(application.QApplication.instance(), options, make_host, FakeAudio())
    made.state.model_changed.connect(made.begin)
    made.composed.connect(lambda: hosts[-1].say(Loaded(model("nano"))))
    return made

application.compose, application.DRAIN_MS = compose, 1_500
sys.exit(application.main(application.Options(profile=Path(sys.argv[1]))))
"""


@pytest.mark.usefixtures("qapp")
def test_one_that_finishes_its_last_words_is_followed(tmp_path: Path) -> None:
    """It calls nobody back into a window that is about to go."""
    with subprocess.Popen(
        [sys.executable, "-c", CLOSING, str(tmp_path)],
        cwd=ROOT,
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen"},
        stdout=subprocess.PIPE,
        text=True,
    ) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == "closing\n"
        assert not SingleInstance(tmp_path).call_first()
        assert first.wait(20) == 0


@pytest.mark.usefixtures("qapp")
def test_one_that_stays_after_all_answers_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(instance, "PATIENCE_S", 0.2)
    first = SingleInstance(tmp_path)
    assert not first.call_first()
    first.hold()
    first.answer(False)
    with pytest.raises(NestlingError, match="does not answer"):
        SingleInstance(tmp_path).call_first()
    for _ in range(2):
        first.answer(True)
        assert first._server.isListening()
    first.release()


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize(
    "lock", ["", "1\nnestling\nelsewhere\n" + "0" * 32 + "\n" + "0" * 36 + "\n"]
)
def test_a_lock_that_nobody_holds_keeps_nobody_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lock: str
) -> None:
    monkeypatch.setattr(instance, "PATIENCE_S", 0.2)
    (tmp_path / "lock").write_text(lock)
    assert not SingleInstance(tmp_path).call_first()


@pytest.mark.usefixtures("qapp")
def test_a_first_window_without_a_lock_is_found(tmp_path: Path, another: Starter) -> None:
    profile = tmp_path / "profile"
    profile.write_text("no folder yet")
    another(0.0, profile)
    profile.unlink()
    assert SingleInstance(profile).call_first()


def test_a_socket_left_by_a_crash_is_taken_over(
    tmp_path: Path, qapp: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = SingleInstance(tmp_path)
    first.hold()
    listen = QLocalServer.listen
    answers = iter([False])
    monkeypatch.setattr(
        QLocalServer,
        "listen",
        lambda self, name: next(answers, None) is None and listen(self, name),
    )
    second = SingleInstance(tmp_path)
    first.release()
    second.hold()
    assert second._server.isListening()
    second.release()


@pytest.fixture(params=[signal.SIGTERM, signal.SIGHUP])
def ending(request: pytest.FixtureRequest) -> Iterator[signal.Signals]:
    """A signal that ends a program, as a program finds it that nobody shields."""
    before = signal.signal(request.param, signal.SIG_DFL)
    yield request.param
    signal.signal(request.param, before)


def test_the_end_of_a_session_or_a_terminal_is_a_qt_signal(
    qtbot: QtBot, ending: signal.Signals
) -> None:
    signals = EndSignals()
    try:
        with qtbot.waitSignal(signals.received):
            os.kill(os.getpid(), ending)
    finally:
        signals.close()
    assert signal.getsignal(ending) is signal.SIG_DFL


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("ending", [signal.SIGHUP], indirect=True)
def test_what_nohup_started_outlives_its_terminal(ending: signal.Signals) -> None:
    signal.signal(ending, signal.SIG_IGN)
    signals = EndSignals()
    try:
        assert signal.getsignal(ending) is signal.SIG_IGN
    finally:
        signals.close()


# --- where things lie -----------------------------------------------------------------------------


def test_a_profile_holds_everything(tmp_path: Path) -> None:
    paths = profile_paths(tmp_path)
    for file in (paths.settings_file, paths.journal_folder, paths.crash_file):
        assert tmp_path in file.parents
    assert profile_paths().settings_file.is_absolute()


def test_the_bundled_model_lies_in_the_assets() -> None:
    assert bundled_model().parent == assets_folder()
