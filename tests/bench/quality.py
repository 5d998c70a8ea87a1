"""What weights in few bits cost: of nano's hearing, and of the numbers of a model of full size.

    python tests/bench/quality.py [--part nano|layers|logits] [--count 200] [--model DIR] [--check]

nano: held-out sentences in trained and in unheard voices. The sound is encoded once with the audio
tower as stored and once in 8 bits; the decoder then says how likely it finds what is said
(perplexity, with the words before given), how far its scores are from those of the weights as
stored, and what it hears (word error rate).
layers, logits: for --model DIR, of random weights: each kind of weight's output error for inputs
as its norm leaves them, with several roundings; the whole model's scores beside those of its
weights as stored, and those beside themselves, read token by token, as the measure of its noise.
With --check the exit code is 1 if perplexity or word error rate is more than 5 % worse.
"""

import argparse
import math
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy, kl_div

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from engine.checkpoint import Checkpoint
from engine.config import load_config
from engine.datatypes import Task
from engine.layout import LANGUAGE_MODEL, TOKEN_TABLE
from engine.model import Gemma3n
from engine.prompt import TRANSCRIBE_INSTRUCTION, transcribe_prefix, transcribe_suffix
from engine.quant.packing import Layout, pack, unpack
from engine.quant.rounding import round_to_4_bits, round_to_8_bits
from engine.shard import TensorPlace, map_tensors
from engine.text.cache import KVCache
from engine.training.answering import Answerer
from engine.training.sets import EVERYDAY, TRAINED, Utterance, build_sets, error_rate
from engine.weights import Weights

NANO = Path(__file__).resolve().parents[2] / "assets" / "nano"
WORSE = 1.05  # times what the weights as stored have
KINDS = (Weights.EXACT, Weights.INT8, Weights.INT4)
EARS = "stored, ears in 8 bits"
ROWS, INPUTS = 2048, 64  # of a weight, and how many, in the layers' table
ROUNDINGS: tuple[tuple[str, int, bool], ...] = (
    ("4 bits, 128 columns, nearest step", 128, False),
    ("4 bits, 128 columns", 128, True),
    ("4 bits, 64 columns", 64, True),
    ("4 bits, 32 columns", 32, True),
)


@dataclass(frozen=True, slots=True)
class Heard:
    """One kind of weights on some utterances.

    perplexity: of the words, a piece of text. divergence: of its scores from the stored weights',
    nats a piece. wrong: word error rate.
    """

    perplexity: float
    divergence: float
    wrong: float


@torch.inference_mode()
def scores(model: Gemma3n, soft: Tensor, text: list[int]) -> Tensor:
    """Logarithms of probabilities [pieces, vocabulary] of each next piece of what is said."""
    instruction = (model.sizes.tasks or {}).get(Task.TRANSCRIBE) or TRANSCRIBE_INSTRUCTION
    prefix = transcribe_prefix(model.tokenizer, model.config, instruction)
    suffix = transcribe_suffix(model.tokenizer, model.config)
    place = model.config.audio_token_id
    ids = torch.tensor([[*prefix, *[place] * len(soft), *suffix, *text[:-1]]])
    embeds = model.embed(ids)
    embeds[0][ids[0] == place] = soft.to(embeds.dtype)
    hidden = model.text(embeds, ids, want=len(text))
    return model.text.logits(hidden)[0].float().log_softmax(-1)


def hearing(folder: Path, utterances: Sequence[Utterance]) -> dict[str, Heard]:
    """Every kind of weights on the same sounds."""
    exact, small = Gemma3n.open(folder), Gemma3n.open(folder)
    small.small_ears = True
    stored_ears, small_ears = (
        [Answerer(model).soft_tokens(utterance.pcm) for utterance in utterances]
        for model in (exact, small)
    )
    said = [utterance.text for utterance in utterances]
    # A word's piece begins with its space: that is how a transcript begins, too.
    pieces = [exact.tokenizer.encode(" " + text) for text in said]
    expected = [scores(exact, *pair) for pair in zip(stored_ears, pieces, strict=True)]
    found = {}
    models = {kind.value: (Gemma3n.open(folder, weights=kind), stored_ears) for kind in KINDS}
    for kind, (model, soft) in (models | {EARS: (exact, small_ears)}).items():
        loss = divergence = 0.0
        for sound, text, stored in zip(soft, pieces, expected, strict=True):
            got = scores(model, sound, text)
            loss += float(cross_entropy(got, torch.tensor(text), reduction="sum"))
            divergence += float(kl_div(got, stored, reduction="sum", log_target=True))
        count = sum(map(len, pieces))
        texts = Answerer(model).transcripts(soft, model.sizes.largest)
        found[kind] = Heard(math.exp(loss / count), divergence / count, error_rate(said, texts))
    return found


