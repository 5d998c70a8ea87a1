"""Training the eyes: first to name what stands in each cell, then to be understood.

The language half is borrowed and stays as it is, so that eyes can be made beside it and be put
into any later state of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.config import ModelConfig, parse_config
from engine.datatypes import Modality
from engine.embedder import MultimodalEmbedder
from engine.prompt import Media, Message, chat_prompt
from engine.tokenizer import Tokenizer
from engine.training.eyes import with_eyes
from engine.training.nano import SIZES, Nano
from engine.training.pictures.questions import Question
from engine.training.pictures.views import UNMARKED, Classes, Views
from engine.training.saved import write_state
from engine.training.trainer import BETAS, CLIP_NORM, SIZE_ODDS, WEIGHT_DECAY
from engine.vision.encoder import MobileNetV5
from engine.vision.tower import VisionTower

MATRIX_RATE = 5.0  # of Muon's learning rate to AdamW's
LAYER_SCALE = 0.1  # at the start: at the published 1e-5 the branches would learn late
_NOTHING_WEIGHT = 0.1  # of cells with nothing in them, which are most
_SMALLEST_MATRIX = 16  # rows or columns: Muon trains it, not AdamW
_LENGTH_STEP, _WANTED_STEP = 16, 8  # multiples that rows and their answers are filled up to
_TURNS = 3  # questions about one picture, one after the other in a conversation


class CellHeads(nn.Module):
    """Training only: what stands in a cell, by its soft token. One linear map for each head.

    Args:
        classes: of each head.
        width: of a soft token.
    """

    def __init__(self, classes: Classes, width: int) -> None:
        super().__init__()
        self.maps = nn.ModuleDict(
            {head: nn.Linear(width, len(names)) for head, names in classes.names.items()}
        )

    def forward(self, soft: Tensor) -> list[Tensor]:
        """Soft tokens [B, cells, D] -> of each head [B, cells, classes]."""
        return [head(soft) for head in self.maps.values()]


def eyes(config: ModelConfig, seed: int) -> VisionTower:
    """A vision tower to train from; `config` must have one."""
    assert config.vision is not None
    vision = config.vision
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        embedder = MultimodalEmbedder(
            vision.vocab_size,
            vision.vocab_offset,
            vision.hidden_size,
            config.text.hidden_size,
            vision.rms_norm_eps,
        )
        tower = VisionTower(MobileNetV5(vision), embedder)
    with torch.no_grad():
        for name, weight in tower.named_parameters():
            if name.endswith("layer_scale.gamma"):
                weight.fill_(LAYER_SCALE)
            elif name.endswith("embedding_projection.weight") or (
                _is_matrix(name, weight) and "conv_stem" not in name
            ):
                # What all inputs have in common would else drown, block by block, what they tell.
                weight.sub_(weight.flatten(1).mean(1).view(-1, *[1] * (weight.ndim - 1)))
    return tower


@dataclass(frozen=True, slots=True)
class Asked:
    """A conversation about one picture, in ids. labels: what is to be written at each id, -100 =
    nothing that is learnt."""

    ids: list[int]
    labels: list[int]


class Sight:
    """Eyes, their training-only heads and their optimisers, beside a model that stays as it is.

    State: `step`, the number of steps made.

    Args:
        model: whose decoder reads what the eyes write; its weights are not changed.
        classes: of the heads.
        tokenizer: of the model.
        seed: of what is drawn here.
    """

    def __init__(self, model: Nano, classes: Classes, tokenizer: Tokenizer, seed: int) -> None:
        config = parse_config(with_eyes(model.config.raw))
        self.eyes = eyes(config, seed)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed + 1)
            self.heads = CellHeads(classes, config.text.hidden_size)
        self.step = 0
        self._classes = classes
        self._decoder = model.language_model.requires_grad_(False)
        self._config, self._tokenizer, self._seed = config, tokenizer, seed
        matrices = [w for name, w in self.eyes.named_parameters() if _is_matrix(name, w)]
        taken = set(map(id, matrices))
        self._weights = [*self.eyes.parameters(), *self.heads.parameters()]
        rest = [w for w in self._weights if id(w) not in taken]
        groups: list[dict[str, Any]] = [
            {"params": [w for w in rest if w.ndim > 1], "weight_decay": WEIGHT_DECAY},
            {"params": [w for w in rest if w.ndim < 2]},
        ]
        # Muon takes matrices alone: a kernel's is the same memory, its inputs side by side.
        self._flat = [(nn.Parameter(weight.detach().flatten(1)), weight) for weight in matrices]
        self.optimisers: tuple[torch.optim.Optimizer, ...] = (
            torch.optim.AdamW(groups, betas=BETAS, weight_decay=0.0),
            torch.optim.Muon(
                [flat for flat, _ in self._flat],
                weight_decay=WEIGHT_DECAY,
                adjust_lr_fn="match_rms_adamw",
            ),
        )

    def name(self, views: Views, rate: float) -> dict[str, float]:
        """One step of naming what stands in each cell; gives the losses and shares right."""
        loss, report = self._named(self.eyes(views.pixels), views.marks)
        return report | {"norm": self._descend(loss, rate)}

    def answer(self, views: Views, rate: float, naming: float) -> dict[str, float]:
        """One step of answering questions by the decoder, and of naming with weight `naming`."""
        rng = np.random.default_rng((self._seed, self.step, 2))
        size = SIZES[rng.choice(len(SIZES), p=SIZE_ODDS)]
        soft = self.eyes(views.pixels)
        loss, report = self._named(soft, views.marks)
        rows = [self._conversation(asked[:_TURNS]) for asked in views.asked]
        told = torch.tensor([position for position, row in enumerate(rows) if row is not None])
        chats = [row for row in rows if row is not None]
        ids, labels = _padded(chats, self._config.pad_token_id)
        embeds = self._embedded(ids, soft[told])
        want, targets = _wanted(labels)
        logits = self._decoder.logits(self._decoder(embeds, ids, size=size, want=want))
        answered = F.cross_entropy(logits.flatten(0, 1), targets.flatten())
        right = (logits.argmax(-1) == targets)[targets != UNMARKED].float().mean()
        report |= {"answered": answered.item(), "pieces right": right.item()}
        return report | {"norm": self._descend(answered + naming * loss, rate)}

    def follow(self, path: Path, read_at: float) -> float:
        """Read the language half's state if it was written after `read_at`; when it was."""
        written_at = path.stat().st_mtime
        if written_at > read_at:
            weights = torch.load(path, map_location="cpu", weights_only=True, mmap=True)["model"]
            prefix = "language_model."
            self._decoder.load_state_dict(
                {n.removeprefix(prefix): w for n, w in weights.items() if n.startswith(prefix)}
            )
        return written_at

    def _conversation(self, asked: Sequence[Question]) -> Asked | None:
        """Questions about a picture one after the other; None where there is none."""
        if not asked:
            return None
        tokens = self._config.vision_soft_tokens_per_image
        picture = Media(Modality.VISION, tokens)
        messages: list[Message] = []
        ids: list[int] = []
        labels: list[int] = []
        end = self._tokenizer.id_of("<end_of_turn>")
        for position, question in enumerate(asked):
            media = (picture,) if position == 0 else ()
            messages.append(Message("user", (*media, question.text)))
            before = chat_prompt(self._tokenizer, self._config, messages)
            answer = self._tokenizer.encode(question.answer)
            labels += [UNMARKED] * (len(before) - 1 - len(labels)) + [*answer, end]
            ids = [*before, *answer]
            messages.append(Message("model", (question.answer,)))
        return Asked(ids, labels[: len(ids)])

    def _embedded(self, ids: Tensor, soft: Tensor) -> Tensor:
        """Decoder inputs [B, T, D]: soft tokens in their places, ids of the eyes by their rows."""
        vision = self._config.vision
        assert vision is not None
        embeds = self._decoder.embed(ids)
        place = ids == self._config.image_token_id
        inside = (ids >= vision.vocab_offset) & (ids < vision.vocab_offset + vision.vocab_size)
        hard = inside & ~place
        embeds = embeds.masked_scatter(hard[..., None], self.eyes.embed_vision.hard(ids[hard]))
        return embeds.masked_scatter(place[..., None], soft)

    def _named(self, soft: Tensor, marks: Tensor) -> tuple[Tensor, dict[str, float]]:
        losses, report = [], {}
        for head, logits, wanted in zip(
            self.heads.maps, self.heads(soft), marks.unbind(1), strict=True
        ):
            marked = wanted != UNMARKED
            if not marked.any():
                continue
            guessed, wanted = logits[marked], wanted[marked]
            weight = torch.ones(logits.shape[-1])
            counted = torch.ones_like(wanted, dtype=torch.bool)
            if self._classes.names[head][0] == "":
                weight[0], counted = _NOTHING_WEIGHT, wanted > 0
            losses.append(F.cross_entropy(guessed, wanted, weight))
            report[head] = losses[-1].item()
            if counted.any():
                right = (guessed.argmax(-1) == wanted)[counted].float()
                report[f"{head} right"] = right.mean().item()
        return torch.stack(losses).sum(), report

    def _descend(self, loss: Tensor, rate: float) -> float:
        for weight in self._weights:
            weight.grad = None
        torch.autograd.backward(loss)
        norm = torch.nn.utils.clip_grad_norm_(self._weights, CLIP_NORM)
        if torch.isfinite(norm):
            for flat, weight in self._flat:
                flat.grad = None if weight.grad is None else weight.grad.flatten(1)
            for optimiser, factor in zip(self.optimisers, (1.0, MATRIX_RATE), strict=True):
                for group in optimiser.param_groups:
                    group["lr"] = factor * rate
                optimiser.step()
        self.step += 1
        return norm.item()

    def save(self, path: Path) -> None:
        """Write everything that a later run needs; a kill leaves the old file whole."""
        state = {
            "step": self.step,
            "eyes": self.eyes.state_dict(),
            "heads": self.heads.state_dict(),
            "optimisers": [optimiser.state_dict() for optimiser in self.optimisers],
        }
        write_state(state, path)

    def load(self, path: Path) -> None:
        """Go on from what `save` wrote."""
        state: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
        self.eyes.load_state_dict(state["eyes"])
        self.heads.load_state_dict(state["heads"])
        for optimiser, kept in zip(self.optimisers, state["optimisers"], strict=True):
            optimiser.load_state_dict(kept)
        self.step = state["step"]


