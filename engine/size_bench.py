"""What each size costs on this machine: a few are timed, the others follow from their parts.

The time of a written token is what every one takes, plus so much for each layer, plus so much for
each column of its feed-forward networks, those that activate sparsely apart. Sizes are sums of the
same parts, so that as many well-chosen ones as there are parts tell of all. A prompt's time goes
with the products of the layers that it runs through: the largest size tells, and the smallest where
there is time.
Knows no window, no pipe.
"""

import time
from collections.abc import Callable, Iterator
from statistics import median

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from engine import residency
from engine.config import TextConfig
from engine.datatypes import Modality, SizeFigures
from engine.footprint import give_back, weights_bytes
from engine.model import Gemma3n
from engine.text.cache import KVCache
from engine.text.matformer import Size

BUDGET_S = 8.0  # in all, but each is timed once; what is begun is brought to its end
READ_SHARE = 0.4  # of it at most before more than one reading
PROMPT_TOKENS = 64  # read at once
ANSWER_TOKENS = 2  # in a row, so that no size always computes behind the same other one
MOST_ROUNDS = 8  # of small models: more tells no more
_SAME_PARTS = 1e-3  # of a row's length: what is less is a sum of the others

# Live transcription decodes every 1.28 s on a machine that must economise: 8 soft tokens, the turn
# around them and a draft of some 15 tokens are read, and 3 words a second are written anew.
LIVE_STEP_S = 1.28
_LIVE_READ, _LIVE_WRITTEN = 31, 7

Matrix = npt.NDArray[np.float64]


class SizeBench:
    """One measurement of an open model.

    State: times so far, `size`. `steps` computes; between two steps others may.

    Args:
        model: measured as it is; its caches are not touched.
        size: in force; only its pages stay in memory at the end.
        clock: seconds.
    """

    def __init__(
        self, model: Gemma3n, size: Size, clock: Callable[[], float] = time.perf_counter
    ) -> None:
        self._model, self._clock = model, clock
        self.size = size
        self.sizes = probes(model.sizes.sizes, model.config.text)
        all_sizes = model.sizes.sizes
        self._ends = (all_sizes[-1], all_sizes[0]) if len(all_sizes) > 1 else all_sizes
        self._answer_s: dict[str, list[float]] = {probe.name: [] for probe in self.sizes}
        self._read_s: dict[str, list[float]] = {size.name: [] for size in self._ends}

    def steps(self) -> Iterator[None]:
        """Measure, a step at a time. Must run in `inference_mode`."""
        spent = 0.0
        for block in self._model.text.layers:
            spent += self._timed_touch(block)
            yield
        for size in (*self._ends, *self._ends):  # the first time, kernels are made, too
            if spent + spent > READ_SHARE * BUDGET_S:
                break
            spent += self._timed_read(size)
            yield
        caches = {probe.name: self._cache() for probe in self.sizes}
        for done in range(MOST_ROUNDS):
            for probe in self.sizes:
                if done and spent > BUDGET_S:
                    break
                spent += self._timed_answer(probe, caches[probe.name])
                yield
        give_back(self._model.text, self.size)

    def figures(self) -> tuple[SizeFigures, ...]:
        """Of every size. Call it when `steps` has ended."""
        model, config = self._model, self._model.config.text
        answer_s = predicted(self._answer_s, model.sizes.sizes, config, config.num_hidden_layers)
        read_s = predicted_reads(self._read_s, model.sizes.sizes, config)
        hears = Modality.AUDIO in model.modalities
        beside = self._beside()
        return tuple(
            SizeFigures(
                name=size.name,
                memory=beside + weights_bytes(model.text, size),
                tokens_per_s=1 / answer,
                read_per_s=PROMPT_TOKENS / read,
                live_load=(
                    (_LIVE_READ * read / PROMPT_TOKENS + _LIVE_WRITTEN * answer) / LIVE_STEP_S
                    if hears
                    else None
                ),
            )
            for size, answer, read in zip(model.sizes.sizes, answer_s, read_s, strict=True)
        )

    def _beside(self) -> int:
        """Bytes of the process that are neither the decoder's weights nor a tower."""
        parts = {
            part: [
                residency.Extent(tensor.data_ptr(), tensor.nbytes)
                for tensor in tensors
                if tensor.device.type == "cpu"
            ]
            for part, tensors in self._model.part_tensors().items()
        }
        if (ple := self._model.text.ple) is not None:
            parts["ple"] = [residency.Extent(*span) for span in ple.spans]
        rest = residency.measure(parts, {})[residency.APP]
        return rest.private + rest.file_backed

    def _cache(self) -> KVCache:
        return KVCache(self._model.config.text, self._model.dtype, device=self._model.device)

    def _read(self, size: Size, cache: KVCache) -> None:
        # Ids all over the vocabulary, as text has them; which ones makes no difference.
        rows = self._model.config.text.vocab_size_per_layer_input
        ids = torch.arange(1, PROMPT_TOKENS + 1, device=self._model.device)[None] * 7919 % rows
        text = self._model.text
        self._finish(text.logits(text(text.embed(ids), ids, cache=cache, size=size, want=1)))

    def _timed_touch(self, block: nn.Module) -> float:
        """From a disk that is slow, or while others read, most of the budget goes here."""
        began = self._clock()
        for weight in (*block.parameters(), *block.buffers()):
            if weight.device.type == "cpu":
                residency.touch(weight)
        return self._clock() - began

    def _timed_read(self, size: Size) -> float:
        began = self._clock()
        self._read(size, self._cache())
        self._read_s[size.name].append(self._clock() - began)
        return self._read_s[size.name][-1]

    def _timed_answer(self, size: Size, cache: KVCache) -> float:
        text = self._model.text
        ids = torch.ones((1, 1), dtype=torch.int64, device=self._model.device)
        whole = 0.0
        for _ in range(ANSWER_TOKENS):
            began = self._clock()
            hidden = text(text.embed(ids), ids, cache=cache, size=size, want=1)
            self._finish(text.logits(hidden))
            took = self._clock() - began
            self._answer_s[size.name].append(took)
            whole += took
        return whole

    def _finish(self, logits: torch.Tensor) -> None:
        """Wait for a device as an answer does: it must know the id."""
        logits[0, -1].argmax().item()


