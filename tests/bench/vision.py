"""How long a tower looks at a picture, and what memory that takes beside its weights.

    python tests/bench/vision.py [--model DIR | --random] [--check]

Times are of this machine and are not checked; the memory is.
"""

import argparse
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil
import torch

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from engine import device, residency  # noqa: E402
from engine.datatypes import PICTURE_PIXELS  # noqa: E402
from engine.embedder import MultimodalEmbedder  # noqa: E402
from engine.model import Gemma3n  # noqa: E402
from engine.vision.encoder import MobileNetV5  # noqa: E402
from engine.vision.table import VisionConfig, parse_vision  # noqa: E402
from engine.vision.tower import VisionTower  # noqa: E402
from tests.tiny_vision import randomise, section  # noqa: E402

BOUND_MB = 600.0  # of the published tower at 768 pixels
TEXT_HIDDEN = 2048


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: the better of two looks; wall_s counts waiting for a core."""

    pixels: int
    wall_s: float
    cpu_s: float
    peak_mb: float

    def __str__(self) -> str:
        return f"{self.pixels:>6}{self.wall_s:>12.2f}{self.cpu_s:>12.2f}{self.peak_mb:>14.0f}"


def random_tower(config: VisionConfig, dtype: torch.dtype) -> VisionTower:
    """A tower with drawn weights, made without having them twice."""
    with torch.device("meta"):
        embedder = MultimodalEmbedder(
            config.vocab_size, config.vocab_offset, config.hidden_size, TEXT_HIDDEN
        )
        tower = VisionTower(MobileNetV5(config), embedder)
    tower = tower.to(dtype).to_empty(device="cpu").requires_grad_(False)
    randomise(tower, seed=0)
    return tower


def look(tower: VisionTower, pixels: int) -> Row:
    """Time and memory of one picture."""
    picture = torch.randint(0, 256, (1, pixels, pixels, 3), dtype=torch.uint8)
    tower(picture)  # kernels are chosen at the first look
    residency.trim()
    before = psutil.Process().memory_info().rss
    Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew
    walls, cpus = [], []
    for _ in range(2):
        wall, cpu = time.perf_counter(), time.process_time()
        tower(picture)
        walls.append(time.perf_counter() - wall)
        cpus.append(time.process_time() - cpu)
    return Row(pixels, min(walls), min(cpus), max(0.0, (_peak() - before) / 1e6))


def _peak() -> int:
    """The most memory that was resident since the mark was reset, bytes."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    (line,) = [line for line in status.splitlines() if line.startswith("VmHWM")]
    return int(line.split()[1]) * 1024


@torch.inference_mode()
def report(tower: VisionTower, name: str, *, check: bool, bound_mb: float = BOUND_MB) -> int:
    """Print the table. Returns 1 if checked and a picture takes too much memory, else 0."""
    weights = sum(p.nbytes for p in (*tower.parameters(), *tower.buffers()))
    dtype = str(tower.vision_tower.dtype).removeprefix("torch.")
    print(f"{name}, {dtype}, {device.describe()}: {weights / 1e6:.1f} MB of weights")
    print(f"{'pixels':>6}{'seconds':>12}{'cpu s':>12}{'peak MB':>14}")
    rows = [look(tower, pixels) for pixels in PICTURE_PIXELS]
    for row in rows:
        print(row, flush=True)
    worst = max(row.peak_mb for row in rows)
    if check and worst > bound_mb:
        print(f"SHORT: a picture takes {worst:.0f} MB beside the weights, more than {bound_mb:.0f}")
        return 1
    return 0


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the bench; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    source = parser.add_mutually_exclusive_group()
    source.add_argument("--model", type=Path, help="default: as --random")
    source.add_argument("--random", action="store_true", help="the published size, random weights")
    parser.add_argument("--dtype", choices=("float32", "bfloat16"), help="default: as loaded")
    parser.add_argument("--threads", type=int)
    parser.add_argument("--check", action="store_true", help="exit 1 if memory exceeds its bound")
    options = parser.parse_args(arguments)
    device.configure(options.threads)
    dtype = getattr(torch, options.dtype) if options.dtype else None
    if options.model is None:
        config = parse_vision(section(2048, None))
        tower, name = random_tower(config, dtype or torch.bfloat16), "published size, random"
    else:
        tower = Gemma3n.open(options.model, dtype=dtype).vision_tower()
        name = options.model.name
    return report(tower, name, check=options.check)


if __name__ == "__main__":
    sys.exit(main())
