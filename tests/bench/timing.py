"""What speed.py times of the decoder on a checkpoint, and what memory gives."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

import torch
import torch.nn.functional as F

from engine.datatypes import SamplingParams
from engine.footprint import idle_weights
from engine.generate import generate
from engine.model import Gemma3n
from engine.sampling import Sampler, forbidden_ids
from engine.text.cache import KVCache
from engine.text.matformer import Size

CHUNK = 512  # tokens of a long prompt read at once, as a conversation reads them
WARM_UP = 3  # steps and tokens that are not counted
RATE_BYTES = 800_000_000  # read for a rate: more than caches hold
_ROUNDS = 5


@dataclass(frozen=True, slots=True)
class Rates:
    """Bytes a second that this machine reads. mv: in bf16 matrix-vector products; best: at all."""

    mv: float
    best: float


def seconds(act: Callable[[], object], rounds: int = _ROUNDS) -> float:
    """The median of some rounds behind one that does not count."""
    act()
    times = []
    for _ in range(rounds):
        begin = time.perf_counter()
        act()
        times.append(time.perf_counter() - begin)
    return statistics.median(times)


@torch.inference_mode()
def rates() -> Rates:
    """Of matrix-vector products over E2B's shapes, and the best of several ways to read."""
    count = RATE_BYTES // (8192 * 2048 * 2)
    weights = torch.randn(8192, 2048).to(torch.bfloat16).repeat(count, 1, 1)
    row = torch.randn(2048).to(torch.bfloat16)
    wide = weights.view(torch.float32)
    ways: dict[str, Callable[[], object]] = {
        "mv": lambda: [torch.mv(weight, row) for weight in weights],
        "linear": lambda: [F.linear(row[None], weight) for weight in weights],
        "sum": lambda: wide.sum(),
        "maximum": lambda: weights.view(torch.int64).max(),
    }
    found = {name: weights.nbytes / seconds(way) for name, way in ways.items()}
    # Matrix-vector: whichever of the library's two ways is the faster here.
    return Rates(max(found["mv"], found["linear"]), max(found.values()))


def weight_bytes(model: Gemma3n) -> int:
    """Bytes of weights that one token reads: all of the decoder's, rows of tables apart."""
    text = model.text
    return sum(tensor.nbytes for tensor in (*text.parameters(), *text.buffers()))


def bytes_read(model: Gemma3n, size: Size) -> int:
    """Bytes of weights that one token reads at a size."""
    return weight_bytes(model) - sum(weight.nbytes for weight in idle_weights(model.text, size))


class Decoder:
    """A model's decoder, at its largest size or another, with a prompt of random ids."""

    def __init__(self, model: Gemma3n, size: Size | None = None) -> None:
        self.model = model
        self.text = model.text
        self.cache = KVCache(model.config.text, model.dtype, device=model.device)
        self._size = size or model.sizes.largest
        self._generator = torch.Generator().manual_seed(0)
        self._rows = model.config.text.vocab_size_per_layer_input

    @torch.inference_mode()
    def pretend(self, length: int) -> None:
        """Keys and values of `length` tokens drawn at random, in place of what was read."""
        config = self.model.config.text
        shape = (1, config.num_key_value_heads, length, config.head_dim)
        self.cache.reset()
        self.cache.begin(length)
        for layer in range(config.first_shared_layer):
            keys, values = (torch.randn(shape).to(self.model.dtype) for _ in range(2))
            self.cache.extend(layer, 0, (keys, values))
        self.cache.advance(length)

    @torch.inference_mode()
    def read(self, length: int) -> torch.Tensor:
        """Hidden state [1, 1, D] behind `length` more tokens, read in chunks."""
        ids = torch.randint(3, self._rows, (1, length), generator=self._generator)
        for chunk in ids.to(self.model.device).split(CHUNK, 1):
            hidden = self.text(
                self.text.embed(chunk), chunk, cache=self.cache, size=self._size, want=1
            )
        return hidden

    def prefill(self, length: int, rounds: int) -> float:
        """Seconds of a prompt in an empty cache, to the logits of its last position."""

        def whole() -> None:
            self.cache.reset()
            self.text.logits(self.read(length))

        return seconds(torch.inference_mode()(whole), rounds)

    @torch.inference_mode()
    def decode(self, hidden: torch.Tensor, tokens: int) -> float:
        """Tokens a second, drawn and read as an answer is; the median token's."""
        params = SamplingParams(max_tokens=tokens + WARM_UP, seed=1)
        sampler = Sampler(params, forbidden_ids(self.model.config))
        marks = [time.perf_counter()]
        for _ in generate(self.text, self.cache, hidden, sampler, stop_ids=(), size=self._size):
            marks.append(time.perf_counter())
        steps = [after - before for before, after in zip(marks, marks[1:], strict=False)]
        return 1 / statistics.median(steps[WARM_UP:])