def nano(count: int) -> Iterator[str]:
    """The table of nano's hearing; yields what falls short."""
    sets = build_sets(count, count, (TRAINED, EVERYDAY))
    print(f"nano, {count} sentences a set\n")
    print("| set | weights | perplexity | divergence, nats | word error rate | |")
    print("|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as scratch:  # what is prepared stays out of the sources
        folder = Path(shutil.copytree(NANO, Path(scratch) / "nano"))
        for name, utterances in sets.items():
            found = hearing(folder, utterances)
            stored = found[Weights.EXACT.value]
            for kind, one in found.items():
                short = []
                if one.perplexity > WORSE * stored.perplexity:
                    short.append(f"perplexity {one.perplexity / stored.perplexity - 1:+.1%}")
                if one.wrong > WORSE * stored.wrong:
                    short.append(f"word error rate {one.wrong / max(stored.wrong, 1e-9) - 1:+.1%}")
                print(
                    f"| {name} | {kind} | {one.perplexity:.4f} | {one.divergence:.5f} "
                    f"| {one.wrong:.2%} | {'**short**' if short else 'met'} |",
                    flush=True,
                )
                yield from (f"{name}, {kind}: {what}" for what in short)


def layers(folder: Path) -> None:
    """The output error of each kind of weight, relative to the output."""
    checkpoint = Checkpoint(folder, load_config(folder))
    last = checkpoint.config.text.num_hidden_layers - 1
    names = {
        f"{part}, layer {layer}": f"{LANGUAGE_MODEL}layers.{layer}.{part}.weight"
        for layer in (0, last)
        for part in ("self_attn.q_proj", "self_attn.o_proj", "mlp.gate_proj", "mlp.down_proj")
    }
    print("| weight | " + " | ".join(name for name, _, _ in ROUNDINGS) + " | 8 bits |")
    print("|---" * (len(ROUNDINGS) + 2) + "|")
    generator = torch.Generator().manual_seed(0)
    for title, name in {**names, "head": TOKEN_TABLE}.items():
        place = checkpoint.places[name]
        assert isinstance(place, TensorPlace)
        weight = map_tensors(place.file, [place])[0][:ROWS].float()
        x = torch.randn(INPUTS, weight.shape[1], generator=generator)
        exact = x @ weight.t()
        errors = []
        for _, group, search in ROUNDINGS:
            values, scales = round_to_4_bits(weight, group, search=search)
            layout = Layout(64, False)
            errors.append(x @ unpack(pack(values, layout), scales.float(), layout) - exact)
        rounded, scale = round_to_8_bits(weight)
        errors.append(x @ (rounded.float() * scale.float().unsqueeze(1)).t() - exact)
        shares = " | ".join(f"{float(error.norm() / exact.norm()):.2%}" for error in errors)
        print(f"| {title} | {shares} |", flush=True)


@torch.inference_mode()
def logits(folder: Path, count: int) -> None:
    """How far scores are from those of the stored weights, a token."""
    exact = Gemma3n.open(folder)
    rows = exact.config.text.vocab_size_per_layer_input
    ids = (torch.arange(1, count + 1) * 7919 % rows)[None]

    def whole(model: Gemma3n) -> Tensor:
        return model.text.logits(model.text(model.embed(ids), ids))[0].float().log_softmax(-1)

    stored = whole(exact)
    cache = KVCache(exact.config.text, exact.dtype)
    steps = [exact.text(exact.embed(one), one, cache=cache) for one in torch.split(ids, 1, 1)]
    again = exact.text.logits(torch.cat(steps, 1))[0].float().log_softmax(-1)
    print("| scores of | divergence from the stored weights', nats | same likeliest token |")
    print("|---|---|---|")
    found = {"the stored weights, token by token": again}
    for kind in KINDS[1:]:
        found[str(kind)] = whole(Gemma3n.open(folder, weights=kind))
    for name, got in found.items():
        divergence = float(kl_div(got, stored, reduction="sum", log_target=True)) / count
        alike = float((got.argmax(-1) == stored.argmax(-1)).float().mean())
        print(f"| {name} | {divergence:.4f} | {alike:.0%} |", flush=True)


def main() -> int:
    """Print the tables; 1 if --check finds a figure short."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--part", choices=("nano", "layers", "logits"), default="nano")
    parser.add_argument("--count", type=int, default=200, help="sentences a set, or tokens")
    parser.add_argument("--model", type=Path, default=NANO)
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    short: list[str] = []
    if options.part == "nano":
        short = list(nano(options.count))
    elif options.part == "layers":
        layers(options.model)
    else:
        logits(options.model, options.count)
    for line in short:
        print(f"SHORT: {line}, expected at most {WORSE - 1:.0%}")
    return 1 if options.check and short else 0


if __name__ == "__main__":
    sys.exit(main())
