"""Small random ears and made-up sound for the audio tests."""

from dataclasses import replace

import torch
from torch import Tensor, nn

from engine.audio.encoder import AudioEncoder
from engine.audio.tower import AudioState, AudioTower
from engine.config import AudioConfig
from engine.datatypes import SAMPLE_RATE
from engine.embedder import MultimodalEmbedder

PUBLISHED = AudioConfig(
    vocab_size=128,
    vocab_offset=262_272,
    hidden_size=1536,
    input_feat_size=128,
    rms_norm_eps=1e-6,
    sscp_conv_channel_size=(128, 32),
    sscp_conv_group_norm_eps=1e-3,
    conf_num_hidden_layers=12,
    conf_num_attention_heads=8,
    conf_attention_context_left=13,
    conf_attention_logit_cap=50.0,
    conf_conv_kernel_size=5,
    conf_reduction_factor=4,
    conf_residual_weight=0.5,
)
TINY = replace(
    PUBLISHED,
    hidden_size=64,
    sscp_conv_channel_size=(16, 8),
    conf_num_hidden_layers=3,
    conf_num_attention_heads=4,
)
TEXT_HIDDEN = 48


@torch.no_grad()
def randomise(module: nn.Module, seed: int) -> None:
    """Draw every parameter, norms and scales included, so that none hides behind a one."""
    generator = torch.Generator().manual_seed(seed)
    for name, parameter in module.named_parameters():
        if parameter.ndim == 1 and "per_dim_scale" not in name:
            parameter.uniform_(0.5, 2.0, generator=generator)
        elif "embedding.weight" in name or parameter.ndim == 1:
            parameter.normal_(0.0, 1.0, generator=generator)
        else:
            parameter.normal_(0.0, parameter[0].numel() ** -0.5, generator=generator)


def random_encoder(config: AudioConfig = TINY, seed: int = 0) -> AudioEncoder:
    """An encoder in float32 with random weights."""
    encoder = AudioEncoder(config)
    randomise(encoder, seed)
    return encoder


def random_tower(config: AudioConfig = TINY, seed: int = 0) -> AudioTower:
    """A tower in float32 with random weights."""
    embedder = MultimodalEmbedder(
        config.vocab_size, config.vocab_offset, config.hidden_size, TEXT_HIDDEN
    )
    tower = AudioTower(AudioEncoder(config), embedder)
    randomise(tower, seed)
    return tower


def voice_like(n_samples: int, seed: int = 0) -> Tensor:
    """Float32 [n_samples]: gliding harmonics in syllables over a noise floor, about -1..1."""
    generator = torch.Generator().manual_seed(seed)
    time = torch.arange(n_samples, dtype=torch.float64) / SAMPLE_RATE
    pitch_hz = 120 + 40 * torch.sin(2 * torch.pi * 0.7 * time + seed)
    phase = 2 * torch.pi * torch.cumsum(pitch_hz, 0) / SAMPLE_RATE
    harmonics = sum(torch.sin(k * phase) / k for k in range(1, 30))
    syllables = torch.sin(2 * torch.pi * 2.2 * time).clamp_min(0) ** 2
    noise = torch.randn(n_samples, generator=generator, dtype=torch.float64)
    return (0.25 * syllables * harmonics + 0.01 * noise).to(torch.float32)


def stream(tower: AudioTower, pcm: Tensor, chunks: list[int]) -> tuple[AudioState, Tensor]:
    """Soft tokens [k, text hidden] of `pcm` fed in pieces of these sizes, the last one final."""
    state = tower.initial_state()
    tokens = []
    pieces = pcm.split(chunks)
    for i, piece in enumerate(pieces):
        state, soft = tower.feed(state, piece, final=i == len(pieces) - 1)
        tokens.append(soft)
    return state, torch.cat(tokens)
