"""From the audio callback to the painted word, in the real window, with a real sound server.

    python tests/bench/paint.py [--seconds 60] [--check] [--model DIR] [--offscreen] [OUT.jsonl]

Plays held-out speech into a virtual microphone that the program listens to, in a window on a
private Xvfb (or on no screen at all). Writes one line for each painted change of text, for
`live.py --paint`; prints the table of delays and of each process's growth in memory.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

BOUNDS_S = {50: 0.100, 95: 0.160}
GROWTH_BYTES = 10_000_000
SAMPLE_SECONDS = 5.0  # between two readings of memory, which hold the window up a little


@dataclass
class Run:
    """What one run of the program showed.

    changes: (captured_at, painted_at) of each painted change of text, monotonic s.
    memory: private bytes of the window and of the worker, every five seconds.
    """

    changes: list[tuple[float, float]] = field(default_factory=list)
    memory: list[tuple[int, int]] = field(default_factory=list)

    @property
    def delays_s(self) -> list[float]:
        return [painted - captured for captured, painted in self.changes]

    @property
    def growth_bytes(self) -> tuple[int, int]:
        """Of the window and of the worker over the last two thirds."""
        begin, end = self.memory[len(self.memory) // 3], self.memory[-1]
        return end[0] - begin[0], end[1] - begin[1]


def measured_in_window(model: Path, seconds: float, *, offscreen: bool = False) -> Run:
    """Run the program in a process of its own, so that it finds the screen it needs."""
    from tests.e2e.display import VirtualDisplay

    display = None if offscreen else VirtualDisplay()
    screen = display.environment if display else {"QT_QPA_PLATFORM": "offscreen"}
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder, "run.json")
        try:
            subprocess.run(
                [sys.executable, __file__, "--inside", str(out)]
                + ["--model", str(model), "--seconds", str(seconds)],
                env={**os.environ, **screen},
                check=True,
            )
        finally:
            if display is not None:
                display.close()
        found = json.loads(out.read_text("utf-8"))
    changes = [(captured, painted) for captured, painted in found["changes"]]
    return Run(changes, [(window, worker) for window, worker in found["memory"]])


def _run(model: Path, seconds: float) -> Run:
    """The program, listening for so long. Needs a screen or the offscreen platform."""
    import psutil
    from PySide6.QtCore import QEvent, QObject, QTimer
    from PySide6.QtWidgets import QApplication

    from engine.datatypes import Segment
    from tests.bench.material import spoken
    from tests.bench.own_memory import own_bytes
    from tests.e2e.program import Program
    from tests.e2e.speech import write_wav
    from tests.virtual_audio import VirtualAudio, in_environment

    run = Run()

    class Watch(QObject):
        """Follows each change of text to the paint that shows it."""

        def __init__(self, program: Program) -> None:
            super().__init__()
            self._transcript = program.application.transcript
            self._texts: dict[tuple[int, int], tuple[str, str]] = {}
            self._waiting: list[tuple[tuple[int, int], float]] = []
            self._in_document: list[float] = []
            program.application.bridge.segment_changed.connect(self.arrive)
            self._transcript.dataChanged.connect(self.enter)
            self._transcript.rowsInserted.connect(self.enter)
            self._viewport = program.window.view.viewport()
            self._viewport.installEventFilter(self)

        def arrive(self, recording: int, segment: Segment, captured_at: float) -> None:
            key, text = (recording, segment.index), (segment.text, segment.tentative)
            if self._texts.get(key, ("", "")) != text:
                self._texts[key] = text
                self._waiting.append((key, captured_at))
                self.enter()  # the first of a burst is in the rows by now

        def enter(self, *_: object) -> None:
            """Move on what has reached the rows; the others wait for the next flush."""
            rows = range(self._transcript.rowCount())
            shown = {self._transcript.key(row): self._transcript.segment(row) for row in rows[-3:]}
            here = {key: (segment.text, segment.tentative) for key, segment in shown.items()}
            arrived = [one for one in self._waiting if here.get(one[0]) == self._texts[one[0]]]
            self._waiting = [one for one in self._waiting if one not in arrived]
            self._in_document += [captured_at for _, captured_at in arrived]

        def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
            if event.type() is QEvent.Type.Paint and self._in_document:
                painting, self._in_document = self._in_document, []
                # The next turn of the event loop begins when the paint is done and on the screen.
                QTimer.singleShot(0, self, lambda: self._note(painting))
            return False

        def _note(self, painted: list[float]) -> None:
            now = time.monotonic()
            run.changes += [(captured_at, now) for captured_at in painted]

    app = QApplication([])
    sound = VirtualAudio(("mic",))
    with tempfile.TemporaryDirectory() as folder, in_environment(sound.environment):
        # A passage without a pause belongs to five minutes, but would fill one.
        clip = spoken(seconds, seed=7, unbroken=seconds >= 300)
        wav = write_wav(Path(folder, "speech.wav"), clip.pcm)
        program = Program(sound, model, Path(folder))
        try:
            program.show()
            program.wait_for_model()
            window = psutil.Process()
            worker = max(window.children(), key=lambda child: child.memory_info().rss)
            watch = Watch(program)
            program.listen()
            player = sound.play(wav)
            while player.poll() is None:
                program.rest(SAMPLE_SECONDS)
                run.memory.append((own_bytes(window.pid), own_bytes(worker.pid)))
            program.stop()
            watch.deleteLater()
        finally:
            program.close()
            sound.close()
    del app
    return run


def _table(run: Run) -> list[tuple[str, str, str, bool]]:
    """Rows: figure, value, bound, met."""
    rows = []
    for share, bound in BOUNDS_S.items():
        value = float(np.percentile(run.delays_s, share)) if run.changes else float("inf")
        figure = f"capture to paint, p{share} of {len(run.changes)} changes"
        rows.append((figure, f"{1000 * value:.0f} ms", f"{1000 * bound:.0f} ms", value <= bound))
    for name, grown in zip(("window", "worker"), run.growth_bytes, strict=True):
        bound = f"{GROWTH_BYTES / 1e6:.0f} MB"
        figure = f"growth of the {name}, last two thirds"
        rows.append((figure, f"{grown / 1e6:.1f} MB", bound, grown <= GROWTH_BYTES))
    return rows


def main() -> int:
    """Print the table; 1 if --check finds a figure short."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path, nargs="?", help="one JSON line a painted change")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--model", type=Path, default=ROOT / "assets/nano")
    parser.add_argument("--offscreen", action="store_true")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--inside", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inside is not None:
        found: dict[str, Any] = vars(_run(options.model, options.seconds))
        options.inside.write_text(json.dumps(found), "utf-8")
        return 0
    run = measured_in_window(options.model, options.seconds, offscreen=options.offscreen)
    if options.out is not None:
        lines = [{"captured_at": captured, "painted_at": at} for captured, at in run.changes]
        options.out.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    rows = _table(run)
    print("| figure | measured | bound | |\n|---|---|---|---|")
    for figure, value, bound, met in rows:
        print(f"| {figure} | {value} | {bound} | {'met' if met else '**short**'} |")
    short = [figure for figure, _, _, met in rows if not met]
    from tests.bench.verdict import exit_status

    return exit_status(short, check=options.check)


if __name__ == "__main__":
    sys.exit(main())
