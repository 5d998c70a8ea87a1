"""Training the eyes to name what stands in each cell, in the decoder's words.

The language half is borrowed and stays as it is, so that eyes can be made beside it.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.config import ModelConfig, parse_config
from engine.embedder import MultimodalEmbedder
from engine.tokenizer import Tokenizer
from engine.training.eyes import with_eyes
from engine.training.nano import Nano
from engine.training.pictures.views import UNMARKED, Classes, Views
from engine.training.saved import write_state
from engine.training.trainer import BETAS, CLIP_NORM, WEIGHT_DECAY
from engine.vision.encoder import MobileNetV5
from engine.vision.tower import VisionTower

MATRIX_RATE = 5.0  # of Muon's learning rate to AdamW's
LAYER_SCALE = 0.1  # at the start: at the published 1e-5 the branches would learn late
_NOTHING_WEIGHT = 0.1  # of cells with nothing in them, which are most
_SMALLEST_MATRIX = 16  # rows or columns: Muon trains it, not AdamW


class CellHeads(nn.Module):
    """Training only: what stands in a cell, by its soft token.

    Whether something stands there, and of what kind, is told by linear maps. Which one it is, is
    scored against the decoder's own rows of its name, so that a soft token comes to lie where the
    words for what it shows lie: the decoder then only has to read, as it reads sound. Of a name of
    several pieces the last one stands for it, where that tells the names apart: a question finds
    what it asks about by the piece that it has just read.

    Args:
        classes: of each head.
        tokenizer: of the decoder.
        width: of a soft token.
    """

    def __init__(self, classes: Classes, tokenizer: Tokenizer, width: int) -> None:
        super().__init__()
        self.maps = nn.ModuleDict()
        self._pieces: dict[str, list[Tensor]] = {}
        for head, names in classes.names.items():
            if names[0] == "":
                self.maps[head] = nn.Linear(width, len(names))
            else:
                # Letters as they are written one by one, names as they are asked for.
                spelled = all(len(name) == 1 for name in names)
                said = names if spelled else [f" {name}" for name in names]
                pieces = [tokenizer.encode(name) for name in said]
                if len({ids[-1] for ids in pieces}) == len(names):
                    pieces = [ids[-1:] for ids in pieces]
                self._pieces[head] = [torch.tensor(ids) for ids in pieces]
        self._heads = tuple(classes.names)

    def forward(self, soft: Tensor, table: Tensor) -> list[Tensor]:
        """Soft tokens [B, cells, D], the decoder's table [V, D] -> by head [B, cells, classes]."""
        return [
            soft @ self._rows(head, table).T if head in self._pieces else self.maps[head](soft)
            for head in self._heads
        ]

    def _rows(self, head: str, table: Tensor) -> Tensor:
        """The direction of each class's name or of its last piece, [classes, D]."""
        rows = torch.stack([table[pieces].mean(0) for pieces in self._pieces[head]])
        return F.normalize(rows, dim=-1)


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


class Sight:
    """Eyes, their training-only heads and their optimisers, beside a model.

    State: `step`, the number of steps made.

    Args:
        model: whose words they learn; its weights are not changed here.
        classes: of the heads.
        tokenizer: of the model.
        seed: of the weights to start from.
    """

    def __init__(self, model: Nano, classes: Classes, tokenizer: Tokenizer, seed: int) -> None:
        config = parse_config(with_eyes(model.config.raw))
        self.eyes = eyes(config, seed)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed + 1)
            self.heads = CellHeads(classes, tokenizer, config.text.hidden_size)
        self.step = 0
        self.config = config
        self._classes = classes
        self._words = model.language_model.embed_tokens
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
        loss, report = self.named(self.eyes(views.pixels), views.marks)
        self.clear()
        torch.autograd.backward(loss)
        return report | {"norm": self.advance(rate)}

    def named(self, soft: Tensor, marks: Tensor) -> tuple[Tensor, dict[str, float]]:
        """The loss of soft tokens [B, cells, D] whose cells show `marks`, and its parts."""
        losses, report = [], {}
        table = self._words.weight.detach()
        for head, logits, wanted in zip(
            self._classes.names, self.heads(soft, table), marks.unbind(1), strict=True
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

    def clear(self) -> None:
        """Forget the gradients."""
        for weight in self._weights:
            weight.grad = None

    def advance(self, rate: float) -> float:
        """One step of the optimisers by the gradients there are; their norm."""
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

    def state(self) -> dict[str, Any]:
        """Everything that a later run needs."""
        return {
            "step": self.step,
            "eyes": self.eyes.state_dict(),
            "heads": self.heads.state_dict(),
            "optimisers": [optimiser.state_dict() for optimiser in self.optimisers],
        }

    def save(self, path: Path) -> None:
        """Write the state; a kill leaves the old file whole."""
        write_state(self.state(), path)

    def load(self, path: Path) -> None:
        """Go on from what `save` wrote."""
        self.restore(torch.load(path, map_location="cpu", weights_only=True))

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go on from what `state` gave."""
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
