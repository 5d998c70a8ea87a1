"""How fast a tower hears, and whether a stream of it is its whole clip.

    python tests/bench/audio.py [--model DIR | --random] [--check]

Times are of this machine and are not checked; the difference between stream and clip is.
"""

import argparse
import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from engine import device  # noqa: E402
from engine.audio.encoder import AudioEncoder  # noqa: E402
from engine.audio.tower import AudioTower  # noqa: E402
from engine.datatypes import CHUNK_SAMPLES, SAMPLE_RATE  # noqa: E402
from engine.embedder import MultimodalEmbedder  # noqa: E402
from engine.model import Gemma3n  # noqa: E402
from tests.tiny_audio import PUBLISHED, randomise, voice_like  # noqa: E402

BOUND = 2e-5  # largest difference of a streamed row from the whole clip's, float32
CHUNK_S = CHUNK_SAMPLES / SAMPLE_RATE
CHUNKS_PER_STEP = (1, 2, 4)
WARM_UP_STEPS = 3


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: how much sound at once, and how long that took."""

    name: str
    sound_s: float
    p50_s: float
    p95_s: float

    def __str__(self) -> str:
        share = self.p50_s / self.sound_s
        return f"{self.name:<24}{self.p50_s * 1e3:>10.1f}{self.p95_s * 1e3:>10.1f}{share:>12.3f}"


def random_published_tower(dtype: torch.dtype) -> AudioTower:
    """A tower of the published shape with drawn weights, folded as a loaded one is."""
    with torch.device("meta"):
        encoder = AudioEncoder(PUBLISHED)
        embedder = MultimodalEmbedder(
            PUBLISHED.vocab_size, PUBLISHED.vocab_offset, PUBLISHED.hidden_size, 2048
        )
    for module in (encoder.to(dtype), embedder.to(dtype)):
        module.to_empty(device="cpu").requires_grad_(False)
        randomise(module, seed=0)
    encoder.fold()
    return AudioTower(encoder, embedder)


def step_times(tower: AudioTower, chunks: int, steps: int, *, paced: bool = False) -> Row:
    """Time steps of `chunks` chunks of one running stream. paced: each when it was spoken."""
    pcm = voice_like(CHUNK_SAMPLES * chunks * (steps + WARM_UP_STEPS))
    state = tower.initial_state()
    times = []
    for piece in pcm.split(CHUNK_SAMPLES * chunks):
        begin = time.perf_counter()
        state, _ = tower.feed(state, piece)
        times.append(time.perf_counter() - begin)
        if paced:
            time.sleep(max(0.0, CHUNK_S * chunks - times[-1]))
    times = sorted(times[WARM_UP_STEPS:])
    p95 = times[min(len(times) - 1, int(0.95 * len(times)))]
    name = f"step of {chunks} chunk{'s' if chunks > 1 else ''}"
    return Row(name, CHUNK_S * chunks, statistics.median(times), p95)


def clip_time(tower: AudioTower, seconds: float) -> Row:
    """Time one whole clip, the better of two."""
    pcm = voice_like(int(seconds * SAMPLE_RATE))
    times = []
    for _ in range(2):
        begin = time.perf_counter()
        tower.feed(tower.initial_state(), pcm, final=True)
        times.append(time.perf_counter() - begin)
    return Row(f"whole clip of {seconds:g} s", seconds, min(times), max(times))


def stream_difference(tower: AudioTower, seconds: float) -> float:
    """Largest difference of any value, streamed by chunks against the whole clip, in float32."""
    tower = tower.float()
    pcm = voice_like(int(seconds * SAMPLE_RATE) + 77)
    _, whole = tower.feed(tower.initial_state(), pcm, final=True)
    state = tower.initial_state()
    rows = []
    for piece in pcm.split(CHUNK_SAMPLES):
        state, soft = tower.feed(state, piece)
        rows.append(soft)
    rows.append(tower.feed(state, pcm[:0], final=True)[1])
    return float((torch.cat(rows) - whole).abs().max())


@torch.inference_mode()
def report(tower: AudioTower, name: str, *, steps: int, seconds: float, check: bool) -> int:
    """Print the table. Returns 1 if checked and the stream is not the clip, else 0."""
    weights = sum(p.nbytes for p in (*tower.parameters(), *tower.buffers()))
    dtype = str(tower.audio_tower.dtype).removeprefix("torch.")
    print(f"{name}, {dtype}, {device.describe()}: {weights / 1e6:.1f} MB of weights")
    print(f"{'':<24}{'p50 ms':>10}{'p95 ms':>10}{'of real time':>14}")
    for chunks in CHUNKS_PER_STEP:
        print(step_times(tower, chunks, steps), flush=True)
    print(clip_time(tower, seconds), flush=True)
    state, _ = tower.feed(tower.initial_state(), voice_like(13 * CHUNK_SAMPLES))
    print(f"state of one stream: {state.nbytes / 1e6:.2f} MB")
    difference = stream_difference(tower, min(seconds, 10.0))
    print(f"stream against whole clip, float32: {difference:.1e} (bound {BOUND:.0e})")
    if check and not difference <= BOUND:
        print(f"SHORT: stream against whole clip is {difference:.1e}, more than {BOUND:.0e}")
        return 1
    return 0


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the bench; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    source = parser.add_mutually_exclusive_group()
    source.add_argument("--model", type=Path, default=ROOT / "assets" / "nano")
    source.add_argument("--random", action="store_true", help="the published size, random weights")
    parser.add_argument("--dtype", choices=("float32", "bfloat16"), help="default: as loaded")
    parser.add_argument("--threads", type=int)
    parser.add_argument("--steps", type=int, default=30)
    parser.add_argument("--seconds", type=float, default=30.0, help="length of the whole clip")
    parser.add_argument("--check", action="store_true", help="exit 1 if the stream is not the clip")
    options = parser.parse_args(arguments)
    device.configure(options.threads)
    dtype = getattr(torch, options.dtype) if options.dtype else None
    if options.random:
        tower, name = random_published_tower(dtype or torch.float32), "published size, random"
    else:
        tower = Gemma3n.open(options.model, dtype=dtype).audio_tower()
        name = options.model.name
    return report(tower, name, steps=options.steps, seconds=options.seconds, check=options.check)


if __name__ == "__main__":
    sys.exit(main())
