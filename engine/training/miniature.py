"""A model in miniature and its data: the bundled one's architecture, small enough to be trained
many times over. What `results` compares is trained here."""

import itertools
import json
import random
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import torch
from torch import Tensor

from engine.config import ModelConfig, parse_config
from engine.datatypes import Languages
from engine.prompt import transcribe_prefix, transcribe_suffix, translate_prompt
from engine.text.matformer import Size
from engine.tokenizer import Tokenizer
from engine.training.augment import Augmenter, Odds
from engine.training.batches import Batches, Mixture
from engine.training.corpus import Corpus, Kind, Recorder
from engine.training.lessons import Lesson
from engine.training.machine import cooling
from engine.training.nano import INSTRUCTION, TRANSLATE, Nano, raw_config
from engine.training.probe import continued, transcripts
from engine.training.sets import error_rate, utterance
from engine.training.tokenizer import train_tokenizer
from engine.training.trainer import Objective, Prompt, Trainer
from engine.training.voices import TRAINED_ESPEAK, speak

SEED = 5
TESTED = 48  # clips, and sentences to translate
WIDTH, LAYERS, AUDIO_LAYERS = 64, 6, 2
_SPLITS = (64, 128)
LONGEST = 3  # words of a clip
SIZES = (
    Size("small", (64,) * LAYERS, frozenset({3, 5})),
    Size("mixed", (64, 128) * (LAYERS // 2)),
    Size("full", (128,) * LAYERS),
)
_DRAWN = {"small": 0.25, "mixed": 0.25, "full": 0.5}
_RATE, _WARM_UP = 3e-3, 20  # of learning; steps
_SPOKEN = {1: 120, 2: 160, 3: 200}  # clips of so many words
_SECONDS = 8.0  # of sound in a step
_LESSONS = 8  # in a typed step
_MOST_PIECES = 14

SPANISH = {
    **{"one": "uno", "two": "dos", "three": "tres", "four": "cuatro"},
    **{"red": "rojo", "blue": "azul", "green": "verde", "white": "blanco"},
}
_WORDS = tuple(SPANISH)
_VOICE = TRAINED_ESPEAK[0]


@dataclass(frozen=True, slots=True)
class Way:
    """One way of training.

    steps: in all. lengths: words of the longest clip, in stages of equal length.
    typed: share of the steps that teach typed translation instead of hearing.
    odds: how often each size is drawn, by its name; one alone is a model of its own.
    """

    name: str
    objective: Objective
    lengths: tuple[int, ...] = (1, 2, LONGEST, LONGEST)
    steps: int = 300
    typed: float = 0.0
    odds: Mapping[str, float] = field(default_factory=lambda: _DRAWN)
    seed: int = SEED


@dataclass(slots=True)
class Found:
    """What a run gave.

    steps, heard, translated: word error rates of the largest size drawn, after so many steps.
    sizes: word error rate of each size drawn, at the end.
    seconds: of the processor, without the tests between; weights: how many are trained.
    bytes: what a step of the largest size holds: weights, their gradients and moments, and what
        is kept for the way back.
    """

    steps: list[int] = field(default_factory=list)
    heard: list[float] = field(default_factory=list)
    translated: list[float] = field(default_factory=list)
    sizes: dict[str, float] = field(default_factory=dict)
    seconds: float = 0.0
    weights: int = 0
    bytes: int = 0

    def first(self, error: float, what: str = "heard") -> int | None:
        """Steps until the error was this low for the first time; None = never."""
        rates = getattr(self, what)
        return next((n for n, rate in zip(self.steps, rates, strict=True) if rate <= error), None)


def config(size: Size = SIZES[-1]) -> ModelConfig:
    """Of one size of the miniature as a model of its own."""
    raw = raw_config()
    text = raw["text_config"]
    kept = [layer for layer in range(LAYERS) if layer not in size.skip]
    text |= {"hidden_size": WIDTH, "hidden_size_per_layer_input": 16, "head_dim": 16}
    text |= {"laurel_rank": 16, "num_hidden_layers": len(kept)}
    text["num_kv_shared_layers"] = sum(layer >= LAYERS // 2 for layer in kept)
    for name in ("layer_types", "activation_sparsity_pattern"):
        text[name] = [text[name][layer] for layer in kept]
    text["intermediate_size"] = [size.widths[layer] for layer in kept]
    raw["audio_config"] |= {"hidden_size": WIDTH, "conf_num_hidden_layers": AUDIO_LAYERS}
    raw["audio_config"] |= {"sscp_conv_channel_size": [12, 8]}
    return parse_config(raw)


class Miniature:
    """The data of all runs: made once, in a folder.

    Args:
        folder: for the tokenizer and the corpus, which are made if they are not there.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        if not (folder / "tokenizer.model").exists():
            train_tokenizer(folder / "tokenizer.model")
        self.tokenizer = Tokenizer(folder)
        if not (folder / "corpus.json").exists():
            _record(folder)
            (folder / "corpus.json").write_text(json.dumps(_SPOKEN))
        self._corpus = Corpus(folder)
        rng = random.Random(f"miniature test {SEED}")
        self.texts = [_said(rng, 1 + number % LONGEST) for number in range(TESTED)]
        self.clips = [utterance(text, _VOICE, rng) for text in self.texts]

    def train(self, way: Way, tested_every: int) -> Found:
        """One run, from nothing."""
        sizes = {size: way.odds[size.name] for size in SIZES if size.name in way.odds}
        names = [size.name for size in sizes]
        made = config(list(sizes)[-1])
        if len(sizes) == 1:
            sizes = {Size(names[0], tuple(made.text.intermediate_size)): 1.0}
        nano = Nano(made, way.seed, _SPLITS)
        trainer = Trainer(nano, self._prompt(made), way.seed, sizes=sizes)
        batches = Batches(
            self._corpus, self.tokenizer.encode, Augmenter([], Odds(noise=0.0)), way.seed
        )
        largest = list(sizes)[-1]
        found = Found(weights=sum(weight.numel() for weight in trainer.model.parameters()))
        while trainer.step < way.steps:
            began = time.process_time()
            if trainer.step == 0:
                kept = _Kept()
                with kept:
                    self._step(trainer, batches, way)
                found.bytes = kept.bytes + _held(trainer)
            else:
                self._step(trainer, batches, way)
            found.seconds += time.process_time() - began
            if trainer.step % tested_every == 0 or trainer.step == way.steps:
                found.steps.append(trainer.step)
                found.heard.append(self._heard(trainer, largest))
                if way.typed:
                    found.translated.append(self._translated(trainer, largest))
        found.sizes = {size.name: self._heard(trainer, size) for size in sizes}
        return found

    def _step(self, trainer: Trainer, batches: Batches, way: Way) -> None:
        step = trainer.step
        rate = _RATE * min(1.0, (step + 1) / _WARM_UP) * cooling(step, way.steps, 0.0, None)
        rng = random.Random(f"miniature {way.seed} {step}")
        if rng.random() < way.typed:
            lessons = [self._lesson(_said(rng, rng.randint(1, LONGEST))) for _ in range(_LESSONS)]
            trainer.teach(lessons, rate)
            return
        longest = way.lengths[step * len(way.lengths) // way.steps]
        mixture = Mixture(longest, _SECONDS, natural=0.0, changed=0.0)
        trainer.train(batches.batch(step, mixture), way.objective, rate)

    def _prompt(self, made: ModelConfig) -> Prompt:
        return Prompt(
            tuple(transcribe_prefix(self.tokenizer, made, INSTRUCTION)),
            tuple(transcribe_suffix(self.tokenizer, made)),
            made.audio_token_id,
            self.tokenizer.id_of("<end_of_turn>"),
            self.tokenizer.id_of("<unk>"),
            made.pad_token_id,
        )

    def _asked(self, text: str) -> list[int]:
        languages = Languages("Spanish", "English")
        return translate_prompt(self.tokenizer, config(), text, languages, TRANSLATE)

    def _lesson(self, text: str) -> Lesson:
        prompt = self._asked(text)
        end = self.tokenizer.id_of("<end_of_turn>")
        answer = [*self.tokenizer.encode(_spanish(text)), end]
        return Lesson("Spanish", [*prompt, *answer[:-1]], list(enumerate(answer, len(prompt) - 1)))

    def _heard(self, trainer: Trainer, size: Size) -> float:
        heard = transcripts(trainer, self.tokenizer, self.clips, listening=True, size=size)
        return round(error_rate(self.texts, heard), 4)

    def _translated(self, trainer: Trainer, size: Size) -> float:
        prompts = [self._asked(text) for text in self.texts]
        rows = continued(trainer, prompts, _MOST_PIECES, size)
        written = [self.tokenizer.decode(row).strip() for row in rows]
        return round(error_rate([_spanish(text) for text in self.texts], written), 4)


class _Kept(torch.autograd.graph.saved_tensors_hooks):
    """Counts the bytes that are kept for the way back, each memory once."""

    def __init__(self) -> None:
        self._seen: dict[int, int] = {}
        super().__init__(self._pack, lambda kept: kept)

    def _pack(self, kept: Tensor) -> Tensor:
        if not isinstance(kept, torch.nn.Parameter):
            memory = kept.untyped_storage()
            self._seen[memory.data_ptr()] = memory.nbytes()
        return kept

    @property
    def bytes(self) -> int:
        return sum(self._seen.values())


def _held(trainer: Trainer) -> int:
    """Bytes of the weights, the last gradients and the optimisers' moments."""
    weights = [*trainer.model.parameters(), *trainer.heads.parameters()]
    grads = [weight.grad for weight in weights if weight.grad is not None]
    moments = [
        value
        for optimiser in trainer.optimisers
        for state in optimiser.state.values()
        for value in state.values()
        if isinstance(value, Tensor)
    ]
    return sum(tensor.nbytes for tensor in [*weights, *grads, *moments])


def _said(rng: random.Random, count: int) -> str:
    return " ".join(rng.choice(_WORDS) for _ in range(count))


def _spanish(text: str) -> str:
    return " ".join(SPANISH[word] for word in text.split())


def _record(folder: Path) -> None:
    """Every word alone and strings of words at random."""
    rng = random.Random(f"miniature corpus {SEED}")
    with Recorder(folder) as recorder:
        for words, clips in _SPOKEN.items():
            alone = itertools.islice(itertools.cycle(_WORDS), clips)
            for word in alone:
                text = word if words == 1 else _said(rng, words)
                recorder.add(speak(text, _VOICE, rng), text, _VOICE, Kind.WORDS)
