"""How fast a question about a picture is answered, and how well changes of a scene are found.

    python tests/bench/camera.py [--questions 15] [--minutes 30] [--part ask|watch] [--check]

The first part asks in the real program, with a real network camera, a model of nano's size whose
weights are random: the bundled nano cannot see yet. The second plays a scripted room (tests/bench/
scripted_scene.py) as a compressed video through the change measure of "tell me when …".
"""

import argparse
import contextlib
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import cv2
from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

from app import application
from app.capture.camera_sources import network_source
from app.capture.scene import SceneGate, Verdict
from app.settings.choices import PictureDetail
from engine.datatypes import CameraFrame
from engine.vision import table
from tests.bench.scripted_scene import SIZE, Room, Script, script
from tests.checkpoints import tiny_config, write_checkpoint
from tests.mjpeg_camera import MjpegCamera

ROOT = Path(__file__).resolve().parents[2]
FPS = 4  # of the scripted video; the watch looks at most five times a second
EVENTS_EACH_30_MINUTES = 44
FOUND_WITHIN_S = 3.0
BOUNDS = {"first token": 300.0, "recall": 0.95, "false alarms": 1}
# The family's blocks at nano's width: an eighth of the published channels, fewer repetitions.
NANO_TOWER: dict[str, Any] = {
    "stem_size": 16,
    "block_args": [
        [table.edge(16, stride=2), table.edge(16)],
        [table.bottleneck(32, 3, 5, stride=2, ratio=6.0), table.bottleneck(32, 5)],
        [
            table.bottleneck(80, 5, 5, stride=2, ratio=6.0),
            *(table.bottleneck(80, 5) for _ in range(2)),
            *[table.attention(80, 4, 24, kv_stride=2), table.bottleneck(80, ratio=2.0)] * 3,
        ],
        [
            table.bottleneck(160, 5, 5, stride=2, ratio=6.0),
            *[table.attention(160, 4, 40), table.bottleneck(160, ratio=2.0)] * 4,
        ],
    ],
}


def nano_that_sees() -> dict[str, Any]:
    """A config.json of nano's text decoder with a tower that sees, and tokens of the tests."""
    nano = json.loads((ROOT / "assets/nano/config.json").read_text(encoding="utf-8"))
    tiny = tiny_config(vision=True)
    ids = ("vocab_size", "vocab_size_per_layer_input")
    text = nano["text_config"] | {name: tiny["text_config"][name] for name in ids}
    vision = tiny["vision_config"] | {"hidden_size": 192, "model_args": NANO_TOWER}
    return tiny | {
        "text_config": text,
        "vision_config": vision,
        "vision_soft_tokens_per_image": 256,
    }


def said() -> list[str]:
    """What the windows' banners say."""
    found = [w for w in QApplication.allWidgets() if type(w).__name__ == "Banner"]
    return [banner.text for banner in found]  # type: ignore[attr-defined]


def wait(condition: Any, seconds: float = 120.0) -> None:
    """Let the program run until something holds."""
    deadline = time.monotonic() + seconds
    loop = QEventLoop()
    poll = QTimer(interval=5)
    poll.timeout.connect(lambda: loop.quit() if condition() else None)
    QTimer.singleShot(round(1000 * seconds), loop.quit)
    poll.start()
    if not condition():
        loop.exec()
    assert time.monotonic() < deadline, f"waited in vain; {said()}"


def first_tokens_ms(questions: int) -> list[float]:
    """From asking about the camera's picture to the first token, in the window's process."""
    app = QApplication.instance() or QApplication([])
    with tempfile.TemporaryDirectory() as scratch:
        folder = write_checkpoint(Path(scratch) / "nano that sees", nano_that_sees())
        program = application.compose(
            application.Options(folder, Path(scratch) / "profile"), None, None
        )
        server = MjpegCamera(fps=15)
        try:
            begun: list[bool] = []
            program.composed.connect(lambda: begun.append(True))
            program.show()
            wait(lambda: begun and program.state.model is not None)
            program.looking.turn_on(network_source(server.url))
            wait(lambda: program.looking.picture() is not None)
            program.settings.change(picture_detail=PictureDetail.QUICK)
            # The first loads the tower, which is another figure (tests/bench/towers.py).
            return [asked_ms(program, number) for number in range(questions + 1)][1:]
        finally:
            program.close()
            server.close()
            app.processEvents()


def asked_ms(program: application.Application, number: int) -> float:
    """One question in a conversation of its own."""
    program.chat.actions["new"].trigger()
    shown = program.looking.frame
    wait(lambda: program.looking.frame is not shown)  # no picture is asked about twice
    came: list[float] = []

    def note(_token: object) -> None:
        came.append(time.monotonic())

    program.bridge.token.connect(note)
    begun = time.monotonic()
    program.looking.ask(f"What is the number {number} in this picture?")
    wait(lambda: came)
    program.bridge.token.disconnect(note)
    program.conversation.stop()
    wait(lambda: not program.conversation.answering and program.conversation._turn is None)
    return 1000 * (came[0] - begun)