def probes(sizes: tuple[Size, ...], config: TextConfig) -> tuple[Size, ...]:
    """The sizes to time, in the table's order: the largest, then what differs most from those."""
    rows = _parts(sizes, config, config.num_hidden_layers)
    rest = rows / np.abs(rows).max(axis=0, initial=1.0)
    lengths = np.linalg.norm(rest, axis=1)
    chosen: list[int] = []
    nearest = len(sizes) - 1
    while len(chosen) < len(sizes):
        chosen.append(nearest)
        direction = rest[nearest] / np.linalg.norm(rest[nearest])
        rest = rest - np.outer(rest @ direction, direction)
        left = np.linalg.norm(rest, axis=1)
        nearest = int(left.argmax())
        if left[nearest] < _SAME_PARTS * lengths[nearest]:
            break
    return tuple(sizes[index] for index in sorted(chosen))


def _parts(sizes: tuple[Size, ...], config: TextConfig, layers: int) -> Matrix:
    """How much of each part a size has in its first layers: [sizes, 4]."""
    rows = []
    for size in sizes:
        kept = [layer for layer in range(layers) if layer not in size.skip]
        sparse = sum(size.widths[layer] for layer in kept if config.activation_sparsity[layer])
        whole = sum(size.widths[layer] for layer in kept)
        rows.append((1, len(kept), whole - sparse, sparse))
    return np.array(rows, dtype=np.float64)


def predicted(
    times: dict[str, list[float]], sizes: tuple[Size, ...], config: TextConfig, layers: int
) -> list[float]:
    """Seconds of every size from those that were timed."""
    rows = _parts(sizes, config, layers)
    rows = rows / np.abs(rows).max(axis=0, initial=1.0)
    timed = [index for index, size in enumerate(sizes) if size.name in times]
    measured = np.array([median(times[sizes[index].name]) for index in timed])
    # Divided by the measurement: what counts is the error in per cent.
    solved = np.linalg.lstsq(rows[timed] / measured[:, None], np.ones(len(timed)), rcond=None)
    # Noise must not make a part's share negative where it costs next to nothing.
    seconds = np.maximum(rows @ solved[0], measured.min() / 2)
    return [float(value) for value in seconds]


def predicted_reads(
    times: dict[str, list[float]], sizes: tuple[Size, ...], config: TextConfig
) -> list[float]:
    """Seconds of a prompt at every size from those of the largest, and of the smallest if known."""
    # The layers that store no keys read one token of a prompt, whatever its length.
    layers = config.first_shared_layer
    heads = 2 * config.num_attention_heads + 2 * config.num_key_value_heads
    width = config.hidden_size
    products = [
        sum(
            width * (heads * config.head_dim + 3 * size.widths[layer])
            for layer in range(layers)
            if layer not in size.skip
        )
        for size in sizes
    ]
    low, high = products[0], products[-1]
    most = min(times[sizes[-1].name])
    least = min(times.get(sizes[0].name) or [most * low / high])
    # Noise must not make a larger one cheaper.
    slope = max(0.0, (most - least) / (high - low)) if high > low else 0.0
    return [most - slope * (high - count) for count in products]
