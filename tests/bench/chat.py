"""A conversation of 1,000 messages: how long it takes to open, and what a frame costs.

    python tests/bench/chat.py [--check] [--messages N]

The real window with the real store on disk; only the worker is a scripted one, since no answer is
computed here; at the end a real worker is stopped in the middle of answers. A frame is all that the
event loop does between two moments at which it could show something: laying out what comes in
sight, laying out ahead, painting. `--check` ends with an error where the conversation takes more
than 300 ms to open, any frame more than 50 ms, or a stop more than 100 ms.
"""

# ruff: noqa: E402 - the platform is chosen before Qt is imported
import argparse
import os
import random
import statistics
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEvent, QEventLoop, Qt
from PySide6.QtWidgets import QApplication

from app import application
from app.conversation.store import Store
from app.conversation.tree import Message
from engine.datatypes import Role
from engine.protocol import Context, Loaded, Token
from tests.app.window_fakes import FakeAudio, FakeHost, model

OPEN_MS = 300.0
FRAME_MS = 50.0
STOP_MS = 100.0
TOKENS = 600
TEXT = (
    "the model reads a question and writes what comes next while a person waits for an answer "
    "that is short and clear or long and full of examples with numbers and names"
)
WORDS = TEXT.split()


def sentence(rng: random.Random) -> str:
    return " ".join(rng.choices(WORDS, k=rng.randint(6, 22))).capitalize() + "."


def answer(rng: random.Random) -> str:
    """Markdown as models write it: paragraphs, lists, code, now and then a table."""
    parts = [" ".join(sentence(rng) for _ in range(rng.randint(1, 4)))]
    kind = rng.random()
    if kind < 0.3:
        parts.append("\n".join(f"- **{rng.choice(WORDS)}**: {sentence(rng)}" for _ in range(4)))
    elif kind < 0.5:
        code = "\n".join(
            f"    total_{n} = compute({n}, 'name')  # step {n}" for n in range(rng.randint(3, 14))
        )
        parts.append(f"```python\ndef example(values):\n{code}\n    return values\n```")
    elif kind < 0.6:
        rows = "\n".join(f"| {rng.choice(WORDS)} | {rng.randint(1, 999)} |" for _ in range(5))
        parts.append(f"| what | how much |\n|---|--:|\n{rows}")
    parts.append(sentence(rng))
    return "\n\n".join(parts)


def fill(file: Path, count: int) -> None:
    """Two conversations on disk; the long one is not the one that opens by itself."""
    rng = random.Random(1)
    store = Store(file)
    long = store.create("A thousand messages")
    parent: int | None = None
    messages = []
    for number in range(count):
        role = Role.MODEL if number % 2 else Role.USER
        text = answer(rng) if number % 2 else sentence(rng)
        parent_now, parent = parent, store.new_id()
        messages.append(Message(parent, parent_now, role, text, created=1.7e9 + number))
    store.put(long.id, *messages)
    short = store.create("Short")
    store.put(short.id, Message(store.new_id(), None, Role.USER, "hello", created=1.8e9))
    store.close()


