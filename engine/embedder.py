"""From a tower's features, or from the ids of a modality, to rows of the text decoder's width."""

import torch
from torch import Tensor, nn

from engine.norm import RMSNorm
from engine.product import Linear


class MultimodalEmbedder(nn.Module):
    """One embedder serves one modality; its parameter names are the Hub's.

    Rows come out with a mean square of one and are not scaled like text embeddings.

    Args:
        vocab_size, vocab_offset: `hard` takes ids in [offset, offset + size).
        hidden_size: width of the tower's features.
        text_hidden_size: width of the decoder.
        eps: of all three norms.

    Source: spec/audio-vision.md section 6.
    """

    def __init__(
        self,
        vocab_size: int,
        vocab_offset: int,
        hidden_size: int,
        text_hidden_size: int,
        eps: float = 1e-6,
    ) -> None:
        super().__init__()
        self.vocab_offset = vocab_offset
        self.embedding = nn.Embedding(vocab_size, hidden_size)
        self.hard_embedding_norm = RMSNorm(hidden_size, eps)
        self.soft_embedding_norm = RMSNorm(hidden_size, eps)
        self.embedding_projection = Linear(hidden_size, text_hidden_size)
        self.embedding_post_projection_norm = RMSNorm(text_hidden_size, eps, scale=False)

    def soft(self, features: Tensor) -> Tensor:
        """Features of the tower [..., hidden] -> rows [..., text hidden]."""
        return self._project(self.soft_embedding_norm(features))

    def hard(self, ids: Tensor) -> Tensor:
        """Token ids [...] of this modality's range -> rows [..., text hidden].

        Errors: IndexError for an id outside [offset, offset + size).
        """
        rows: Tensor = self.embedding(ids - self.vocab_offset)
        return self._project(self.hard_embedding_norm(rows))

    def _project(self, rows: Tensor) -> Tensor:
        projected: Tensor = self.embedding_post_projection_norm(self.embedding_projection(rows))
        return projected

    @property
    def dtype(self) -> torch.dtype:
        """Type of the weights."""
        return self.embedding_projection.weight.dtype
