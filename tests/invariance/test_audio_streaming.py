"""A stream in pieces of any size is the whole clip, and what was given out never changes."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import accumulate

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.audio.frontend import LogMel, mel_frames
from engine.audio.tower import AudioTower
from engine.datatypes import CHUNK_SAMPLES
from tests.tiny_audio import TINY, random_encoder, random_tower, stream, voice_like

SHALLOW = replace(TINY, conf_num_hidden_layers=2)
BOUND = {torch.float32: 2e-5, torch.float64: 1e-12}
SHORT = (1_600, 8_000, 16_001, 40_333, 79_999)  # 0.1 to 5 s, odd tails
LONG = (320_017, 480_000)  # 20 and 30 s


def whole_and_streamed(
    tower: AudioTower, n_samples: int, chunks: list[int]
) -> tuple[torch.Tensor, torch.Tensor]:
    pcm = voice_like(n_samples)
    _, whole = tower.feed(tower.initial_state(), pcm, final=True)
    _, streamed = stream(tower, pcm, chunks)
    assert whole.shape[0] == -(-mel_frames(n_samples) // 16)
    return whole, streamed


def equal_chunks(n_samples: int, size: int) -> list[int]:
    whole, rest = divmod(n_samples, size)
    return [size] * whole + [rest]  # the last may be empty: an end that brings no sound


@pytest.fixture(scope="module", params=[torch.float32, torch.float64], ids=["fp32", "fp64"])
def tower(request: pytest.FixtureRequest) -> Iterator[AudioTower]:
    with torch.inference_mode():
        yield random_tower(SHALLOW).to(request.param)


@torch.inference_mode()
@pytest.mark.parametrize("size", [160, 513, 999, 2_560, 4_096, 7_777])
@pytest.mark.parametrize("n_samples", SHORT)
def test_streamed_is_whole(tower: AudioTower, n_samples: int, size: int) -> None:
    whole, streamed = whole_and_streamed(tower, n_samples, equal_chunks(n_samples, size))
    bound = BOUND[tower.audio_tower.dtype]
    torch.testing.assert_close(streamed, whole, atol=bound, rtol=0)


@torch.inference_mode()
@pytest.mark.parametrize(("n_samples", "size"), [(LONG[0], 999), (LONG[1], 160), (LONG[1], 7_777)])
def test_long_streamed_is_whole(tower: AudioTower, n_samples: int, size: int) -> None:
    whole, streamed = whole_and_streamed(tower, n_samples, equal_chunks(n_samples, size))
    bound = BOUND[tower.audio_tower.dtype]
    torch.testing.assert_close(streamed, whole, atol=bound, rtol=0)


@settings(max_examples=20)
@given(st.lists(st.integers(0, 7_777), min_size=1, max_size=12))
@torch.inference_mode()
def test_uneven_pieces_are_whole(chunks: list[int]) -> None:
    double = random_tower(SHALLOW).double()
    whole, streamed = whole_and_streamed(double, sum(chunks), chunks)
    torch.testing.assert_close(streamed, whole, atol=BOUND[torch.float64], rtol=0)


@torch.inference_mode()
def test_tokens_given_out_do_not_depend_on_what_comes(tower: AudioTower) -> None:
    """Two recordings that part after 2 s give the same tokens before it, bit for bit."""
    common = voice_like(32_000)
    tokens = []
    for future in (voice_like(32_000, seed=1), torch.zeros(16_000), voice_like(500, seed=2) * 40):
        pcm = torch.cat([common, future])
        sizes = equal_chunks(pcm.shape[0], CHUNK_SAMPLES)
        tokens.append(stream(tower, pcm, sizes)[1])
    certain = (32_000 - 1_473) // 2_560 + 1  # tokens whose last sample lies in the common part
    sure = 32_000 // CHUNK_SAMPLES  # and whose chunk does: its arithmetic is the same
    for other in tokens[1:]:
        assert torch.equal(other[:sure], tokens[0][:sure])
        bound = BOUND[tower.audio_tower.dtype]
        torch.testing.assert_close(other[:certain], tokens[0][:certain], atol=bound, rtol=0)
        assert not torch.equal(other[certain : certain + 1], tokens[0][certain : certain + 1])


@torch.inference_mode()
@pytest.mark.parametrize("token", [0, 1, 7])
def test_a_token_looks_six_mel_frames_ahead_and_no_further(token: int) -> None:
    encoder = random_encoder().double()
    mel = torch.randn(1, 200, 128, dtype=torch.float64, generator=torch.Generator().manual_seed(5))
    expected = encoder(mel, final=True)[0][0, ::4]
    for frame, first_changed in ((16 * token + 6, token), (16 * token + 7, token + 1)):
        changed = mel.clone()
        changed[0, frame] += 1.0
        tokens = encoder(changed, final=True)[0][0, ::4]
        assert torch.equal(tokens[:first_changed], expected[:first_changed])
        differs = (tokens[first_changed:] != expected[first_changed:]).any(1)
        assert differs.all(), "the cumulative norm moves every later token"


@torch.inference_mode()
def test_a_token_needs_the_samples_up_to_its_own_last_frame(tower: AudioTower) -> None:
    """Token j is certain once 2560 j + 1473 samples exist: 92 ms into its own 160 ms."""
    pcm = voice_like(CHUNK_SAMPLES * 6)
    state = tower.initial_state()
    ends = [CHUNK_SAMPLES * j + 1_473 for j in range(6)]
    begins = [0, *ends[:-1]]
    for begin, end in zip(begins, ends, strict=True):
        state, early = tower.feed(state, pcm[begin : end - 1])
        assert early.shape[0] == 0
        state, soft = tower.feed(state, pcm[end - 1 : end])
        assert soft.shape[0] == 1


@torch.inference_mode()
def test_mel_frames_of_a_stream_are_those_of_the_clip() -> None:
    """Counted at every tail length: a stream must not end with one frame more or fewer."""
    front = LogMel()
    for n_samples in range(500, 900):
        state, first = front.step(front.initial_state(), torch.zeros(n_samples), final=False)
        _, last = front.step(state, torch.zeros(0), final=True)
        assert first.shape[0] + last.shape[0] == mel_frames(n_samples)


@torch.inference_mode()
def test_restored_stream_goes_on_exactly(tower: AudioTower) -> None:
    """Saved at every chunk and gone back to: the tokens after it are those of the first time."""
    pieces = voice_like(12 * CHUNK_SAMPLES + 900).split(CHUNK_SAMPLES)
    saved = [tower.initial_state()]
    tokens = []
    for piece in pieces:
        state, soft = tower.feed(saved[-1], piece)
        saved.append(state)
        tokens.append(soft)
    counts = list(accumulate(soft.shape[0] for soft in tokens))
    assert counts[:12] == list(range(1, 13))
    for start in (3, 11):
        state = saved[start]
        for piece, expected in zip(pieces[start:], tokens[start:], strict=True):
            state, soft = tower.feed(state, piece)
            assert torch.equal(soft, expected)