class Bench:
    """The window on a profile with both conversations."""

    def __init__(self, folder: Path) -> None:
        self.hosts: list[FakeHost] = []
        self.program = application.compose(
            application.Options(profile=folder), self._host, FakeAudio()
        )
        self.program.show()
        self.until(lambda: hasattr(self.program, "chat"))
        self.hosts[0].say(Loaded(model(tasks=("chat",))))
        self.program.window.resize(1200, 900)
        self.program.window.pages.show_page("conversation")
        self.rest(0.5)
        self.view = self.program.chat.page.view

    def _host(self, on_event, on_death):  # type: ignore[no-untyped-def]
        self.hosts.append(FakeHost(on_event, on_death))
        return self.hosts[-1]

    def frame(self) -> float:
        """Let the event loop do everything that is due. Returns: milliseconds."""
        began = time.perf_counter()
        QApplication.sendPostedEvents()
        loop = QEventLoop()
        loop.processEvents(QEventLoop.ProcessEventsFlag.AllEvents)
        return (time.perf_counter() - began) * 1000

    def until(self, condition, seconds: float = 30.0) -> None:  # type: ignore[no-untyped-def]
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, "waited in vain"
            self.frame()

    def rest(self, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        self.until(lambda: time.monotonic() >= deadline)

    def open_long(self) -> float:
        """From the click on the list to the painted messages, in ms."""
        book = self.program.chat.book
        long = next(c for c in book.conversations() if c.title != "Short")
        began = time.perf_counter()
        book.open(long)
        self.view.viewport().repaint()
        return (time.perf_counter() - began) * 1000

    def scroll(self, steps: int) -> list[float]:
        """Up from the end by steps of a wheel, then by pages, then down by jumps; ms a frame."""
        bar = self.view.verticalScrollBar()
        frames = []
        jumps = [*[-3 * bar.singleStep()] * steps, *[-bar.pageStep()] * (steps // 4)]
        jumps += [bar.maximum() // 9] * 9
        for jump in jumps:
            began = time.perf_counter()
            bar.setValue(bar.value() + jump)
            self.view.viewport().repaint()
            frames.append((time.perf_counter() - began) * 1000 + self.frame())
        return frames

    def idle(self) -> list[float]:
        """Frames while what is out of sight is laid out, ms each; until all is."""
        frames = []
        deadline = time.monotonic() + 60
        while self.view.measuring and time.monotonic() < deadline:
            frames.append(self.frame())
        return frames

    def stream(self) -> list[float]:
        """Frames while an answer of 600 tokens arrives behind a thousand messages."""
        rng = random.Random(2)
        text = "\n\n".join(answer(rng) for _ in range(12))
        turn = self.program.conversation.ask("Write a long answer.")
        self.hosts[0].say(Context(turn, 100, 32_768))
        size = max(1, len(text) // TOKENS)
        frames = []
        for number, start in enumerate(range(0, len(text), size)):
            self.hosts[0].say(Token(turn, number, 7, text[start : start + size]))
            due = time.perf_counter() + 0.008
            worst = 0.0
            while time.perf_counter() < due:
                worst = max(worst, self.frame())
            frames.append(worst)
        self.program.conversation.stop()
        return frames

    def close(self) -> None:
        self.program.close()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def stops(folder: Path, times: int = 20) -> tuple[list[float], list[float]]:
    """A real worker with a tiny model is stopped in the middle of answers.

    Returns: ms from the click to the end in the window, and to the worker's own end.
    """
    from tests.checkpoints import tiny_config, write_checkpoint

    tiny = write_checkpoint(folder / "tiny", tiny_config(max_position_embeddings=100_000), seed=3)
    program = application.compose(application.Options(tiny, folder / "second"), None, FakeAudio())
    program.show()
    loop = QEventLoop()

    def until(condition) -> None:  # type: ignore[no-untyped-def]
        deadline = time.monotonic() + 60
        while not condition():
            assert time.monotonic() < deadline, "waited in vain"
            loop.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 5)

    until(lambda: hasattr(program, "chat") and program.state.model is not None)
    chat = program.conversation
    ended: list[float] = []
    program.bridge.finished.connect(lambda _: ended.append(time.perf_counter()))
    window, worker = [], []
    for _ in range(times):
        program.chat.book.new()
        ended.clear()
        chat.ask("Write a long answer.")
        until(lambda: len(chat.book.last.text) > 20 or not chat.answering)
        if not chat.answering:
            continue  # a random model may end by itself
        began = time.perf_counter()
        program.chat.page.composer.send.click()
        window.append((time.perf_counter() - began) * 1000)
        until(lambda: bool(ended))
        worker.append((ended[0] - began) * 1000)
    program.close()
    return window, worker


def line(name: str, frames: list[float]) -> str:
    ordered = sorted(frames)
    p99 = ordered[min(len(ordered) - 1, round(0.99 * len(ordered)))]
    return (
        f"{name:<28} p50 {statistics.median(ordered):6.1f} ms   p99 {p99:6.1f} ms   "
        f"worst {ordered[-1]:6.1f} ms   ({len(ordered)})"
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--messages", type=int, default=1_000)
    parser.add_argument("--check", action="store_true", help="end with an error beyond the limits")
    options = parser.parse_args()
    QApplication.setAttribute(Qt.ApplicationAttribute.AA_DontUseNativeMenuBar)
    app = QApplication(sys.argv[:1])
    failures = []
    with tempfile.TemporaryDirectory() as folder:
        profile = Path(folder)
        fill(profile / "conversations.sqlite3", options.messages)
        bench = Bench(profile)
        opened = bench.open_long()
        print(f"{options.messages} messages open in {opened:.0f} ms (limit {OPEN_MS:.0f})")
        if opened > OPEN_MS:
            failures.append("opening")
        began = time.perf_counter()
        for name, frames in (
            ("scrolling, freshly opened", bench.scroll(120)),
            ("laying out ahead", bench.idle()),
            ("scrolling, all laid out", bench.scroll(120)),
            ("an answer is written", bench.stream()),
        ):
            if frames:
                print(line(name, frames))
                if max(frames) > FRAME_MS:
                    failures.append(name)
        search = time.perf_counter()
        found = bench.program.chat.book.search("compute example")
        print(f"search: {len(found)} found in {(time.perf_counter() - search) * 1000:.0f} ms")
        print(
            f"all of it took {time.perf_counter() - began:.0f} s; frames may take {FRAME_MS:.0f} ms"
        )
        bench.close()
        for name, took in zip(
            ("stop: in the window", "stop: in the worker"), stops(profile), strict=True
        ):
            print(line(name, took))
            if max(took) > STOP_MS:
                failures.append(name)
    app.quit()
    if failures:
        print("beyond the limit: " + ", ".join(failures))
    return 1 if failures and options.check else 0


if __name__ == "__main__":
    sys.exit(main())
