"""The doctor's round: each check in turn, the next one whatever became of the last.

Checks of what a model says hold only for trained weights: random ones are recognised by their
perplexity, and then only have to compute. No check computes much longer than CHECK_S: what a slow
machine has not brought to its end by then is said to be unfinished, and the next one begins.
"""

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
import torch

from engine import device, residency
from engine.checkpoint import Checkpoint
from engine.config import load_config
from engine.datatypes import Modality, SamplingParams, Task
from engine.doctor import material, witness
from engine.doctor.report import Row, Verdict
from engine.errors import NestlingError
from engine.info import parts
from engine.model import Gemma3n
from engine.quant.choice import scheme_for
from engine.quant.prepared import Preparation
from engine.residency import OUT_OF_MEMORY, is_out_of_memory
from engine.sampling import Sampler
from engine.session import Session
from engine.text.cache import KVCache
from engine.weights import Weights

LIKELY_PERPLEXITY = 100.0  # of English prose; trained Gemma 3n stays far below it
WORSE_PREPARED = 1.05  # times the perplexity of the weights as stored
WRONG_WORDS = 0.5  # word error rate of one clear sentence
PROMPT_TOKENS, ANSWER_TOKENS = 256, 16
CHECK_S = 90.0


class _Late(Exception):
    """A check has had its time."""


@dataclass(slots=True)
class _Findings:
    """What later checks need of earlier ones."""

    checkpoint: Checkpoint | None = None
    model: Gemma3n | None = None
    perplexity: float = math.nan
    tokens: int = 0  # that it was taken over
    trained: bool = False


def examine(folder: Path, begins: Callable[[str], None] = lambda _: None) -> Iterator[Row]:
    """One row after another, each as soon as it is certain. Never raises for a bad model.

    begins: told the title of each check before it.
    """
    found = _Findings()
    yield Row("machine", Verdict.NOTE, _machine())
    for title, check in _ROUND:
        if found.model is None and check not in (_files, _opens):
            return  # nothing else can be looked at
        begins(title)
        try:
            yield from check(folder, found)
        except _Late:
            yield Row(title, Verdict.NOTE, f"not finished within {CHECK_S:.0f} s on this machine")
        except NestlingError as error:
            yield Row(title, Verdict.FAIL, error.message)
        except Exception as error:  # noqa: BLE001 - the border of a check: a row, not a traceback
            sentence = OUT_OF_MEMORY if is_out_of_memory(error) else f"{type(error).__name__}"
            yield Row(title, Verdict.FAIL, sentence)
        if found.checkpoint is None:
            return


def _files(folder: Path, found: _Findings) -> Iterator[Row]:
    """Every file there, every tensor with its shape, none too many."""
    config = load_config(folder)
    checkpoint = Checkpoint(folder, config)
    found.checkpoint = checkpoint
    nbytes = sum(place.nbytes for place in checkpoint.places.values())
    text = config.text
    yield Row(
        "files and shapes",
        Verdict.PASS,
        f"{len(checkpoint.places):,} tensors, {nbytes / 1e9:.2f} GB; {text.num_hidden_layers} "
        f"layers, width {text.hidden_size}",
    )
    sizes = ", ".join(f"{part.name} {part.params:,}" for part in parts(checkpoint))
    yield Row("parameters", Verdict.NOTE, sizes)


def _opens(folder: Path, found: _Findings) -> Iterator[Row]:
    """The tokenizer, the sizes and the decoder with its weights."""
    began = time.monotonic()
    found.model = model = Gemma3n.open(folder)
    dtype = str(model.dtype).removeprefix("torch.")
    ids = model.tokenizer.encode(material.text())
    if model.tokenizer.decode(ids) != material.text():
        yield Row("tokenizer", Verdict.FAIL, "the text comes back changed", "the text itself")
    else:
        yield Row("tokenizer", Verdict.PASS, f"{len(ids)} ids for {len(material.text())} letters")
    yield Row(
        "opens",
        Verdict.PASS,
        f"in {time.monotonic() - began:.1f} s; computes in {dtype}; "
        f"{len(model.sizes.sizes)} size{'s' if len(model.sizes.sizes) > 1 else ''}",
    )


