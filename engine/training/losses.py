"""What the training minimises beside the next token: alignment of sound and text.

The heads here are for training only and are not exported.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.training.batches import CHARACTERS, UNKNOWN, Batch

_SHARPNESS = 0.1  # of the contrast: what a cosine is divided by


class AlignmentHeads(nn.Module):
    """CTC twice: letters on every conformer frame, text pieces on every soft token.

    A soft token is scored against the decoder's own token table, so that it comes to lie where
    the word that ends in it lies: the decoder then only has to read.

    Args:
        audio_size: width of the conformer frames.
        text_size: width of the soft tokens and of the token table.
        seed: of the weights to start from.
    """

    def __init__(self, audio_size: int, text_size: int, seed: int) -> None:
        super().__init__()
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            self.letters = nn.Linear(audio_size, len(CHARACTERS) + 1)
        self.blank = nn.Parameter(torch.zeros(text_size))
        self.blank_bias = nn.Parameter(torch.zeros(1))

    def letter_logits(self, frames: Tensor) -> Tensor:
        """Frames [B, U, audio] -> [B, U, 1 + letters], blank first."""
        logits: Tensor = self.letters(frames)
        return logits

    def piece_logits(self, soft: Tensor, table: Tensor) -> Tensor:
        """Soft tokens [B, A, text] and token table [V, text] -> [B, A, 1 + V], blank first."""
        blank = soft @ self.blank[:, None] + self.blank_bias
        return torch.cat([blank, soft @ table.T], dim=-1)

    def forward(
        self, frames: Tensor, soft: Tensor, table: Tensor, batch: Batch, timed: float
    ) -> tuple[Tensor, Tensor]:
        """Letter loss and piece loss, each the mean over what is to be written.

        timed: how much the synthesiser's word times count beside CTC, which finds its own.

        frames: [B, U, audio]; soft: [B, A, text]; table: [V, text], the pieces' rows.
        """
        frame_lengths = (batch.mel_lengths + 3) // 4
        soft_lengths = (frame_lengths + 3) // 4
        pieces = [[piece + 1 for piece in clip] for clip in batch.pieces]
        letter_logits, piece_logits = self.letter_logits(frames), self.piece_logits(soft, table)
        letter_loss = _ctc(letter_logits, frame_lengths, batch.characters)
        piece_loss = _ctc(piece_logits, soft_lengths, pieces)
        if timed:
            letter_loss = letter_loss + timed * _timed(letter_logits, batch.frame_letters)
            piece_loss = piece_loss + timed * _timed(piece_logits, batch.token_pieces)
        return letter_loss, piece_loss


def _timed(logits: Tensor, targets: Tensor) -> Tensor:
    """Mean cross entropy of logits [B, T, N] and targets [B, T], where these are known."""
    known = (targets >= 0).sum().clamp(min=1)
    flat = targets.flatten().to(logits.device)
    total = F.cross_entropy(logits.flatten(0, 1), flat, ignore_index=UNKNOWN, reduction="sum")
    return total / known.to(logits.device)


def _ctc(logits: Tensor, lengths: Tensor, targets: list[list[int]]) -> Tensor:
    """Mean CTC loss per target; clips too short to hold their targets do not count."""
    flat = torch.tensor([entry for target in targets for entry in target], dtype=torch.long)
    counts = torch.tensor([len(target) for target in targets])
    total = F.ctc_loss(
        logits.log_softmax(-1).transpose(0, 1),
        flat.to(logits.device),
        lengths,
        counts,
        reduction="sum",
        zero_infinity=True,
    )
    return total / max(1, len(flat))


def contrast(soft: Tensor, counts: list[int], table: Tensor, pieces: list[list[int]]) -> Tensor:
    """Mean loss of telling which clip's text belongs to a clip's sound, and the other way round.

    Each is the mean of its rows: soft tokens [B, A, D], and those of its pieces in the table
    [V, D]. Clips with nothing said stay out of it; 0 where fewer than two are left.
    """
    spoken = [row for row, ids in enumerate(pieces) if ids]
    if len(spoken) < 2:
        return soft.new_zeros(())
    sounds = torch.stack([soft[row, : counts[row]].mean(0) for row in spoken])
    texts = torch.stack([table[pieces[row]].mean(0) for row in spoken])
    alike = F.normalize(sounds, dim=-1) @ F.normalize(texts, dim=-1).T / _SHARPNESS
    own = torch.arange(len(spoken), device=soft.device)
    return (F.cross_entropy(alike, own) + F.cross_entropy(alike.T, own)) / 2


def greedy_letters(logits: Tensor, length: int) -> str:
    """The best path of one clip's letter logits [U, 1 + letters]."""
    best = torch.unique_consecutive(logits[:length].argmax(-1)).tolist()
    return "".join(CHARACTERS[entry - 1] for entry in best if entry)


def greedy_pieces(logits: Tensor, length: int) -> list[int]:
    """The best path of one clip's piece logits [A, 1 + V]."""
    best = torch.unique_consecutive(logits[:length].argmax(-1)).tolist()
    return [entry - 1 for entry in best if entry]
