"""The tower from samples to soft tokens: its state, its clock and its edges."""

import copy

import pytest
import torch

from engine.audio.frontend import log_mel, mel_frames
from engine.audio.tower import AudioState, AudioTower
from engine.datatypes import CHUNK_SAMPLES
from engine.embedder import MultimodalEmbedder
from tests.tiny_audio import TEXT_HIDDEN, TINY, random_tower, stream, voice_like


@pytest.fixture(scope="module")
def tower() -> AudioTower:
    return random_tower()


def feed_all(tower: AudioTower, state: AudioState, pcm: torch.Tensor) -> torch.Tensor:
    tokens = []
    for piece in pcm.split(CHUNK_SAMPLES):
        state, soft = tower.feed(state, piece)
        tokens.append(soft)
    return torch.cat(tokens)


@torch.inference_mode()
def test_every_chunk_brings_one_token_from_the_first_on(tower: AudioTower) -> None:
    state = tower.initial_state()
    for piece in voice_like(30 * CHUNK_SAMPLES).split(CHUNK_SAMPLES):
        state, soft = tower.feed(state, piece)
        assert soft.shape == (1, TEXT_HIDDEN)


@torch.inference_mode()
def test_first_token_needs_1473_samples(tower: AudioTower) -> None:
    state, soft = tower.feed(tower.initial_state(), voice_like(1472))
    assert soft.shape[0] == 0
    _, soft = tower.feed(state, voice_like(1))
    assert soft.shape[0] == 1


