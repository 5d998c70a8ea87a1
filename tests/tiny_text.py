"""Tiny text decoders of drawn shapes, every weight random enough to be seen in the logits."""

import random

import torch

from engine.config import LayerType, TextConfig
from engine.text.model import TextModel
from engine.text.ple import PleTable

S, F = LayerType.SLIDING, LayerType.FULL
VOCABULARY = 90
PLE_ROWS = 80  # ids from here on have no row of their own


def tiny_config(
    *,
    layers: int = 12,
    shared: int = 5,
    hidden: int = 32,
    widths: int | tuple[int, ...] = 32,
    pattern: tuple[LayerType, ...] = (S, S, F),
    window: int = 6,
    sparse: int = 4,
    limit: int = 4096,
) -> TextConfig:
    """A decoder of the family's form. pattern: repeated; sparse: how many first layers are."""
    return TextConfig(
        vocab_size=VOCABULARY,
        vocab_size_per_layer_input=PLE_ROWS,
        hidden_size=hidden,
        hidden_size_per_layer_input=8,
        num_hidden_layers=layers,
        intermediate_size=(widths,) * layers if isinstance(widths, int) else widths,
        num_attention_heads=4,
        num_key_value_heads=2,
        head_dim=8,
        layer_types=tuple(pattern[layer % len(pattern)] for layer in range(layers)),
        sliding_window=window,
        rope_theta_full=1e6,
        rope_theta_sliding=1e4,
        num_kv_shared_layers=shared,
        activation_sparsity=(0.75,) * sparse + (0.0,) * (layers - sparse),
        laurel_rank=6,
        max_position_embeddings=limit,
    )


def e4b_like(widths: tuple[int, int] = (48, 96)) -> TextConfig:
    """E4B's 35 layers with everything else small; (48, 96) stand for (8192, 16384)."""
    return tiny_config(
        layers=35, shared=15, widths=widths[1], pattern=(S, S, S, S, F), sparse=10, window=8
    )


def published(layers: int, width: int, shared: int) -> TextConfig:
    """A published decoder: (layers, feed-forward width, consumer layers)."""
    return TextConfig(
        vocab_size=262_400,
        vocab_size_per_layer_input=262_144,
        hidden_size=2048,
        hidden_size_per_layer_input=256,
        num_hidden_layers=layers,
        intermediate_size=(width,) * layers,
        num_attention_heads=8,
        num_key_value_heads=2,
        head_dim=256,
        layer_types=(S, S, S, S, F) * (layers // 5),
        sliding_window=512,
        rope_theta_full=1e6,
        rope_theta_sliding=1e4,
        num_kv_shared_layers=shared,
        activation_sparsity=(0.95,) * 10 + (0.0,) * (layers - 10),
    )


E4B, E2B = published(35, 16_384, 15), published(30, 8_192, 10)


def drawn_config(seed: int, *, deep: bool) -> TextConfig:
    """Some decoder; deep: 20 layers or more, hidden size 64 or more."""
    rng = random.Random(seed)
    layers = rng.choice((20, 25, 30, 35)) if deep else rng.randint(2, 14)
    period = rng.choice((2, 3, 5))
    types = tuple(F if layer % period == period - 1 else S for layer in range(layers))
    # Both types must have a producer; where there is room, both have consumers too.
    shared = rng.randint(period, layers - period) if layers >= 2 * period else 0
    kv_heads = rng.choice((1, 2, 4))
    heads = kv_heads * rng.choice((1, 2))
    hidden = heads * rng.choice((16, 24) if deep else (8, 12))
    hidden = hidden * -(-64 // hidden) if deep else hidden
    return TextConfig(
        vocab_size=VOCABULARY,
        vocab_size_per_layer_input=PLE_ROWS,
        hidden_size=hidden,
        hidden_size_per_layer_input=rng.choice((4, 8, 12)),
        num_hidden_layers=layers,
        intermediate_size=tuple(rng.choice((48, 64, 96)) for _ in range(layers)),
        num_attention_heads=heads,
        num_key_value_heads=kv_heads,
        head_dim=rng.choice((8, 16)),
        layer_types=types,
        sliding_window=rng.randint(3, 12),
        rope_theta_full=rng.choice((1e6, 5e5)),
        rope_theta_sliding=1e4,
        num_kv_shared_layers=shared,
        activation_sparsity=tuple(rng.choice((0.0, 0.5, 0.8)) for _ in range(layers)),
        altup_num_inputs=rng.choice((2, 4, 4)),
        laurel_rank=rng.choice((4, 8)),
        final_logit_softcapping=rng.choice((30.0, 10.0)),
    )


def random_model(
    config: TextConfig,
    seed: int = 0,
    *,
    dtype: torch.dtype = torch.float64,
    splits: tuple[int, ...] = (),
    ple: PleTable | None = None,
) -> TextModel:
    """A model with random norms, coefficients and output scales, without gradients."""
    model = TextModel(config, splits=splits, ple=ple).to(torch.float64).requires_grad_(False)
    model.initialise(seed)
    generator = torch.Generator().manual_seed(seed)
    for name, weight in model.named_parameters():
        noise = torch.randn(weight.shape, generator=generator, dtype=weight.dtype)
        if name.endswith("_coefs.weight"):
            weight.copy_(0.3 * noise)
        elif weight.ndim == 1:
            weight.copy_(1.0 + 0.3 * noise)
    model.embed_tokens.weight.mul_(1.5)
    return model.to(dtype).eval()


def random_ids(length: int, seed: int = 0, batch: int = 1) -> torch.Tensor:
    """Ids [batch, length]; about one in nine has no per-layer row."""
    generator = torch.Generator().manual_seed(seed)
    return torch.randint(0, VOCABULARY, (batch, length), generator=generator)
