"""A size of a model of full size beside the checkpoint that is cut out of it: the same outputs.

    python tests/bench/slice.py --model DIR [--size E2B] [--tokens 16] [--scratch DIR] [--check]

The slice is written into a folder of its own (some gigabytes) and removed again. With --check the
exit code is 1 if any score of any token differs.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

import torch
from torch import Tensor

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from engine import device
from engine.model import Gemma3n
from engine.slicing import write_slice
from engine.text.matformer import Size


@torch.inference_mode()
def scores(model: Gemma3n, ids: Tensor, size: Size) -> Tensor:
    """Logits [tokens, vocabulary]."""
    return model.text.logits(model.text(model.embed(ids), ids, size=size))[0]


def main() -> int:
    """Print how far the two are apart; 1 if --check finds them different."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--size", default="E2B")
    parser.add_argument("--tokens", type=int, default=16)
    parser.add_argument("--scratch", type=Path, help="where the slice is written for a while")
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    device.configure()
    model = Gemma3n.open(options.model)
    rows = model.config.text.vocab_size_per_layer_input
    ids = (torch.arange(1, options.tokens + 1) * 7919 % rows)[None]
    view = scores(model, ids, model.sizes.size(options.size))
    del model
    with tempfile.TemporaryDirectory(dir=options.scratch, prefix="nestling-slice-") as folder:
        began = time.monotonic()
        write_slice(options.model, options.size, Path(folder) / "slice")
        nbytes = sum(file.stat().st_size for file in (Path(folder) / "slice").iterdir())
        took = time.monotonic() - began
        alone = Gemma3n.open(Path(folder) / "slice")
        cut = scores(alone, ids, alone.sizes.largest)
    apart = float((view - cut).abs().max())
    alike = float((view.argmax(-1) == cut.argmax(-1)).float().mean())
    print(
        f"{options.size} of {options.model.name}, cut out in {took:.0f} s ({nbytes / 1e9:.2f} GB): "
        f"{options.tokens} tokens, scores at most {apart:g} apart, likeliest alike {alike:.0%}"
    )
    return 1 if options.check and apart > 0 else 0


if __name__ == "__main__":
    sys.exit(main())
