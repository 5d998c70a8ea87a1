"""How fast the engine is on a full-size checkpoint, beside other programs on the same machine.

    python tests/bench/speed.py --folder DIR [--parts …] [--record FILE] [--check]

DIR is a checkpoint of the released shape (`python -m engine.checkpoint make --size E2B DIR`).
llama.cpp is timed by its own program: --llama-bench and --gguf name it and the converted checkpoint
(tests/reference/gguf_q4.py). Parts can be run one at a time: what each finds is kept in --record,
and the table is of all that the record holds. --sizes names a checkpoint of E4B; each of its sizes
is timed. --check exits with 1 and names what falls short; a part or a peer that is missing counts
as short.
"""

import argparse
import gc
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from engine import device
from engine.model import Gemma3n
from engine.provision import REFERENCE
from engine.quant.fitting import narrow_ears
from engine.vision.table import parse_vision
from engine.weights import Weights
from tests.bench.audio import random_published_tower, step_times
from tests.bench.timing import Decoder, bytes_read, rates, seconds, weight_bytes
from tests.bench.verdict import exit_status
from tests.bench.vision import random_tower
from tests.tiny_vision import section

ROOT = Path(__file__).resolve().parents[2]
PROMPTS = (256, 1024)
TOKENS = 24  # decoded for a rate
PICTURES = (256, 768)
LONG = 32_000
CONTEXTS = (512, 8192)
AUDIO_STEPS = 60
SIZE_TOKENS, SIZE_ROUNDS = 10, 5  # decoded at each size, all sizes in turn so many times
NO_AMX = {"ONEDNN_MAX_CPU_ISA": "AVX512_CORE_BF16"}

Found = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Bound:
    """A row: what is compared with what, and how much of it is wanted at least."""

    figure: str
    value: str
    against: str
    least: float

    def line(self, found: Found) -> tuple[str, bool]:
        """The row as Markdown, and whether it is met."""
        if self.value not in found or self.against not in found:
            missing = [key for key in (self.value, self.against) if key not in found]
            return f"| {self.figure} | missing: {', '.join(missing)} | | **short** |", False
        ratio = found[self.value] / found[self.against]
        met = ratio >= self.least
        shown = f"{found[self.value]:.3g} / {found[self.against]:.3g} = {ratio:.2f}"
        mark = "met" if met else "**short**"
        return f"| {self.figure} | {shown} | {self.least:g} | {mark} |", met


BOUNDS = (
    Bound("decode int4 / llama.cpp Q4_0", "int4 decode", "llama decode", 1.5),
    Bound("decode bf16 / transformers", "bf16 decode", "transformers decode", 1.3),
    Bound("decode bf16 / matrix-vector rate", "bf16 decode", "bf16 bound", 0.85),
    *(
        Bound(f"prefill of {n}, int4 / llama.cpp", f"int4 prefill {n}", f"llama prefill {n}", 5)
        for n in PROMPTS
    ),
    *(
        Bound(
            f"prefill of {n}, bf16 / transformers",
            f"bf16 prefill {n}",
            f"transformers prefill {n}",
            2,
        )
        for n in PROMPTS
    ),
    Bound("decode int4 / best read rate", "int4 decode", "int4 bound", 0.75),
    Bound("decode int4 at 8k / at 512", "int4 decode at 8192", "int4 decode at 512", 0.85),
    Bound("100 ms / audio step, p95", "audio bound", "audio step int8 p95", 1.0),
    *(
        Bound(f"picture of {n} px, timm / ours", f"timm picture {n}", f"picture {n}", 1.5)
        for n in PICTURES
    ),
    Bound("10 % / size's time off its bytes, E4B's worst", "size bound", "size deviation", 1.0),
)