def _perplexity(folder: Path, found: _Findings) -> Iterator[Row]:
    """In bf16, and as prepared if it is."""
    assert found.model is not None
    model = found.model
    if model.dtype is not torch.bfloat16:
        model = Gemma3n.open(folder, dtype=torch.bfloat16)
    value, found.tokens = witness.perplexity(model, is_late=_deadline())
    found.perplexity = value
    vocabulary = model.config.text.vocab_size
    found.trained = model.sizes.demonstration or value < vocabulary / 2
    shown = f"{value:.4g} a token, over {found.tokens}"
    title = "perplexity, bf16"
    if not math.isfinite(value):
        yield Row(title, Verdict.FAIL, shown, "a number")
    elif not found.trained:
        yield Row(title, Verdict.NOTE, f"{shown}: untrained weights, which only have to compute")
    elif model.sizes.demonstration:
        yield Row(title, Verdict.NOTE, f"{shown}: a demonstration, which does not know prose")
    else:
        good = Verdict.PASS if value <= LIKELY_PERPLEXITY else Verdict.FAIL
        yield Row(title, good, shown, f"at most {LIKELY_PERPLEXITY:g}")


def _prepared(folder: Path, found: _Findings) -> Iterator[Row]:
    """The same text with the weights in small integers, as far as they have been prepared."""
    assert found.checkpoint is not None
    assert found.model is not None
    model, checkpoint = found.model, found.checkpoint
    if checkpoint.quantised:
        yield Row("perplexity, prepared", Verdict.NOTE, "its weights came in few bits")
        return
    for weights in (Weights.INT4, Weights.INT8):
        title = f"perplexity, {weights.value}"
        scheme = scheme_for(weights, checkpoint, model.dtype, model.device)
        assert scheme is not None
        if Preparation.of(checkpoint, model.sizes.splits, scheme).find() is None:
            yield Row(title, Verdict.NOTE, "not prepared: `main.py prepare MODEL_DIR` does it")
            continue
        small = Gemma3n.open(folder, weights=weights)
        value, tokens = witness.perplexity(small, found.tokens + 1, is_late=_deadline())
        shown, bound = f"{value:.4g} a token, over {tokens}", WORSE_PREPARED * found.perplexity
        if not math.isfinite(value):
            yield Row(title, Verdict.FAIL, shown, "a number")
        elif found.trained and not model.sizes.demonstration and tokens == found.tokens:
            good = Verdict.PASS if value <= bound else Verdict.FAIL
            yield Row(title, good, shown, f"at most {bound:.4g}")
        else:
            yield Row(title, Verdict.NOTE, shown)


def _reference(_folder: Path, found: _Findings) -> Iterator[Row]:
    """The first logits of the text against transformers'."""
    assert found.model is not None
    yield witness.beside_transformers(found.model, trained=found.trained)


def _hears(folder: Path, found: _Findings) -> Iterator[Row]:
    """One spoken sentence, through the same session as every sound file."""
    assert found.model is not None
    made_for = found.model.sizes.tasks
    if Modality.AUDIO not in found.model.modalities or (
        made_for is not None and Task.TRANSCRIBE not in made_for
    ):
        yield Row("hears one sentence", Verdict.NOTE, "it was not made to hear")
        return
    with _session(folder) as session:
        began = time.monotonic()
        heard = " ".join(segment.text for segment in session.transcribe(material.SPOKEN))
        took = time.monotonic() - began
    rate = material.word_error_rate(heard)
    shown = f"{took:.1f} s for {material.spoken_s():.1f} s"
    if not found.trained:
        yield Row("hears one sentence", Verdict.PASS, f"computed in {shown}")
        return
    good = Verdict.PASS if rate <= WRONG_WORDS else Verdict.FAIL
    bound = f"at most {100 * WRONG_WORDS:.0f} %"
    yield Row("hears one sentence", good, f"{100 * rate:.0f} % of its words wrong; {shown}", bound)


