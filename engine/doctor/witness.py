"""What the decoder makes of the doctor's text: its perplexity, and its logits beside transformers'.

transformers is never imported here: a script of the tests asks it in a process of its own.
"""

import importlib.util
import json
import math
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import psutil
import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from engine.datatypes import Modality
from engine.doctor import material
from engine.doctor.report import Row, Verdict
from engine.model import Gemma3n
from engine.text.cache import KVCache

SCRIPT = Path(__file__).resolve().parents[2] / "tests" / "reference" / "logits_by_transformers.py"
TITLE = "logits, transformers"
WITNESSED_TOKENS = 24
NOISE = 4.0  # times what another order of the same sums makes of random weights
MOST_TOKENS = 512  # of the text
PIECE_TOKENS = 64  # read at once: their scores over the vocabulary fill 70 MB
PATIENCE_S = 300.0
# Of two sound computations: fp32 agrees to its noise; bf16 rounds at other places.
MOST_DIVERGENCE = {torch.float32: 1e-3, torch.bfloat16: 0.05}  # nats a token


def ids(model: Gemma3n, length: int) -> Tensor:
    """`length` ids [1, length] of the text, from its beginning again where it is too short."""
    known = _text_ids(model)
    times = -(-length // len(known))
    return torch.tensor([(known * times)[:length]], device=model.device)


def perplexity(
    model: Gemma3n, most: int = MOST_TOKENS, is_late: Callable[[], bool] = lambda: False
) -> tuple[float, int]:
    """Of the text, a token, and over how many; not a number where the model computes none.

    most: tokens that are looked at. is_late: asked between pieces; what is there then counts.
    """
    given = torch.tensor([_text_ids(model)[:most]], device=model.device)
    cache = KVCache(model.config.text, model.dtype, device=model.device)
    loss, count = 0.0, 0
    with torch.inference_mode():
        for piece in torch.split(given[:, :-1], PIECE_TOKENS, 1):
            if count and is_late():
                break
            logits = model.text.logits(model.text(model.text.embed(piece), piece, cache=cache))[0]
            following = given[0, count + 1 : count + 1 + len(logits)]
            loss += float(cross_entropy(logits.float(), following, reduction="sum"))
            count += len(logits)
    mean = loss / count
    return (math.exp(mean) if mean < 700 else mean * math.inf), count


def beside_transformers(model: Gemma3n, *, trained: bool = True) -> Row:
    """How far the two are apart in what comes next, at each of the first tokens.

    trained: else the bound follows the noise that the weights make of rounding.
    """
    if importlib.util.find_spec("transformers") is None:
        return Row(TITLE, Verdict.NOTE, "transformers is not installed")
    if not SCRIPT.exists():
        return Row(TITLE, Verdict.NOTE, "the script that asks it comes with the source alone")
    if not model.held:
        return Row(TITLE, Verdict.NOTE, "transformers does not read MLX's layout")
    ple = model.text.ple
    needed = sum(weight.nbytes for weight in model.part_tensors()[Modality.TEXT.value])
    needed += 0 if ple is None else ple.nbytes
    if needed > psutil.virtual_memory().available:
        return Row(TITLE, Verdict.NOTE, f"it would need {needed / 1e9:.1f} GB of free memory")
    given = ids(model, WITNESSED_TOKENS)
    with torch.inference_mode():
        ours = model.text.logits(model.text(model.text.embed(given), given))[0].float().numpy()
    theirs = _asked(model, given)
    if theirs is None:
        return Row(TITLE, Verdict.NOTE, f"transformers took longer than {PATIENCE_S:.0f} s")
    if isinstance(theirs, str):
        return Row(TITLE, Verdict.FAIL, theirs)
    divergence, agreed = _apart(ours, theirs)
    bound = MOST_DIVERGENCE[model.dtype]
    found = f"divergence {divergence:.1e} nats a token; likeliest token alike {100 * agreed:.0f} %"
    if divergence > bound and not trained:
        # Random layers make much of the least rounding: how much shows another order of sums.
        own = _apart(ours, _one_by_one(model, given))[0]
        bound = max(bound, NOISE * own)
        found += f"; read token by token {own:.1e}"
    good = Verdict.PASS if divergence <= bound else Verdict.FAIL
    return Row(TITLE, good, found, f"at most {bound:.2g} nats")


def _one_by_one(model: Gemma3n, given: Tensor) -> npt.NDArray[np.float32]:
    """Our logits [T, vocabulary] with other kernels: a product for each token."""
    cache = KVCache(model.config.text, model.dtype, device=model.device)
    with torch.inference_mode():
        steps = [
            model.text.logits(model.text(model.text.embed(one), one, cache=cache))
            for one in torch.split(given, 1, 1)
        ]
    return torch.cat(steps, 1)[0].float().numpy()


def _asked(model: Gemma3n, given: Tensor) -> npt.NDArray[np.float32] | str | None:
    """transformers' logits [T, vocabulary], or why there are none; None: it took too long."""
    dtype = str(model.dtype).removeprefix("torch.")
    with tempfile.TemporaryDirectory() as folder:
        asked, answer = Path(folder, "ids.json"), Path(folder, "logits.npy")
        asked.write_text(json.dumps(given[0].tolist()))
        command = [sys.executable, str(SCRIPT), str(model.folder), dtype, str(asked), str(answer)]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S)
        except subprocess.TimeoutExpired:
            return None
        if done.returncode != 0:
            last = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
            return f"transformers failed (exit code {done.returncode}): {last}"
        logits: npt.NDArray[np.float32] = np.load(answer)
        return logits


def _apart(ours: npt.NDArray[np.float32], theirs: npt.NDArray[np.float32]) -> tuple[float, float]:
    """Mean Kullback-Leibler divergence, nats a token, and how often the likeliest is the same."""
    first = torch.log_softmax(torch.from_numpy(theirs).double(), -1)
    second = torch.log_softmax(torch.from_numpy(ours).double(), -1)
    divergence = float((first.exp() * (first - second)).sum(-1).mean())
    return divergence, float((first.argmax(-1) == second.argmax(-1)).double().mean())


def _text_ids(model: Gemma3n) -> list[int]:
    return [model.config.bos_token_id, *model.tokenizer.encode(material.text())]
