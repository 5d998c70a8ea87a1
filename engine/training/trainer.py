"""One training step, and the state that a killed run goes on from."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.attention import SDPBackend, sdpa_kernel

from engine.text.matformer import Size
from engine.training.batches import Batch
from engine.training.lessons import LENGTH_STEP, Lesson
from engine.training.losses import AlignmentHeads, contrast
from engine.training.nano import SIZES, Nano
from engine.training.saved import write_state
from engine.training.team import Team

CLIP_NORM = 1.0
BETAS = (0.9, 0.98)
WEIGHT_DECAY = 0.01
SMALLEST_MATRIX = 32  # rows or columns
_NOTHING = -100  # stands where no target is
SIZE_ODDS = (0.27, 0.12, 0.13, 0.48)  # of SIZES, the smallest first
DRAWN_SIZES: Mapping[Size, float] = dict(zip(SIZES, SIZE_ODDS, strict=True))


@dataclass(frozen=True, slots=True)
class Prompt:
    """Ids that stand around the sound, exactly as at inference.

    prefix: up to and with begin-of-audio; suffix: from end-of-audio to the answer's start.
    audio: the placeholder of a soft token; end: ends the answer; unknown: replaces dropped input.
    """

    prefix: tuple[int, ...]
    suffix: tuple[int, ...]
    audio: int
    end: int
    unknown: int
    pad: int


@dataclass(frozen=True, slots=True)
class Objective:
    """What counts in a stage: weights of the losses, and the share of input text dropped.

    timed: weight of the word times inside the letters' and the pieces' losses.
    contrast: of telling a clip's words from those of the batch's other clips.
    """

    next_token: float
    letters: float
    pieces: float
    dropped: float = 0.0
    timed: float = 0.0
    contrast: float = 0.0


class Trainer:
    """A model, its training-only heads and its optimisers.

    State: `step`, the number of steps made. All that is random comes from the seed and the step,
    so that a run that goes on from a checkpoint makes the same model as one never stopped.

    Args:
        model: to be trained, in place.
        prompt: what stands around the sound.
        seed: of what is drawn here.
        team: the processes that share each step; None: this one alone.
        sizes: that steps are drawn from, and how often each is.
    """

    def __init__(
        self,
        model: Nano,
        prompt: Prompt,
        seed: int,
        device: str = "cpu",
        team: Team | None = None,
        sizes: Mapping[Size, float] = DRAWN_SIZES,
    ) -> None:
        assert model.config.audio is not None
        self.model = model.to(device)
        self.prompt = prompt
        self.device = device
        audio, text = model.config.audio.hidden_size, model.config.text.hidden_size
        self.heads = AlignmentHeads(audio, text, seed).to(device)
        self.step = 0
        self._seed = seed
        self._team = team
        self._sizes = sizes
        matrices = {n: p for n, p in self.model.named_parameters() if _is_hidden_matrix(n, p)}
        rest = [(n, p) for n, p in self._named() if n not in matrices]
        groups: list[dict[str, Any]] = [
            {
                "params": [p for n, p in rest if p.ndim > 1 and "embed" not in n],
                "weight_decay": WEIGHT_DECAY,
            },
            {"params": [p for n, p in rest if p.ndim < 2 or "embed" in n]},
        ]
        self.optimisers: tuple[torch.optim.Optimizer, ...] = (
            torch.optim.AdamW(groups, betas=BETAS, weight_decay=0.0, fused=True),
            torch.optim.Muon(
                matrices.values(), weight_decay=WEIGHT_DECAY, adjust_lr_fn="match_rms_adamw"
            ),
        )

    def _named(self) -> list[tuple[str, nn.Parameter]]:
        return [*self.model.named_parameters(), *self.heads.named_parameters()]

    def train(self, batch: Batch, objective: Objective, rate: float) -> dict[str, float]:
        """One step at the learning rate `rate`; gives the losses."""
        with attention_for(self.device):
            loss, report = self._heard(batch, objective)
            return report | {"norm": self._descend(loss, rate)}

    def _heard(self, batch: Batch, objective: Objective) -> tuple[Tensor, dict[str, float]]:
        """The loss of a batch of sound, and its parts."""
        size, rng = self.drawn_size()
        frames = self.model.tower.encode(
            batch.mel.to(self.device), batch.mel_lengths.to(self.device)
        )
        soft = self.model.tower.soft_tokens(frames)
        letters, pieces = self.heads(frames, soft, self.model.piece_table, batch, objective.timed)
        loss = objective.letters * letters + objective.pieces * pieces
        report = {"letters": letters.item(), "pieces": pieces.item()}
        if objective.contrast:
            apart = contrast(soft, soft_counts(batch), self.model.piece_table, batch.pieces)
            loss = loss + objective.contrast * apart
            report["contrast"] = apart.item()
        if objective.next_token:
            each = self._next_token(batch, soft, objective.dropped, size, rng)
            written = torch.cat(each).mean()
            loss = loss + objective.next_token * written
            report["written"] = written.item()
        return loss, report

    def teach(self, lessons: Sequence[Lesson], rate: float) -> dict[str, float]:
        """One step of typed lessons, without sound; gives the losses."""
        size = self.drawn_size()[0]
        ids = self._padded([lesson.ids for lesson in lessons])
        with attention_for(self.device):
            embeds = self.model.language_model.embed(ids)
            each = self._losses(embeds, ids, [lesson.targets for lesson in lessons], size)
            loss = torch.cat(each).mean()
            report = {"taught": loss.item()}
            for kind in {lesson.kind for lesson in lessons}:
                pairs = zip(each, lessons, strict=True)
                of_kind = torch.cat([row.detach() for row, lesson in pairs if lesson.kind == kind])
                report[f"taught {kind}"] = of_kind.mean().item()
            return report | {"norm": self._descend(loss, rate)}

    def _padded(self, rows: list[list[int]]) -> Tensor:
        """Rows of ids as one tensor [B, T]."""
        longest = _rounded(max(map(len, rows)))
        padded = [row + [self.prompt.pad] * (longest - len(row)) for row in rows]
        return torch.tensor(padded, device=self.device)

    def drawn_size(self) -> tuple[Size, np.random.Generator]:
        """The size that this step trains, and the generator to go on drawing from."""
        rank = self._team.rank if self._team else 0
        rng = np.random.default_rng((self._seed, self.step, 1, rank))
        return list(self._sizes)[rng.choice(len(self._sizes), p=list(self._sizes.values()))], rng

    def _descend(self, loss: Tensor, rate: float) -> float:
        """One step down the loss; the norm of the gradient."""
        self.clear()
        torch.autograd.backward(loss)
        return self.advance(rate)

    def clear(self) -> None:
        """Forget the gradients."""
        for optimiser in self.optimisers:
            optimiser.zero_grad(set_to_none=True)

    def advance(self, rate: float) -> float:
        """One step of the optimisers by the gradients there are; their norm."""
        if self._team:
            self._team.average([p for _, p in self._named()])
        parameters = [p for _, p in self._named() if p.grad is not None]
        norm = torch.nn.utils.clip_grad_norm_(parameters, CLIP_NORM)
        if torch.isfinite(norm):
            for optimiser in self.optimisers:
                for group in optimiser.param_groups:
                    group["lr"] = rate
                optimiser.step()
        self.step += 1
        return norm.item()

    def _next_token(
        self, batch: Batch, soft: Tensor, dropped: float, size: Size, rng: np.random.Generator
    ) -> list[Tensor]:
        """Losses of what is written of each clip and of its end, by a decoder of `size`."""
        counts = soft_counts(batch)
        rows, targets = [], []
        for ids, count in zip(batch.pieces, counts, strict=True):
            given = [self.prompt.unknown if rng.random() < dropped else p for p in ids]
            row = prompt_ids(self.prompt, count)
            targets.append(list(enumerate([*ids, self.prompt.end], len(row) - 1)))
            rows.append(row + given)
        inputs = self._padded(rows)
        embeds = embedded(self.model, self.prompt, inputs, soft, counts)
        return self._losses(embeds, inputs, targets, size)

    def _losses(
        self, embeds: Tensor, ids: Tensor, targets: Sequence[list[tuple[int, int]]], size: Size
    ) -> list[Tensor]:
        """Cross entropy of each row's targets: positions and what is to come next there.

        embeds: [B, T, D] of the inputs ids [B, T].
        """
        longest = _rounded(max(map(len, targets)))
        filled = [[*row, *[(row[0][0], _NOTHING)] * (longest - len(row))] for row in targets]
        want, wanted = torch.tensor(filled, device=self.device).unbind(-1)
        decoder = self.model.language_model
        logits = decoder.logits(decoder(embeds, ids, size=size, want=want))
        losses = F.cross_entropy(
            logits.flatten(0, 1), wanted.flatten(), ignore_index=_NOTHING, reduction="none"
        ).view_as(wanted)
        return [row[: len(given)] for row, given in zip(losses, targets, strict=True)]

    def state(self) -> dict[str, Any]:
        """Everything that a later run needs."""
        return {
            "step": self.step,
            "model": self.model.state_dict(),
            "heads": self.heads.state_dict(),
            "optimisers": [optimiser.state_dict() for optimiser in self.optimisers],
        }

    def save(self, path: Path) -> None:
        """Write the state; a kill leaves the old file whole."""
        write_state(self.state(), path)

    def load(self, path: Path) -> None:
        """Go on from what `save` wrote."""
        self.restore(torch.load(path, map_location=self.device, weights_only=True))

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go on from what `state` gave."""
        self.model.load_state_dict(state["model"])
        self.heads.load_state_dict(state["heads"])
        for optimiser, kept in zip(self.optimisers, state["optimisers"], strict=True):
            optimiser.load_state_dict(kept)
        self.step = state["step"]


