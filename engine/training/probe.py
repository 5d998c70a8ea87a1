"""How a model in training does: a few utterances, decoded in one batch."""

from functools import cache
from typing import Any

import torch
from torch import Tensor

from engine.text.matformer import Size
from engine.tokenizer import Tokenizer
from engine.training.batches import collate
from engine.training.losses import greedy_pieces
from engine.training.sets import EVERYDAY, STRINGS, TRAINED, Utterance, build_sets, error_rate
from engine.training.trainer import Trainer, embedded, prompt_ids, soft_counts

_SETS = (TRAINED, EVERYDAY, STRINGS)
_MOST_PIECES = 24
_SHOWN = 4


@cache
def _sets(count: int) -> dict[str, list[Utterance]]:
    return build_sets(count, count)


@torch.no_grad()
def probe(trainer: Trainer, tokenizer: Tokenizer, count: int, *, listening: bool) -> dict[str, Any]:
    """Error rates of `count` utterances each, and some transcripts as they are.

    listening: by the decoder; else by the best path of the soft tokens alone.
    """
    found: dict[str, Any] = {"by": "decoder" if listening else "alignment"}
    for name in _SETS:
        utterances = _sets(count)[name]
        said = [utterance.text for utterance in utterances]
        heard = transcripts(trainer, tokenizer, utterances, listening=listening)
        found[name] = round(error_rate(said, heard), 4)
        found[f"{name}: said | heard"] = [
            f"{s} | {h}" for s, h in list(zip(said, heard, strict=True))[:_SHOWN]
        ]
    return found


def transcripts(
    trainer: Trainer, tokenizer: Tokenizer, utterances: list[Utterance], *, listening: bool
) -> list[str]:
    """What is heard in each."""
    silence: list[str] = [""] * len(utterances)
    nothing = [None] * len(utterances)
    batch = collate([u.pcm for u in utterances], silence, tokenizer.encode, nothing)
    tower = trainer.model.tower
    frames = tower.encode(batch.mel.to(trainer.device), batch.mel_lengths.to(trainer.device))
    soft = tower.soft_tokens(frames)
    counts = soft_counts(batch)
    if listening:
        ids = _decoded(trainer, soft, counts, None)
    else:
        logits = trainer.heads.piece_logits(soft, trainer.model.piece_table)
        ids = [greedy_pieces(row, n) for row, n in zip(logits, counts, strict=True)]
    return [tokenizer.decode(row).strip() for row in ids]


def _decoded(
    trainer: Trainer, soft: Tensor, counts: list[int], size: Size | None
) -> list[list[int]]:
    """Greedy answers of a batch. Without a cache: rows of different lengths stay simple."""
    prompt, decoder = trainer.prompt, trainer.model.language_model
    rows = [prompt_ids(prompt, count) for count in counts]
    answers: list[list[int]] = [[] for _ in rows]
    open_rows = set(range(len(rows)))
    for _ in range(_MOST_PIECES):
        tensors = [torch.tensor(row + ids) for row, ids in zip(rows, answers, strict=True)]
        last = torch.tensor([[len(row) - 1] for row in tensors], device=soft.device)
        ids = torch.nn.utils.rnn.pad_sequence(tensors, batch_first=True, padding_value=prompt.pad)
        ids = ids.to(soft.device)
        embeds = embedded(trainer.model, prompt, ids, soft, counts)
        best = decoder.logits(decoder(embeds, ids, size=size, want=last))[:, 0].argmax(-1)
        for row in sorted(open_rows):
            if int(best[row]) == prompt.end:
                open_rows.discard(row)
            else:
                answers[row].append(int(best[row]))
        if not open_rows:
            break
    return answers