def _is_matrix(name: str, weight: nn.Parameter) -> bool:
    """Whether Muon trains it, not AdamW: a product between channels, 1x1 or a dense kernel.

    After 75 steps of 48 pictures 58 % of the colours were right, with AdamW alone some 23 %.
    """
    table, each_alone = name.endswith("embedding.weight"), weight.ndim == 4 and weight.shape[1] == 1
    return (
        weight.ndim > 1
        and not table
        and not each_alone
        and min(weight.flatten(1).shape) >= _SMALLEST_MATRIX
    )


def _padded(chats: Sequence[Asked], pad: int) -> tuple[Tensor, Tensor]:
    """Ids and labels [B, T]; T in few lengths, since the first product of a shape is slow."""
    longest = _up(max(len(chat.ids) for chat in chats), _LENGTH_STEP)
    rows = [chat.ids + [pad] * (longest - len(chat.ids)) for chat in chats]
    learnt = [chat.labels + [UNMARKED] * (longest - len(chat.labels)) for chat in chats]
    return torch.tensor(rows), torch.tensor(learnt)


def _wanted(labels: Tensor) -> tuple[Tensor, Tensor]:
    """Positions [B, W] at which something is to be written, and what; rows are filled up with
    their first position, which is then not learnt again."""
    rows = [row.nonzero().flatten() for row in labels != UNMARKED]
    longest = _up(max(len(row) for row in rows), _WANTED_STEP)
    want = torch.stack([F.pad(row, (0, longest - len(row)), value=-1) for row in rows])
    targets = labels.gather(1, want.clamp(min=0)).masked_fill(want < 0, UNMARKED)
    return torch.where(want < 0, want[:, :1], want), targets


def _up(length: int, step: int) -> int:
    return -(-length // step) * step