@dataclass(frozen=True, slots=True)
class Watched:
    """What the change measure made of the scripted video. Times in seconds."""

    changes: int
    missed: list[float]
    false_alarms: list[float]
    frames: int
    asked: int
    delays: list[float]
    look_ms: float

    @property
    def recall(self) -> float:
        """Share of the changes after which the model would have been asked."""
        return 1 - len(self.missed) / self.changes


@contextlib.contextmanager
def video(scripted: Script, folder: Path, seed: int) -> Iterator[Path]:
    """The script as a compressed file: what compression does to noise and edges is in it."""
    path = folder / "room.mp4"
    room = Room(scripted, seed)
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), FPS, SIZE)
    for number in range(round(scripted.seconds * FPS)):
        writer.write(cv2.cvtColor(room.picture(number / FPS), cv2.COLOR_RGB2BGR))
    writer.release()
    yield path
    path.unlink()


def watched(minutes: float, seed: int) -> Watched:
    """Play the script faster than real time; frames carry the video's own time."""
    events = max(2, round(EVENTS_EACH_30_MINUTES * minutes / 30))
    scripted = script(60 * minutes, events, seed)
    gate, asked, spent, number = SceneGate(), [], 0.0, 0
    with tempfile.TemporaryDirectory() as scratch, video(scripted, Path(scratch), seed) as path:
        capture = cv2.VideoCapture(str(path))
        while True:
            read, bgr = capture.read()
            if not read:
                break
            frame = CameraFrame(cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB), number, number / FPS)
            begun = time.perf_counter()
            look = gate.look(frame)
            spent += time.perf_counter() - begun
            if look.verdict is Verdict.CHANGED:
                asked.append(frame.captured_at)
            number += 1
        capture.release()
    answers = {c: [a for a in asked if 0 <= a - c <= FOUND_WITHIN_S] for c in scripted.changes}
    explained = {moment for found in answers.values() for moment in found}
    return Watched(
        len(answers),
        [change for change, found in answers.items() if not found],
        [moment for moment in asked[1:] if moment not in explained],
        number,
        len(asked),
        [found[0] - change for change, found in answers.items() if found],
        1000 * spent / number,
    )


Figure = tuple[str, str, str, bool]  # name, measured, bound, whether it is met


def asking_rows(questions: int) -> list[Figure]:
    """From a question to its first token."""
    times = sorted(first_tokens_ms(questions))
    p50, p95 = statistics.median(times), times[min(len(times) - 1, int(0.95 * len(times)))]
    bound = BOUNDS["first token"]
    name = "question to first token, p50 (256 px, random weights: nano cannot see yet)"
    return [
        (name, f"{p50:.0f} ms", f"{bound:.0f} ms", p50 <= bound),
        ("question to first token, p95", f"{p95:.0f} ms", "", True),
    ]


def watching_rows(minutes: float, seed: int) -> list[Figure]:
    """What the change measure finds, and what it finds that is not there."""
    seen = watched(minutes, seed)
    recall, alarms = BOUNDS["recall"], BOUNDS["false alarms"]
    found = f"changes found in {minutes:g} min with {seen.changes}"
    wrong = len(seen.false_alarms)
    return [
        (found, f"{seen.recall:.1%}", f"{recall:.0%}", seen.recall >= recall),
        ("asked though nothing had happened", f"{wrong}", f"{alarms}", wrong <= alarms),
        ("frames looked at, asked about", f"{seen.frames}, {seen.asked}", "", True),
        ("from a change to the question, p50", f"{median(seen.delays):.2f} s", "", True),
        ("one look", f"{seen.look_ms:.1f} ms", "", True),
    ]


def median(values: list[float]) -> float:
    """0 if there are none."""
    return statistics.median(values) if values else 0.0


def main() -> int:
    """Print the table; 1 if --check finds a figure short."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--questions", type=int, default=15)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--part", choices=("ask", "watch"), help="only this part")
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    rows = []
    if options.part in (None, "ask"):
        rows += asking_rows(options.questions)
    if options.part in (None, "watch"):
        rows += watching_rows(options.minutes, options.seed)
    print("| figure | measured | bound | |\n|---|---|---|---|")
    for name, value, bound, met in rows:
        print(
            f"| {name} | {value} | {bound} | {('met' if met else '**short**') if bound else ''} |"
        )
    short = [name for name, _, _, met in rows if not met]
    if options.check and short:
        print("short: " + "; ".join(short), file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