def _sees(folder: Path, found: _Findings) -> Iterator[Row]:
    """One picture, through the same session as every question."""
    assert found.model is not None
    made_for = found.model.sizes.tasks
    if Modality.VISION not in found.model.modalities or (
        made_for is not None and Task.SEE not in made_for
    ):
        yield Row("sees one picture", Verdict.NOTE, "it was not made to see")
        return
    with _session(folder) as session:
        began = time.monotonic()
        answer = material.answer_about_picture(session)
    shown = f"{time.monotonic() - began:.1f} s"
    if not found.trained or found.model.sizes.demonstration:
        yield Row("sees one picture", Verdict.PASS, f"computed in {shown}")
        return
    right = material.COLOUR in answer.casefold()
    named = "names its colour" if right else "does not name its colour"
    good = Verdict.PASS if right else Verdict.FAIL
    yield Row("sees one picture", good, f"{named}; {shown}", material.COLOUR)


def _speed(_folder: Path, found: _Findings) -> Iterator[Row]:
    """A prompt read at once, then tokens one by one."""
    assert found.model is not None
    model = found.model
    text, config = model.text, model.config.text
    with torch.inference_mode(), _in_time(model):
        length = min(PROMPT_TOKENS, config.max_position_embeddings // 2)
        ids = witness.ids(model, length)
        cache = KVCache(config, model.dtype, device=model.device)
        began = time.monotonic()
        hidden = text(text.embed(ids), ids, cache=cache, want=1)
        read_s = time.monotonic() - began
        sampler = Sampler(SamplingParams(temperature=0.0))
        token = sampler.pick(text.logits(hidden)[0, -1])
        began = time.monotonic()
        for _ in range(ANSWER_TOKENS):
            one = torch.tensor([[token]], device=model.device)
            token = sampler.pick(
                text.logits(text(text.embed(one), one, cache=cache, want=1))[0, -1]
            )
        written_s = time.monotonic() - began
    yield Row(
        "speed",
        Verdict.PASS,
        f"reads {length / read_s:,.1f} tokens/s ({length} at once), writes "
        f"{ANSWER_TOKENS / written_s:,.1f} tokens/s",
    )


def _memory(_folder: Path, found: _Findings) -> Iterator[Row]:
    """What the decoder takes now, and this process at most."""
    assert found.model is not None
    weights = [
        residency.Extent(tensor.data_ptr(), tensor.nbytes)
        for tensor in found.model.part_tensors()[Modality.TEXT.value]
        if tensor.device.type == "cpu"
    ]
    text = residency.measure({"text": weights}, {})["text"]
    now = psutil.Process().memory_info().rss
    free = psutil.virtual_memory().available
    yield Row(
        "memory",
        Verdict.PASS,
        f"decoder {(text.private + text.file_backed) / 1e6:,.0f} MB, the whole process "
        f"{now / 1e6:,.0f} MB; {free / 1e9:.1f} GB are free",
    )


@contextmanager
def _session(folder: Path) -> Iterator[Session]:
    """A session that decodes no longer than CHECK_S."""
    session = Session(weights=Weights.EXACT)
    try:
        for _ in session.load(folder):
            pass
        with _in_time(session.model):
            yield session
    finally:
        session.close()


@contextmanager
def _in_time(model: Gemma3n) -> Iterator[None]:
    """Before each forward of the decoder: raises _Late once CHECK_S are over."""
    is_late = _deadline()

    def look(*_: object) -> None:
        if is_late():
            raise _Late

    hook = model.text.register_forward_pre_hook(look)
    try:
        yield
    finally:
        hook.remove()


def _deadline() -> Callable[[], bool]:
    """Whether CHECK_S are over, from now on."""
    end = time.monotonic() + CHECK_S
    return lambda: time.monotonic() > end


def _machine() -> str:
    threads = device.configure(large=True)
    memory = psutil.virtual_memory().total / 1e9
    return f"{device.describe()}, {memory:.0f} GB of memory, torch {torch.__version__} ({threads})"


_Check = Callable[[Path, _Findings], Iterator[Row]]
_ROUND: tuple[tuple[str, _Check], ...] = (
    ("files and shapes", _files),
    ("opens", _opens),
    ("perplexity, bf16", _perplexity),
    ("perplexity, prepared", _prepared),
    ("logits, transformers", _reference),
    ("hears one sentence", _hears),
    ("sees one picture", _sees),
    ("speed", _speed),
    ("memory", _memory),
)