def _is_hidden_matrix(name: str, weight: nn.Parameter) -> bool:
    """Whether Muon trains it, not AdamW: a matrix between hidden values of some size.

    On the same batches the loss was 7 % lower after 225 steps, in the same time, at AdamW's rate;
    at 2.5 times that rate it rose.
    """
    return weight.ndim == 2 and "embed" not in name and min(weight.shape) >= SMALLEST_MATRIX


def attention_for(device: str) -> AbstractContextManager[None]:
    """On a processor the fused kernel takes three times as long as plain products here."""
    return sdpa_kernel(SDPBackend.MATH) if device == "cpu" else nullcontext()


def _rounded(length: int) -> int:
    """Up to a length that other steps have, too: kernels are made only once for it."""
    return -(-length // LENGTH_STEP) * LENGTH_STEP


def soft_counts(batch: Batch) -> list[int]:
    """Soft tokens of each clip."""
    frames = (batch.mel_lengths + 3) // 4
    return [int(count) for count in (frames + 3) // 4]


def prompt_ids(prompt: Prompt, soft_tokens: int) -> list[int]:
    """Everything before the transcript."""
    return [*prompt.prefix, *[prompt.audio] * soft_tokens, *prompt.suffix]


def embedded(model: Nano, prompt: Prompt, ids: Tensor, soft: Tensor, counts: list[int]) -> Tensor:
    """Decoder inputs [B, T, D] of ids [B, T]; soft [B, A, D] fills the placeholders in order."""
    audio = model.config.audio
    assert audio is not None
    embeds = model.language_model.embed(ids)
    hard = (ids >= audio.vocab_offset) & (ids != prompt.audio)
    embeds = embeds.masked_scatter(hard[..., None], model.tower.embed_audio.hard(ids[hard]))
    valid = (
        torch.arange(soft.shape[1], device=ids.device)
        < torch.tensor(counts, device=ids.device)[:, None]
    )
    return embeds.masked_scatter((ids == prompt.audio)[..., None], soft[valid])
