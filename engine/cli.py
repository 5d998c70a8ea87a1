"""The engine from a shell: results on stdout, everything else on stderr.

Imports at the top are the standard library's: `setup` runs where nothing is installed yet.
"""

import argparse
import errno
import io
import logging
import math
import os
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from engine import provision
from engine.errors import ErrorKind, NestlingError
from engine.hub import command as hub
from engine.weights import Weights, weights_of_environment

if TYPE_CHECKING:
    from engine.session import Session

BUNDLED_MODEL = Path(__file__).resolve().parent.parent / "assets" / "nano"

_HELD = [str(weights) for weights in Weights]
_FOLDER = "its folder; default: that of --model, or nano"
FAILED = 1  # argparse itself ends with 2 on wrong usage
INTERRUPTED = 130  # what a shell reports for a program that Ctrl-C ended
_BARRED = (errno.EACCES, errno.EPERM, errno.ENAMETOOLONG)
_DISK = (errno.ENOSPC, errno.EDQUOT, errno.EIO)  # full, more than one may have, or broken


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Read the command line: `.command` (None = the window), `.model`, and the command's own."""
    model = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    model.add_argument("--model", metavar="DIR", type=Path, help="a model folder; default: nano")
    model.add_argument("--weights", choices=_HELD, help="how weights are held; default: auto")
    parser = argparse.ArgumentParser(
        prog="main.py",
        description="A private assistant on Gemma 3n. Without a command: the window.",
    )
    parser.add_argument("--model", metavar="DIR", type=Path, help="a model folder; default: nano")
    parser.add_argument("--weights", choices=_HELD, help="how weights are held; default: auto")
    parser.add_argument(
        "--profile", metavar="DIR", type=Path, help="keep everything in this folder instead"
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")

    transcribe = commands.add_parser(
        "transcribe", parents=[model], help="write down the speech of a sound file"
    )
    transcribe.add_argument(
        "file",
        type=Path,
        help="WAV, FLAC, OGG or MP3 of any length; with ffmpeg also videos and others",
    )
    transcribe.add_argument(
        "--ears",
        choices=("auto", "model"),
        default="auto",
        help="auto: with nano, people's English is heard by Moonshine tiny where it is installed",
    )
    chat = commands.add_parser("chat", parents=[model], help="answer one message")
    chat.add_argument("message", help="what is asked; nothing is remembered of it")
    shown = chat.add_mutually_exclusive_group()
    shown.add_argument(
        "--image", metavar="FILE", type=Path, action="append", default=[], help="JPEG, PNG or WebP"
    )
    shown.add_argument(
        "--video", metavar="FILE", type=Path, help="MP4, MKV or WebM, with its sound"
    )
    chat.add_argument(
        "--scenes", action="store_true", help="a frame where the scene changes, not each second"
    )
    chat.add_argument(
        "--pixels",
        type=int,
        choices=(256, 512, 768),
        default=768,
        help="at which pictures are looked at; default: 768",
    )
    chat.add_argument(
        "--look-seconds",
        metavar="S",
        type=_seconds,
        help="look at pictures at a smaller size where they would take longer together",
    )
    chat.add_argument(
        "--crops", action="store_true", help="look at wide and upright pictures in parts, too"
    )
    chat.add_argument("--seed", type=_seed, help="draw the same answer again")
    chat.add_argument("--tokens", type=_count, default=1024, help="longest answer; default: 1024")
    translate = commands.add_parser("translate", parents=[model], help="translate a text")
    translate.add_argument("text", help="what is translated: a sentence or a few")
    translate.add_argument(
        "--to", required=True, metavar="LANGUAGE", help="its English name: Spanish, Chinese, …"
    )
    translate.add_argument(
        "--from", dest="source", default="", metavar="LANGUAGE", help="default: the model finds out"
    )
    for command in (transcribe, chat, translate):
        command.add_argument("--size", metavar="NAME", help="a size of the model, as `info` lists")
    info = commands.add_parser("info", parents=[model], help="parameters and bytes of each part")
    info.add_argument("folder", metavar="MODEL_DIR", type=Path, nargs="?", help=_FOLDER)
    doctor = commands.add_parser(
        "doctor", parents=[model], help="check a model on this machine; exit code 1 if it fails"
    )
    doctor.add_argument("folder", metavar="MODEL_DIR", type=Path, nargs="?", help=_FOLDER)
    cut = commands.add_parser("slice", parents=[model], help="write one size as its own model")
    cut.add_argument("folder", metavar="MODEL_DIR", type=Path, nargs="?", help=_FOLDER)
    cut.add_argument("size", metavar="SIZE", help="its name, as `info` lists")
    cut.add_argument("out", metavar="OUT", type=Path, help="a folder to make")
    made = commands.add_parser(
        "prepare", parents=[model], help="make the small weights of a model now, or verify them"
    )
    made.add_argument("folder", metavar="MODEL_DIR", type=Path, nargs="?", help=_FOLDER)
    made.add_argument("--verify", action="store_true", help="compare them with their checksums")
    hub.add_parser(commands)
    commands.add_parser("setup", help="install what is missing, then open the window")
    test = commands.add_parser(
        "test",
        add_help=False,
        help="install what is missing, then run every check and test",
        usage="main.py test [WORD ...]",
        description="Install what is missing into .venv (2.3 GB at first), then run every check "
        "and test. Further words go to pytest, which then runs alone.",
    )
    options, rest = parser.parse_known_args(arguments)
    if options.command == "test":
        if rest[:1] in (["-h"], ["--help"]):
            test.print_help()
            parser.exit()
        options.arguments = rest  # pytest's own, options included
    elif rest:
        parser.error(f"unrecognized arguments: {' '.join(rest)}")
    return options


def open_streams() -> None:
    """Put the null device in place of a closed stdin or stderr: `print` would take stdout for it.

    Stdin first: while stdout is open, each gets its own descriptor, and no file of ours does.
    """
    if sys.stdin is None:
        sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: SIM115 - the process keeps it
    if sys.stderr is None:
        sys.stderr = open(  # noqa: SIM115 - the process keeps it
            os.devnull, "w", encoding="utf-8", errors="backslashreplace"
        )


def run(options: argparse.Namespace) -> int:
    """Run a command of `parse`. Returns the exit status; every expected failure is one sentence."""
    logging.basicConfig(level=logging.WARNING, format="%(name)s: %(message)s")
    try:
        if options.command == "setup":
            return provision.setup(_of_window(options))
        if options.command == "test":
            return provision.test(options.arguments)
        if sys.stdout is None:
            raise NestlingError(
                ErrorKind.BAD_INPUT,
                "The output is closed: expected a terminal, a file or a pipe for the results; "
                "open one and run this again",
            )
        if isinstance(sys.stdout, io.TextIOWrapper):  # names of files need not be text
            sys.stdout.reconfigure(errors="backslashreplace")
        if options.command == "doctor":
            return _doctor(options)
        _COMMANDS[options.command](options)
        sys.stdout.flush()
    except NestlingError as error:
        print(error.message, file=sys.stderr)
        return FAILED
    except (MemoryError, RuntimeError) as error:
        from engine.residency import OUT_OF_MEMORY, is_out_of_memory

        if not is_out_of_memory(error):
            raise
        print(OUT_OF_MEMORY, file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:  # the reader went away, as `| head` does
        _discard_output()
        return FAILED
    except OSError as error:
        if error.errno in _BARRED:
            print(
                f"{error.filename}: {error.strerror}: give yourself the right to it, or choose "
                "another place",
                file=sys.stderr,
            )
            return FAILED
        if error.errno not in _DISK:
            raise
        _discard_output()
        print(
            f"{error.strerror}, while reading or writing: make room there, or look after the "
            "disk, then run this again",
            file=sys.stderr,
        )
        return FAILED
    return 0


def _of_window(options: argparse.Namespace) -> list[str]:
    """The words of the command line that are about the window."""
    values = {"--model": options.model, "--weights": options.weights, "--profile": options.profile}
    return [word for name, value in values.items() if value for word in (name, str(value))]


def _discard_output() -> None:
    """What stdout still holds must not fail at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _count(text: str) -> int:
    """A number of at least 1."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 on")
    return int(text)


def _seconds(text: str) -> float:
    """A time above 0."""
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < math.inf:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds above 0")
    return seconds


def _seed(text: str) -> int:
    """A number that the random generator takes."""
    if not text.isdecimal() or int(text) >= 1 << 64:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 0 to 2^64 - 1")
    return int(text)


def _session(options: argparse.Namespace) -> "Session":
    """The model of the command line, open."""
    from engine import device
    from engine.protocol import Progress
    from engine.session import Session

    device.configure(large=True)
    session = Session(weights=_weights(options))
    show = _Shares("Preparing the weights")
    for event in session.load(_model_folder(options), options.size):
        if isinstance(event, Progress) and event.fraction is not None:
            show(event.fraction)
    device.configure(large=session.model.large)
    return session


def _weights(options: argparse.Namespace) -> Weights:
    """As the command line has it, else as the environment has it."""
    return Weights(options.weights or weights_of_environment() or Weights.AUTO)


class _Shares:
    """A line on a terminal that is written over; elsewhere one for every quarter.

    Args:
        what: is being done.
    """

    def __init__(self, what: str) -> None:
        self._what, self._quarter = what, -1

    def __call__(self, share: float) -> None:
        told, quarter = f"{self._what}: {share:.0%}", int(4 * share)
        if sys.stderr.isatty():
            print(f"\r{told}", end="\n" if share >= 1 else "", file=sys.stderr)
        elif quarter > self._quarter:
            print(told, file=sys.stderr, flush=True)
        self._quarter = max(quarter, self._quarter)


def _model_folder(options: argparse.Namespace) -> Path:
    """The folder named, as the command's own argument or by --model, or the bundled model."""
    return getattr(options, "folder", None) or options.model or BUNDLED_MODEL


def _transcribe(options: argparse.Namespace) -> None:
    """One line for each stretch of speech, as soon as it is certain."""
    if str(options.file) == "-":
        raise NestlingError(
            ErrorKind.BAD_INPUT,
            "Sound cannot come from a pipe: save it to a file first, and give its path.",
        )
    session = _session(options)
    for segment in session.transcribe(options.file, starter=options.ears == "auto"):
        print(segment.text, flush=True)


def _chat(options: argparse.Namespace) -> None:
    """The answer, piece by piece."""
    from engine.datatypes import Role, SamplingParams, Seeing, Turn
    from engine.protocol import Token
    from engine.vision.pictures import read_picture

    if not options.message.strip():
        raise NestlingError(
            ErrorKind.BAD_INPUT, "The message is empty: give the question as one argument."
        )
    session = _session(options)
    params = SamplingParams(seed=options.seed, max_tokens=options.tokens)
    seeing = Seeing(options.pixels, options.look_seconds, options.crops)
    question = Turn(
        0, Role.USER, options.message, images=tuple(read_picture(path) for path in options.image)
    )
    if options.video is not None:
        question, notes = session.with_video(
            question, options.video, params, seeing, by_scenes=options.scenes
        )
        for note in notes:
            print(note, file=sys.stderr)
    for event in session.ask((question,), params, seeing=seeing):
        if isinstance(event, Token):
            print(event.piece, end="", flush=True)
    print()


def _translate(options: argparse.Namespace) -> None:
    """The translation alone."""
    from engine.datatypes import Languages
    from engine.protocol import Failed, Translated

    if not options.text.strip():
        raise NestlingError(ErrorKind.BAD_INPUT, "The text is empty: give it as one argument.")
    session = _session(options)
    session.translate(0, options.text, Languages(options.to.strip(), options.source.strip()))
    while session.translating:
        for event in session.translate_slice():
            if isinstance(event, Failed):
                raise NestlingError(event.kind, event.message)
            if isinstance(event, Translated) and event.final:
                print(event.text)


def _info(options: argparse.Namespace) -> None:
    """Two tables: the parts, and the sizes."""
    from engine.info import describe

    _print_lines(describe(_model_folder(options)))


def _doctor(options: argparse.Namespace) -> int:
    """A table, row by row as it becomes certain. Returns the exit status."""
    from engine.doctor.examine import examine
    from engine.doctor.report import Report

    folder = _model_folder(options)
    report = Report(folder)
    for line in report.heading():
        print(line)
    for row in examine(folder, lambda title: print(f"checking: {title}", file=sys.stderr)):
        print(report.line(row), flush=True)
    print(report.verdict(), flush=True)
    return FAILED if report.failed else 0


def _slice(options: argparse.Namespace) -> None:
    """Write the size, then name the folder on stderr."""
    from engine.slicing import write_slice

    write_slice(_model_folder(options), options.size, options.out)
    print(f"Wrote {options.size} to {options.out}.", file=sys.stderr)


def _prepare(options: argparse.Namespace) -> None:
    """Make the prepared file, then name it."""
    from engine import device
    from engine.model import Gemma3n

    device.configure(large=True)
    wanted = _weights(options)
    wanted = Weights.INT4 if wanted is Weights.AUTO else wanted
    steps, show = Gemma3n.opening(_model_folder(options), weights=wanted), _Shares("Preparing")
    while True:
        try:
            show(next(steps))
        except StopIteration as end:
            prepared = end.value.prepared
            break
    if prepared is None:
        raise NestlingError(
            ErrorKind.BAD_INPUT, "bf16 needs no preparing: choose --weights int4 or int8"
        )
    if options.verify:
        prepared.verify()
    print(prepared.file)


def _print_lines(lines: Iterable[str]) -> None:
    for line in lines:
        print(line)


_COMMANDS = {
    "prepare": _prepare,
    "transcribe": _transcribe,
    "chat": _chat,
    "translate": _translate,
    "info": _info,
    "slice": _slice,
    "models": hub.run,
}
