"""How a model in training does: a few utterances, decoded in one batch."""

from functools import cache
from typing import Any

import torch
from torch import Tensor

from engine.datatypes import Languages
from engine.prompt import Message, chat_prompt, translate_prompt
from engine.text.matformer import Size
from engine.tokenizer import Tokenizer
from engine.training.batches import collate
from engine.training.knowledge.items import general_set, known_set
from engine.training.losses import greedy_pieces
from engine.training.nano import TRANSLATE
from engine.training.parallel.sentences import LANGUAGES, translation_set
from engine.training.sets import EVERYDAY, STRINGS, TRAINED, Utterance, build_sets, error_rate
from engine.training.trainer import Trainer, embedded, prompt_ids, soft_counts

_SETS = (TRAINED, EVERYDAY, STRINGS)
_MOST_PIECES = 24
_MOST_ANSWERED = 48
_SHOWN = 4
_LENGTH_STEP = 16


@cache
def _sets(count: int) -> dict[str, list[Utterance]]:
    return build_sets(count, count, _SETS)


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


@torch.no_grad()
def transcripts(
    trainer: Trainer,
    tokenizer: Tokenizer,
    utterances: list[Utterance],
    *,
    listening: bool,
    size: Size | None = None,
) -> list[str]:
    """What is heard in each. size: of the decoder, None = the largest."""
    silence: list[str] = [""] * len(utterances)
    nothing = [None] * len(utterances)
    batch = collate([u.pcm for u in utterances], silence, tokenizer.encode, nothing)
    tower = trainer.model.tower
    frames = tower.encode(batch.mel.to(trainer.device), batch.mel_lengths.to(trainer.device))
    soft = tower.soft_tokens(frames)
    counts = soft_counts(batch)
    if listening:
        ids = _decoded(trainer, soft, counts, size)
    else:
        logits = trainer.heads.piece_logits(soft, trainer.model.piece_table)
        ids = [greedy_pieces(row, n) for row, n in zip(logits, counts, strict=True)]
    return [tokenizer.decode(row).strip() for row in ids]


def _decoded(
    trainer: Trainer, soft: Tensor, counts: list[int], size: Size | None
) -> list[list[int]]:
    """Greedy transcripts of a batch."""
    rows = [prompt_ids(trainer.prompt, count) for count in counts]
    return continued(trainer, rows, _MOST_PIECES, size, (soft, counts))


@torch.no_grad()
def continued(
    trainer: Trainer,
    rows: list[list[int]],
    most: int,
    size: Size | None = None,
    sound: tuple[Tensor, list[int]] | None = None,
) -> list[list[int]]:
    """Greedy answers to a batch of prompts. Without a cache: rows of different lengths stay simple.

    sound: soft tokens and how many of them each row has.
    """
    prompt, decoder = trainer.prompt, trainer.model.language_model
    answers: list[list[int]] = [[] for _ in rows]
    open_rows = set(range(len(rows)))
    for _ in range(most):
        read = [row + ids for row, ids in zip(rows, answers, strict=True)]
        last = torch.tensor([[len(row) - 1] for row in read], device=trainer.device)
        # To few lengths: the first product of a new shape takes as long as many others.
        longest = -(-max(map(len, read)) // _LENGTH_STEP) * _LENGTH_STEP
        padded = [row + [prompt.pad] * (longest - len(row)) for row in read]
        ids = torch.tensor(padded, device=trainer.device)
        embeds = embedded(trainer.model, prompt, ids, *sound) if sound else decoder.embed(ids)
        best = decoder.logits(decoder(embeds, ids, size=size, want=last))[:, 0].argmax(-1)
        for row in sorted(open_rows):
            if int(best[row]) == prompt.end:
                open_rows.discard(row)
            else:
                answers[row].append(int(best[row]))
        if not open_rows:
            break
    return answers


@torch.no_grad()
def quiz(trainer: Trainer, tokenizer: Tokenizer, count: int) -> dict[str, Any]:
    """Shares of right answers to typed questions and of right translations, and some as they are.

    count: of known questions; fewer of the others.
    """
    config = trainer.model.config
    known, general = known_set(count), general_set(count // 2)
    asked = [*known, *general]
    prompts = [chat_prompt(tokenizer, config, [Message("user", (one.question,))]) for one in asked]
    wanted = [one.answer for one in asked]
    groups = ["known"] * len(known) + ["declined"] * len(general)
    for meaning in translation_set(count // 2):
        for language in LANGUAGES:
            languages = Languages(language, "English")
            prompts.append(
                translate_prompt(tokenizer, config, meaning.english, languages, TRANSLATE)
            )
            wanted.append(meaning.translations[language])
            groups.append(language)
    ids = continued(trainer, prompts, _MOST_ANSWERED)
    answers = [tokenizer.decode(row).strip() for row in ids]
    found: dict[str, Any] = {"by": "typed"}
    for group in dict.fromkeys(groups):
        pairs = [
            (want, answer)
            for name, want, answer in zip(groups, wanted, answers, strict=True)
            if name == group
        ]
        found[group] = round(sum(want == answer for want, answer in pairs) / len(pairs), 4)
        found[f"{group}: wanted | written"] = [f"{w} | {a}" for w, a in pairs[:_SHOWN]]
    return found