class Parts:
    """What can be timed; each part gives figures by name: tokens a second, or seconds."""

    def __init__(self, options: argparse.Namespace) -> None:
        self._options = options

    def all(self) -> Mapping[str, Callable[[], Found]]:
        """Each part by its name, in order."""
        return {
            "rates": self.rates,
            "bf16": lambda: self._decoder("bf16", Weights.EXACT),
            "int4": lambda: self._decoder("int4", Weights.INT4),
            "contexts": self.contexts,
            "long": self.long,
            "sizes": self.sizes,
            "transformers": self.transformers,
            "llama": self.llama,
            "vision": self.vision,
            "timm": self.timm,
            "audio": self.audio,
        }

    def rates(self) -> Found:
        found = rates()
        return {"mv bytes/s": found.mv, "best bytes/s": found.best}

    def _open(self, weights: Weights) -> Gemma3n:
        options = self._options
        return Gemma3n.open(
            options.folder, dtype=torch.bfloat16, device=options.device, weights=weights
        )

    def _decoder(self, name: str, weights: Weights) -> Found:
        options = self._options
        decoder = Decoder(self._open(weights))
        found = {
            f"{name} prefill {n}": n / decoder.prefill(n, options.rounds) for n in options.prompts
        }
        decoder.cache.reset()
        found[f"{name} decode"] = decoder.decode(decoder.read(64), TOKENS)
        found[f"{name} bytes"] = weight_bytes(decoder.model)
        return found

    def sizes(self) -> Found:
        """Seconds a token at each size of E4B in int4, against the bytes that it reads.

        Medians of rounds: one after the other, sizes would be taken at different moments.
        """
        options = self._options
        model = Gemma3n.open(options.sizes, dtype=torch.bfloat16, weights=Weights.INT4)
        took: dict[str, list[float]] = {size.name: [] for size in model.sizes.sizes}
        for _ in range(SIZE_ROUNDS):
            for size in reversed(model.sizes.sizes):
                decoder = Decoder(model, size)
                took[size.name].append(1 / decoder.decode(decoder.read(16), SIZE_TOKENS))
        found: Found = {}
        for size in model.sizes.sizes:
            found[f"size {size.name} s"] = statistics.median(took[size.name])
            found[f"size {size.name} bytes"] = bytes_read(model, size)
        largest = model.sizes.largest.name
        rate = found[f"size {largest} s"] / found[f"size {largest} bytes"]
        off = [
            abs(found[f"size {size.name} s"] / (found[f"size {size.name} bytes"] * rate) - 1)
            for size in model.sizes.sizes
        ]
        return found | {"size deviation": max(off)}

    def contexts(self) -> Found:
        """Decoding with int4 weights behind so many tokens, whose keys are random."""
        decoder = Decoder(self._open(Weights.INT4))
        found: Found = {}
        for length in CONTEXTS:
            decoder.pretend(length - 1)
            found[f"int4 decode at {length}"] = decoder.decode(decoder.read(1), TOKENS)
        return found

    def long(self) -> Found:
        """A long prompt with int4 weights, read, and decoding at its end."""
        decoder = Decoder(self._open(Weights.INT4))
        length = self._options.longest
        took, hidden = seconds_of(lambda: decoder.read(length))
        return {
            f"long prefill {length}": length / took,
            f"int4 decode behind {length} read": decoder.decode(hidden, TOKENS),
            f"cache bytes at {length}": decoder.cache.nbytes,
        }

    def transformers(self) -> Found:
        script = "tests/reference/transformers_speed.py"
        options = self._options
        arguments = [options.folder, options.threads, TOKENS, *options.prompts]
        said = json.loads(_child([sys.executable, script, *arguments]))
        prefill = {
            f"transformers prefill {n}": n / said["prefill"][str(n)] for n in options.prompts
        }
        return prefill | {"transformers decode": said["decode"]}

    def llama(self) -> Found:
        options = self._options
        lengths = ",".join(map(str, options.prompts))
        command = [options.llama_bench, "-m", options.gguf, "-t", options.threads, "-p", lengths]
        runs = json.loads(_child([*command, "-n", TOKENS, "-r", 2, "-o", "json"]))
        found = {}
        for run in runs:
            prompt = run["n_prompt"]
            found["llama decode" if not prompt else f"llama prefill {prompt}"] = run["avg_ts"]
        return found

    def vision(self) -> Found:
        tower = random_tower(parse_vision(section(2048, None)), torch.bfloat16)
        found = {}
        with torch.inference_mode():
            for pixels in PICTURES:
                picture = torch.randint(0, 256, (1, pixels, pixels, 3), dtype=torch.uint8)
                found[f"picture {pixels}"] = seconds(lambda: tower(picture), 3)  # noqa: B023
        return found

    def timm(self) -> Found:
        places = (str(Path(sys.prefix) / REFERENCE), str(ROOT))
        arguments = ["tests/reference/timm_speed.py", self._options.threads, *PICTURES]
        said = json.loads(_child([sys.executable, *arguments], {"PYTHONPATH": ":".join(places)}))
        return {f"timm picture {n}": said[str(n)] for n in PICTURES}

    def audio(self) -> Found:
        tower = random_published_tower(torch.bfloat16)
        found: Found = {}
        with torch.inference_mode():
            for name in ("audio step bf16", "audio step int8"):
                row = step_times(tower, 1, AUDIO_STEPS, paced=True)
                found |= {f"{name} p50": row.p50_s, f"{name} p95": row.p95_s}
                if name.endswith("bf16"):
                    narrow_ears(tower.audio_tower)
        return found


