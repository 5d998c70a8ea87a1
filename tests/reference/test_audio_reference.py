"""The front end, the encoder and the embedder against transformers 5.23.0.

Padding to 188 tokens exists only here: the reference's clips are cut back to their own length.
"""

import random
from dataclasses import asdict, replace

import numpy as np
import pytest
import torch
from transformers import Gemma3nAudioConfig, Gemma3nTextConfig
from transformers.models.gemma3n.feature_extraction_gemma3n import Gemma3nAudioFeatureExtractor
from transformers.models.gemma3n.modeling_gemma3n import (
    Gemma3nAudioEncoder,
    Gemma3nMultimodalEmbedder,
)

from engine.audio.encoder import AudioEncoder
from engine.audio.frontend import log_mel
from engine.config import AudioConfig
from engine.embedder import MultimodalEmbedder
from tests.tiny_audio import PUBLISHED, TINY, random_encoder, random_tower, randomise, voice_like

NANO = replace(
    PUBLISHED,
    hidden_size=192,
    sscp_conv_channel_size=(24, 16),
    conf_num_hidden_layers=6,
    conf_num_attention_heads=4,
)
# The published ratios at an eighth of the width: 12 layers, 8 heads, channels 4 to 1.
EIGHTH = replace(PUBLISHED, hidden_size=192, sscp_conv_channel_size=(16, 4))


def drawn(seed: int) -> AudioConfig:
    draw = random.Random(seed)
    heads = draw.choice([1, 2, 4, 8])
    return replace(
        PUBLISHED,
        hidden_size=heads * draw.choice([8, 12, 16, 24]),
        sscp_conv_channel_size=(draw.choice([4, 8, 24]), draw.choice([3, 8, 16])),
        sscp_conv_group_norm_eps=draw.choice([1e-3, 1e-2]),
        rms_norm_eps=draw.choice([1e-6, 1e-5]),
        conf_num_hidden_layers=draw.randint(1, 5),
        conf_num_attention_heads=heads,
        conf_attention_context_left=draw.choice([5, 9, 13]),
        conf_attention_logit_cap=draw.choice([5.0, 50.0]),
        conf_conv_kernel_size=draw.choice([3, 5]),
        conf_reduction_factor=draw.choice([2, 4]),
        conf_residual_weight=draw.choice([0.5, 0.75]),
    )


SHAPES = {"tiny": TINY, "nano": NANO, "eighth": EIGHTH} | {f"drawn {i}": drawn(i) for i in range(8)}


def reference_of(encoder: AudioEncoder, chunk: int = 12) -> Gemma3nAudioEncoder:
    config = asdict(encoder.config)
    reference = Gemma3nAudioEncoder(
        Gemma3nAudioConfig(**config, conf_attention_chunk_size=chunk)
    ).eval()
    reference.load_state_dict(encoder.state_dict(), strict=True)
    return reference


