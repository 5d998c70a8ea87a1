"""What listening and seeing take on top of text, in the real program with a model of full size.

    python tests/bench/memory_towers.py --model DIR [--weights int4] [--seconds 20] [--check]

Linux, with a private screen and a private sound server. One run: two questions; one about a
picture; the eyes are freed; speech into the microphone. Of each part the largest
sum of the proportional set sizes of window and worker, sampled every 50 ms. What a tower adds may
be a tenth more than its weights, as they are held.
"""

import argparse
import os
import sys
import tempfile
import threading
from dataclasses import dataclass, field
from pathlib import Path

import platformdirs
import psutil

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from engine.checkpoint import Checkpoint
from engine.config import load_config
from engine.datatypes import Modality
from engine.layout import GROUPS
from tests.bench.material import spoken
from tests.bench.memory import SAMPLE_S, begun, marks_of, prompt_of, proportional_bytes
from tests.bench.verdict import exit_status
from tests.e2e.speech import write_wav
from tests.virtual_audio import VirtualAudio

MORE = 1.1  # what a tower adds, beside its weights
PARTS = {"text": "again", "seeing": "seen", "between": "freed", "listening": "heard"}
TOWERS = {"seeing": Modality.VISION, "listening": Modality.AUDIO}


@dataclass
class Peaks:
    """The largest sum of each part of the run. part: the one that goes on."""

    part: str = "text"
    bytes: dict[str, int] = field(default_factory=dict)
    over: threading.Event = field(default_factory=threading.Event)

    def sample(self, process: psutil.Process) -> None:
        """Look at a process and all that it started, until it is over."""
        os.nice(10)  # of this thread
        while not self.over.wait(SAMPLE_S):
            try:
                family = (process, *process.children(recursive=True))
                whole = sum(proportional_bytes(one.pid)[0] for one in family)
            except (psutil.Error, OSError, KeyError):
                continue  # one of them has just ended
            self.bytes[self.part] = max(self.bytes.get(self.part, 0), whole)


def peaks(model: Path, weights: str, seconds: float, tokens: int) -> dict[str, int]:
    """One run of the program. seconds: of speech."""
    found = Peaks()
    sound = VirtualAudio(("mic",))
    with tempfile.TemporaryDirectory() as folder:
        wav = write_wav(Path(folder, "speech.wav"), spoken(seconds, seed=7, unbroken=False).pcm)
        # The sound server's home is new: compiled kernels are the machine's own all the same.
        cache = platformdirs.user_cache_dir()
        settings = {"prompt": prompt_of(model, 512), "tokens": tokens, "listen_s": seconds}
        try:
            more = sound.environment | {"XDG_CACHE_HOME": cache, "NESTLING_WEIGHTS": weights}
            with begun(model, settings, more) as process:
                watch = threading.Thread(target=found.sample, args=(psutil.Process(process.pid),))
                watch.start()
                order = list(PARTS)
                for mark, _ in marks_of(process):
                    if mark == "listening":
                        sound.play(wav, "mic")
                    if mark == PARTS[found.part] and found.part != order[-1]:
                        found.part = order[order.index(found.part) + 1]
                found.over.set()
                watch.join()
        finally:
            found.over.set()
            sound.close()
    return found.bytes


def tower_bytes(model: Path) -> dict[str, int]:
    """Of each tower with its embedder, as stored."""
    checkpoint = Checkpoint(model, load_config(model))
    return {
        part: sum(
            place.nbytes
            for name, place in checkpoint.places.items()
            if name.startswith(GROUPS[modality])
        )
        for part, modality in TOWERS.items()
    }


def main() -> int:
    """Print the table; 1 if --check finds a figure short."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--weights", default="int4")
    parser.add_argument("--seconds", type=float, default=20.0, help="of speech")
    parser.add_argument("--tokens", type=int, default=32, help="of each answer")
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    found = peaks(options.model, options.weights, options.seconds, options.tokens)
    held = tower_bytes(options.model)
    short = []
    print("| figure | measured | bound | |\n|---|---|---|---|")
    print(f"| text, bytes | {found['text']:,} | | |")
    for part, tower in held.items():
        added, bound = found[part] - found["text"], round(MORE * tower)
        met = added <= bound
        print(f"| {part} | {found[part]:,} | | |")
        print(
            f"| {part}, more than text (the tower: {tower:,}) | {added:,} | {bound:,} | "
            f"{'met' if met else '**short**'} |"
        )
        short += [] if met else [part]
    return exit_status(short, check=options.check)


if __name__ == "__main__":
    sys.exit(main())