def seconds_of(act: Callable[[], torch.Tensor]) -> tuple[float, torch.Tensor]:
    """How long it took, and what came of it."""
    begin = time.perf_counter()
    result = act()
    return time.perf_counter() - begin, result


def derived(found: Found) -> Found:
    """Bounds that come from what was measured."""
    out: Found = {"audio bound": 0.1, "size bound": 0.1}
    if {"bf16 bytes", "mv bytes/s"} <= found.keys():
        out["bf16 bound"] = found["mv bytes/s"] / found["bf16 bytes"]
    if {"int4 bytes", "best bytes/s"} <= found.keys():
        out["int4 bound"] = found["best bytes/s"] / found["int4 bytes"]
    return found | out


def _child(command: list[Any], more: Mapping[str, str] | None = None) -> str:
    run = subprocess.run(
        list(map(str, command)),
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)} | dict(more or {}),
        capture_output=True,
        text=True,
        check=False,
    )
    if run.returncode:
        raise RuntimeError(run.stderr[-2000:])
    return run.stdout


def main() -> int:
    """Time the parts, print the table; 1 if --check finds a figure short."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--parts", nargs="*", help="default: all that the options allow")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--record", type=Path, help="JSON; figures of earlier runs are kept in it")
    parser.add_argument("--llama-bench", type=Path)
    parser.add_argument("--gguf", type=Path)
    parser.add_argument("--sizes", type=Path, help="a checkpoint of E4B")
    parser.add_argument("--prompts", type=int, nargs="+", default=PROMPTS, help="their tokens")
    parser.add_argument("--rounds", type=int, default=3, help="of each prefill")
    parser.add_argument("--longest", type=int, default=LONG, help="tokens of the long prompt")
    parser.add_argument("--no-amx", action="store_true", help="as on a processor without AMX")
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    if options.no_amx and NO_AMX.items() - os.environ.items():
        os.execve(sys.executable, [sys.executable, *sys.argv], os.environ | NO_AMX)
    device.configure(options.threads)
    parts = Parts(options).all()
    chosen = options.parts
    if chosen is None:
        without = [] if options.llama_bench and options.gguf else ["llama"]
        without += [] if options.sizes else ["sizes"]
        chosen = [name for name in parts if name not in without]
    found: Found = {}
    if options.record and options.record.exists():
        found = json.loads(options.record.read_text())
    for name in chosen:
        print(name, file=sys.stderr, flush=True)
        found |= parts[name]()
        gc.collect()
        if options.record:
            options.record.write_text(json.dumps(found, indent=1) + "\n")
    found = derived(found)
    print("| figure | measured | at least | |\n|---|---|---|---|")
    short = []
    for bound in BOUNDS:
        line, met = bound.line(found)
        print(line)
        if not met:
            short.append(bound.figure)
    print("\n| reported | |\n|---|---|")
    for name, value in sorted(found.items()):
        print(f"| {name} | {value:.4g} |")
    return exit_status(short, check=options.check)


if __name__ == "__main__":
    sys.exit(main())