def reference_tokens(
    reference: Gemma3nAudioEncoder, mel: torch.Tensor, valid: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    output = reference(mel, ~valid, return_dict=True)  # True means padding there
    return output.last_hidden_state, ~output.audio_mel_mask


@pytest.mark.parametrize("n_samples", [513, 1_000, 8_000, 16_001, 47_123, 160_000])
def test_log_mel_is_the_reference_extractors(n_samples: int) -> None:
    noise = np.random.default_rng(n_samples).standard_normal(n_samples).astype(np.float32)
    extractor = Gemma3nAudioFeatureExtractor()
    for pcm in (voice_like(n_samples).numpy(), noise * np.float32(0.1), noise * np.float32(1e-3)):
        expected = extractor([pcm], return_tensors="np")
        mel = log_mel(torch.from_numpy(pcm))
        assert expected["input_features"].shape[1:] == mel.shape
        assert expected["input_features_mask"].all()
        assert np.abs(expected["input_features"][0] - mel.numpy()).max() < 3e-4


@torch.inference_mode()
@pytest.mark.parametrize("name", SHAPES)
def test_encoder_is_the_reference(name: str) -> None:
    config = SHAPES[name]
    encoder = random_encoder(config, seed=len(name))
    reference = reference_of(encoder)
    for n_samples in (600, 24_000, 80_123):
        mel = log_mel(voice_like(n_samples))[None]
        expected, valid = reference_tokens(
            reference, mel, torch.ones(mel.shape[:2], dtype=torch.bool)
        )
        frames, _ = encoder(mel, final=True)
        tokens = frames[:, :: config.conf_reduction_factor]
        assert valid.all()
        assert 0.3 < float(expected.std()) < 8
        torch.testing.assert_close(tokens, expected, atol=5e-5, rtol=0)


@torch.inference_mode()
@pytest.mark.parametrize("chunk", [1, 5, 12, 32])
def test_reference_block_size_does_not_matter(chunk: int) -> None:
    encoder = random_encoder()
    mel = log_mel(voice_like(60_000))[None]
    expected, _ = reference_tokens(
        reference_of(encoder, chunk), mel, torch.ones(mel.shape[:2], dtype=torch.bool)
    )
    torch.testing.assert_close(encoder(mel, final=True)[0][:, ::4], expected, atol=5e-5, rtol=0)


@torch.inference_mode()
def test_thirty_seconds_are_the_reference() -> None:
    encoder = random_encoder()
    mel = log_mel(voice_like(480_000))[None]
    expected, _ = reference_tokens(
        reference_of(encoder), mel, torch.ones(mel.shape[:2], dtype=torch.bool)
    )
    assert expected.shape[1] == 188
    torch.testing.assert_close(encoder(mel, final=True)[0][:, ::4], expected, atol=5e-5, rtol=0)


@torch.inference_mode()
def test_padded_reference_batch_agrees_where_it_is_defined() -> None:
    """The reference masks frames but not its convolutions: the last token may see the padding."""
    encoder = random_encoder()
    reference = reference_of(encoder)
    clips = [voice_like(n, seed=n) for n in (64_000, 40_000, 17_000)]
    extracted = Gemma3nAudioFeatureExtractor()(
        [clip.numpy() for clip in clips], return_tensors="np"
    )
    mel = torch.from_numpy(np.asarray(extracted["input_features"], dtype=np.float32))
    valid_mel = torch.from_numpy(np.asarray(extracted["input_features_mask"], dtype=bool))
    expected, valid = reference_tokens(reference, mel, valid_mel)
    for i, clip in enumerate(clips):
        own = log_mel(clip)
        frames, _ = encoder(own[None], final=True)
        tokens = frames[0, ::4]
        untouched = (own.shape[0] - 7) // 16 + 1  # 16 j + 6 lies inside the clip
        assert untouched >= tokens.shape[0] - 1
        torch.testing.assert_close(tokens[:untouched], expected[i, :untouched], atol=5e-5, rtol=0)
        assert int(valid[i].sum()) in (tokens.shape[0], tokens.shape[0] + 1)
        assert (expected[i, ~valid[i]] == 0).all()


@torch.inference_mode()
def test_embedder_is_the_reference() -> None:
    embedder = MultimodalEmbedder(TINY.vocab_size, TINY.vocab_offset, 64, 96, TINY.rms_norm_eps)
    randomise(embedder, 1)
    reference = Gemma3nMultimodalEmbedder(
        Gemma3nAudioConfig(**asdict(TINY)), Gemma3nTextConfig(hidden_size=96)
    )
    reference.load_state_dict(embedder.state_dict(), strict=True)
    features = torch.randn(2, 7, 64, generator=torch.Generator().manual_seed(2)) * 3
    ids = torch.arange(TINY.vocab_offset, TINY.vocab_offset + TINY.vocab_size)[None]
    torch.testing.assert_close(
        embedder.soft(features), reference(inputs_embeds=features), atol=5e-6, rtol=0
    )
    torch.testing.assert_close(embedder.hard(ids), reference(input_ids=ids), atol=5e-6, rtol=0)


@torch.inference_mode()
def test_from_samples_to_rows_is_the_reference() -> None:
    """A whole clip through everything of ours, against everything of the reference's."""
    tower = random_tower()
    clip = voice_like(72_345)
    reference = reference_of(tower.audio_tower)
    embedder = Gemma3nMultimodalEmbedder(
        Gemma3nAudioConfig(**asdict(TINY)),
        Gemma3nTextConfig(hidden_size=tower.embed_audio.embedding_projection.out_features),
    )
    embedder.load_state_dict(tower.embed_audio.state_dict(), strict=True)
    extracted = Gemma3nAudioFeatureExtractor()([clip.numpy()], return_tensors="np")
    mel = torch.from_numpy(np.asarray(extracted["input_features"], dtype=np.float32))
    features, valid = reference_tokens(reference, mel, torch.ones(mel.shape[:2], dtype=torch.bool))
    filler = embedder(input_ids=torch.full((1, 188), TINY.vocab_offset + TINY.vocab_size - 1))
    padded = torch.cat([embedder(inputs_embeds=features), filler[:, features.shape[1] :]], dim=1)
    assert padded.shape[1] == 188
    _, rows = tower.feed(tower.initial_state(), clip, final=True)
    assert rows.shape[0] == int(valid.sum())
    torch.testing.assert_close(rows, padded[0, : rows.shape[0]], atol=5e-5, rtol=0)
    own_filler = tower.embed_audio.hard(torch.tensor([TINY.vocab_offset + TINY.vocab_size - 1]))
    torch.testing.assert_close(
        padded[0, rows.shape[0] :], own_filler.expand(188 - rows.shape[0], -1), atol=5e-6, rtol=0
    )
