"""Memory of window and worker together with a model of full size, over one question and its answer.

    python tests/bench/memory.py --model DIR [--weights int4] [--prompt 512] [--tokens 128]
                                 [--part memory|time|limit] [--check]

Linux. Memory: the sum of the proportional set sizes of all its processes, sampled every 50 ms.
Limit: the same under a memory limit of that size without swap, where control groups can be
written (page cache is dropped before, so that the limit counts every page).
Make a checkpoint: python -m engine.checkpoint make --size E2B DIR
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from engine.config import load_config
from engine.prompt import Message, chat_prompt
from engine.tokenizer import Tokenizer
from tests.bench.control_group import ControlGroup
from tests.bench.verdict import exit_status
from tests.e2e.display import VirtualDisplay

ROOT = Path(__file__).resolve().parents[2]
SAMPLE_S = 0.05
SHOWN_FILES = 6
NEWS = 2_000_000  # bytes by which a peak must be higher to be looked at more closely
PATIENCE_S = 600.0
DROP_CACHES = Path("/proc/sys/vm/drop_caches")
BOUNDS = {30: 2_000_000_000, 35: 3_000_000_000}  # bytes, by the layers of E2B and E4B
START_S = 5.0  # process to first token, warm disk
LIMITED_SPEED = 0.9  # of the unlimited one


@dataclass
class Run:
    """What one run of the program came to.

    peak: bytes; parts: of each process at that moment. alone: what the peak would be if nothing
    else on the machine had mapped the same files; of_files: most of it.
    """

    peak: int = 0
    alone: int = 0
    of_files: dict[str, int] = field(default_factory=dict)
    parts: dict[str, int] = field(default_factory=dict)
    marks: dict[str, float] = field(default_factory=dict)
    tokens: int = 0

    @property
    def rate(self) -> float:
        """Tokens a second after the first."""
        return (self.tokens - 1) / (self.marks["done"] - self.marks["first"])


def proportional_bytes(pid: int) -> tuple[int, int]:
    """Proportional set size of a process, and the part of it that is of files."""
    fields = {}
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text("ascii").splitlines()[1:]:
        name, _, value = line.partition(":")
        fields[name] = int(value.split()[0]) * 1024
    return fields["Pss"], fields["Pss_File"]


def bytes_alone(pids: list[int]) -> tuple[int, dict[str, int]]:
    """Memory of processes as if they were the only ones that have mapped their files.

    A file's pages count once: as those of the process that has most of them. The second result is
    what each of the largest files has, and what belongs to none.
    """
    own = 0
    resident: dict[str, list[int]] = {}
    for pid in pids:
        name, of_file = "", {}
        for line in Path(f"/proc/{pid}/smaps").read_text("utf-8", "replace").splitlines():
            first, _, rest = line.partition(" ")
            if not first.endswith(":"):  # address perms offset device inode path
                fields = line.split(maxsplit=5)
                name = fields[5].rpartition("/")[2] if fields[4] != "0" else ""
            elif first in ("Rss:", "Anonymous:"):
                nbytes = int(rest.split()[0]) * 1024
                if first == "Anonymous:":  # also of a file's pages that were written to
                    own += nbytes
                    of_file[name] = of_file.get(name, 0) - nbytes
                else:
                    of_file[name] = of_file.get(name, 0) + nbytes
        for file, nbytes in of_file.items():
            if file:
                resident.setdefault(file, []).append(nbytes)
    largest = {file: max(each) for file, each in resident.items()}
    shown = dict(sorted(largest.items(), key=lambda item: -item[1])[:SHOWN_FILES])
    return own + sum(largest.values()), {"of no file": own} | shown


def sample(process: psutil.Process, run: Run, over: Callable[[], bool]) -> None:
    """Keep the largest sum of a process and all that it started, until `over`."""
    os.nice(10)  # of this thread: the worker is below others itself, and goes first
    while not over():
        began = time.monotonic()
        parts, pids = {}, []
        try:
            for one in (process, *process.children(recursive=True)):
                pids.append(one.pid)
                whole, of_files = proportional_bytes(one.pid)
                parts[f"{one.pid} own"] = whole - of_files
                parts[f"{one.pid} files"] = of_files
        except (psutil.Error, OSError, KeyError):
            continue  # one of them has just ended
        if (total := sum(parts.values())) > run.peak:
            if total > run.peak + NEWS:  # it takes longer to tell
                with suppress(OSError):
                    alone, of_files = bytes_alone(pids)
                    if alone > run.alone:
                        run.alone, run.of_files = alone, of_files
            run.peak, run.parts = total, parts
        time.sleep(max(0.0, SAMPLE_S - (time.monotonic() - began)))


def one_run(
    model: Path,
    weights: str,
    prompt: str,
    tokens: int,
    *,
    group: ControlGroup | None = None,
    sampled: bool = False,
) -> Run:
    """Start the program, ask once as soon as the model is there, end it.

    sampled: memory is looked at meanwhile, which takes a third of a core.
    """
    run = Run()
    settings = {"prompt": prompt, "tokens": tokens}
    with begun(model, settings, {"NESTLING_WEIGHTS": weights}, group) as process:
        began = time.monotonic()  # the screen was there before
        watched = psutil.Process(process.pid)
        watch = threading.Thread(
            target=sample, args=(watched, run, lambda: "done" in run.marks or not alive(process))
        )
        if sampled:
            watch.start()
        for mark, rest in marks_of(process):
            run.marks[mark] = time.monotonic() - began
            if mark == "done":
                run.tokens = int(rest)
        if sampled:
            watch.join()
    if "done" not in run.marks:
        raise SystemExit(f"the program ended early: {run.marks}")
    return run


@contextmanager
def begun(
    model: Path,
    settings: Mapping[str, object],
    environment: Mapping[str, str],
    group: ControlGroup | None = None,
) -> Iterator["subprocess.Popen[str]"]:
    """The program in memory_window.py, told its settings. Errors: SystemExit if it ends early."""
    with shown() as screen, tempfile.TemporaryDirectory() as profile:
        process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("memory_window.py"))],
            env={**os.environ, **screen, **environment},
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            preexec_fn=group.enter if group else None,  # noqa: PLW1509 - no thread is running yet
        )
        assert process.stdin is not None
        told = {"model": str(model), "profile": profile, **settings}
        process.stdin.write(json.dumps(told) + "\n")
        process.stdin.flush()
        try:
            yield process
        except BaseException:
            process.kill()
            raise
        if process.wait() != 0:
            raise SystemExit(f"the program ended early, status {process.returncode}")


def marks_of(process: "subprocess.Popen[str]") -> Iterator[tuple[str, str]]:
    """What the program reaches, when it does: a word, and what it says beside."""
    assert process.stdout is not None
    for line in process.stdout:
        mark, _, rest = line.strip().partition(" ")
        yield mark, rest


def alive(process: "subprocess.Popen[str]") -> bool:
    return process.poll() is None


@contextmanager
def shown() -> Iterator[dict[str, str]]:
    """A private screen."""
    display = VirtualDisplay()
    try:
        yield display.environment
    finally:
        display.close()


def prompt_of(model: Path, count: int) -> str:
    """Text that makes a prompt of about so many tokens."""
    tokenizer, config = Tokenizer(model), load_config(model)
    words = ("seven", "old", "men", "saw", "the", "river", "rise", "and", "went", "home")
    text = ""
    while True:
        longer = f"{text} {words[len(text) % len(words)]}".strip()
        if len(chat_prompt(tokenizer, config, [Message("user", (longer,))])) > count:
            return text
        text = longer


def limited_run(limit: int, model: Path, _weights: str, prompt: str, tokens: int) -> Run:
    """The same where no more memory can be had: the program itself chooses its weights."""
    group = ControlGroup("nestling-bench", limit)
    try:
        if os.access(DROP_CACHES, os.W_OK):
            os.sync()
            DROP_CACHES.write_text("1\n")  # pages count for whoever reads them first
        return one_run(model, "auto", prompt, tokens, group=group)
    finally:
        group.remove()


@dataclass(frozen=True)
class Row:
    """A line of the table."""

    name: str
    value: float
    bound: float | None = None
    met: bool = True


def main() -> int:
    """Print the table; 1 if --check finds a figure short."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--weights", default="int4")
    parser.add_argument("--prompt", type=int, default=512)
    parser.add_argument("--tokens", type=int, default=128)
    parser.add_argument("--part", choices=("memory", "time", "limit", "all"), default="all")
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    bound = BOUNDS[load_config(options.model).text.num_hidden_layers]
    prompt = prompt_of(options.model, options.prompt)
    asked = options.model, options.weights, prompt, options.tokens
    rows = []
    if options.part in ("memory", "all"):
        run = one_run(*asked, sampled=True)
        rows.append(Row("peak of window and worker, bytes", run.peak, bound, run.peak <= bound))
        rows += [Row(f"  {name}", size) for name, size in run.parts.items()]
        alone = max(run.alone, run.peak)
        rows.append(Row("if nothing else had its files mapped", alone, bound, alone <= bound))
        rows += [Row(f"  {name}", size) for name, size in run.of_files.items()]
    if options.part in ("time", "all"):
        run = one_run(*asked)
        first = run.marks["first"]
        rows.append(Row("model there, s", run.marks["loaded"]))
        rows.append(Row("first token, s", first, START_S, first <= START_S))
        rows.append(Row("decode, tokens/s", run.rate))
    if options.part in ("limit", "all"):
        try:
            limited = limited_run(bound, *asked)
        except OSError as error:
            why = f"speed under that limit: no control group can be written ({error.strerror})"
            rows.append(Row(why, 0.0, LIMITED_SPEED, met=False))
        else:
            share = limited.rate / one_run(*asked).rate
            rows.append(Row("speed under that limit", share, LIMITED_SPEED, share >= LIMITED_SPEED))
    print("| figure | measured | bound | |\n|---|---|---|---|")
    for row in rows:
        limit = "" if row.bound is None else f"{row.bound:,}"
        print(f"| {row.name} | {row.value:,.10g} | {limit} | {'met' if row.met else '**short**'} |")
    short = [row.name for row in rows if not row.met]
    return exit_status(short, check=options.check)


if __name__ == "__main__":
    sys.exit(main())