@torch.inference_mode()
@pytest.mark.parametrize("frames", [16 * 3 + extra for extra in range(16)])
def test_the_end_adds_a_token_only_where_one_was_begun(tower: AudioTower, frames: int) -> None:
    pcm = voice_like(513 + 160 * (frames - 1))
    state, before = tower.feed(tower.initial_state(), pcm)
    assert before.shape[0] == (frames - 7) // 16 + 1
    made = mel_frames(pcm.shape[0])  # zeros up to a multiple of 128 may complete one more
    assert made in (frames, frames + 1)
    _, last = tower.feed(state, pcm[:0], final=True)
    assert before.shape[0] + last.shape[0] == -(-made // 16) == tower.token_count(pcm.shape[0])


@torch.inference_mode()
@pytest.mark.parametrize("n_samples", [0, 1, 512, 513, 1472])
def test_the_shortest_clips_lose_nothing(tower: AudioTower, n_samples: int) -> None:
    """Below 513 samples the reference makes no frame; here any sound at all is one token."""
    _, whole = tower.feed(tower.initial_state(), voice_like(n_samples), final=True)
    assert whole.shape == (min(n_samples, 1), TEXT_HIDDEN)
    assert tower.token_count(n_samples) == whole.shape[0]
    if n_samples > 1:
        _, pieces = stream(tower, voice_like(n_samples), [1, n_samples - 1])
        torch.testing.assert_close(pieces, whole, atol=2e-5, rtol=0)


@torch.inference_mode()
def test_state_is_saved_by_keeping_it(tower: AudioTower) -> None:
    """Feeding must not write into the state it was given: a look at a provisional end needs it."""
    pcm = voice_like(10 * CHUNK_SAMPLES)
    state = tower.initial_state()
    for piece in pcm[: 5 * CHUNK_SAMPLES].split(CHUNK_SAMPLES):
        state, _ = tower.feed(state, piece)
    before = copy.deepcopy(state)
    rest = feed_all(tower, state, pcm[5 * CHUNK_SAMPLES :])
    tower.feed(state, pcm[:0], final=True)
    assert torch.equal(feed_all(tower, state, pcm[5 * CHUNK_SAMPLES :]), rest)
    assert torch.equal(feed_all(tower, before, pcm[5 * CHUNK_SAMPLES :]), rest)


@torch.inference_mode()
def test_a_stream_that_ended_starts_afresh(tower: AudioTower) -> None:
    pcm = voice_like(20_000)
    state, first = tower.feed(tower.initial_state(), pcm, final=True)
    _, second = tower.feed(state, pcm, final=True)
    assert torch.equal(first, second)


@torch.inference_mode()
def test_state_does_not_grow_and_counts_its_own_bytes(tower: AudioTower) -> None:
    """Kept tails must be copies: a view would hold the whole step's memory."""
    state, _ = tower.feed(tower.initial_state(), voice_like(100 * CHUNK_SAMPLES))
    after_long_step = state.nbytes
    state, _ = tower.feed(state, voice_like(CHUNK_SAMPLES))
    assert state.nbytes == after_long_step
    layers, width = TINY.conf_num_hidden_layers, TINY.hidden_size
    keys_values = layers * 2 * 12 * width * 4
    conv = layers * 4 * width * 4
    assert keys_values + conv < state.nbytes < keys_values + conv + 25_000
    for tensor in (
        state.mel.samples,
        state.encoder.subsample.conv_0.frames,
        state.encoder.blocks[0].attention.keys,
        state.encoder.blocks[0].conv,
    ):
        assert tensor.untyped_storage().nbytes() == tensor.nbytes


@torch.inference_mode()
def test_training_path_gives_the_same_tokens(tower: AudioTower) -> None:
    pcm = voice_like(31_000)
    _, fed = tower.feed(tower.initial_state(), pcm, final=True)
    mel = log_mel(pcm)
    padded = torch.nn.functional.pad(mel, (0, 0, 0, 40), value=9.0)[None]
    tokens = tower.soft_tokens(tower.encode(padded, torch.tensor([mel.shape[0]])))
    torch.testing.assert_close(tokens[0, : fed.shape[0]], fed, atol=1e-5, rtol=0)


@torch.inference_mode()
def test_streams_do_not_meet(tower: AudioTower) -> None:
    """One tower serves several recordings: nothing of a stream lives outside its state."""
    first, second = voice_like(20_480, seed=1), voice_like(20_480, seed=2)
    alone = feed_all(tower, tower.initial_state(), first)
    states = [tower.initial_state(), tower.initial_state()]
    tokens = []
    for a, b in zip(first.split(CHUNK_SAMPLES), second.split(CHUNK_SAMPLES), strict=True):
        states[0], soft = tower.feed(states[0], a)
        states[1], _ = tower.feed(states[1], b)
        tokens.append(soft)
    assert torch.equal(torch.cat(tokens), alone)


@torch.inference_mode()
def test_bfloat16_weights_hear() -> None:
    half = random_tower().bfloat16()
    pcm = voice_like(16_000)
    _, whole = half.feed(half.initial_state(), pcm, final=True)
    assert whole.dtype == torch.bfloat16
    _, streamed = stream(half, pcm, [2_560] * 6 + [640])
    error = (streamed - whole).float().norm() / whole.float().norm()
    assert error < 5e-2


def test_state_dict_is_the_hubs_below_model(tower: AudioTower) -> None:
    names = set(tower.state_dict())
    assert "audio_tower.conformer.0.attention.attn.q_proj.weight" in names
    assert {name for name in names if not name.startswith("audio_tower.")} == {
        "embed_audio.embedding.weight",
        "embed_audio.hard_embedding_norm.weight",
        "embed_audio.soft_embedding_norm.weight",
        "embed_audio.embedding_projection.weight",
    }


@torch.inference_mode()
def test_embedded_rows_have_a_mean_square_of_one(tower: AudioTower) -> None:
    embedder = tower.embed_audio
    ids = torch.tensor([[TINY.vocab_offset, TINY.vocab_offset + 127]])
    for rows in (embedder.hard(ids), embedder.soft(torch.randn(1, 2, TINY.hidden_size) * 5)):
        assert rows.shape == (1, 2, TEXT_HIDDEN)
        torch.testing.assert_close(rows.square().mean(-1), torch.ones(1, 2), atol=1e-4, rtol=0)


@torch.inference_mode()
@pytest.mark.parametrize("stray", [TINY.vocab_offset - 1, TINY.vocab_offset + TINY.vocab_size])
def test_an_id_of_another_modality_is_refused(tower: AudioTower, stray: int) -> None:
    with pytest.raises(IndexError):
        tower.embed_audio.hard(torch.tensor([stray]))


def test_published_embedder_has_the_published_parameters() -> None:
    with torch.device("meta"):
        embedder = MultimodalEmbedder(128, 262_272, 1536, 2048)
    assert sum(tensor.numel() for tensor in embedder.state_dict().values()) == 3_345_408
