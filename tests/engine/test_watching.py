"""Questions about videos: what fits is shown with its times, and what does not is said."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

from engine.chat import Chat
from engine.datatypes import SAMPLE_RATE, Role, SamplingParams, Seeing, Turn
from engine.errors import ErrorKind, NestlingError
from engine.model import Gemma3n
from engine.vision import video
from engine.watching import with_video
from tests.checkpoints import tiny_config, write_checkpoint
from tests.films import film, plain

QUESTION = Turn(0, Role.USER, "what happens?")
PLENTY = 10_000


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Gemma3n:
    folder = tmp_path_factory.mktemp("tiny")
    return Gemma3n.open(write_checkpoint(folder, tiny_config(vision=True)))


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sixty seconds, a cut at twenty and forty, a tone under fifty of them."""
    path = tmp_path_factory.mktemp("films") / "minute.mp4"
    return film(
        path, [plain(level) for level in (0, 100, 200) for _ in range(20)], rate=1, tone_s=50
    )


@pytest.fixture(autouse=True)
def border() -> Iterator[None]:
    with torch.inference_mode():
        yield


def test_with_room_enough_every_second_and_all_sound_is_there(model: Gemma3n, clip: Path) -> None:
    turn, notes = with_video(model, QUESTION, clip, PLENTY, 256)
    assert notes == ()
    assert turn.times == tuple(float(second) for second in range(60))
    assert len(turn.images) == 60
    assert turn.images[25].shape == (256, 256, 3)
    assert turn.images[25].mean() == pytest.approx(100, abs=1)
    assert turn.audio is not None
    assert turn.audio.size == pytest.approx(50 * SAMPLE_RATE, rel=0.01)
    assert (turn.id, turn.text) == (0, "what happens?")


def test_frames_that_do_not_fit_are_left_out_evenly_and_said(model: Gemma3n, clip: Path) -> None:
    turn, notes = with_video(model, QUESTION, clip, 1000, 256)
    assert turn.times[0] == 0.0
    assert turn.times[-1] == 59.0
    steps = np.diff(turn.times)
    assert steps.max() - steps.min() <= 1
    (note,) = notes
    assert f"{len(turn.times)} of the video's 60 seconds are shown" in note


def test_sound_that_does_not_fit_is_left_out_and_said(model: Gemma3n, clip: Path) -> None:
    turn, (first, _) = with_video(model, QUESTION, clip, 600, 256)
    assert first.startswith("Only the first 00:30 of the sound are heard")
    assert turn.audio is not None
    assert turn.audio.size == 30 * SAMPLE_RATE
    turn, (first, _) = with_video(model, QUESTION, clip, 300, 256)
    assert first.startswith("Nothing of the sound is heard")
    assert turn.audio is None


def test_scenes_are_the_frames_behind_the_cuts(model: Gemma3n, clip: Path) -> None:
    turn, notes = with_video(model, QUESTION, clip, PLENTY, 256, by_scenes=True)
    assert turn.times == (0.0, 20.0, 40.0)
    assert notes == ()
    turn, notes = with_video(model, QUESTION, clip, 50, 256, by_scenes=True)
    assert "2 of the video's 3 scenes" in notes[-1]


def test_no_room_for_a_frame_is_an_error(model: Gemma3n, clip: Path) -> None:
    with pytest.raises(NestlingError, match="no room for a frame") as caught:
        with_video(model, QUESTION, clip, 10, 256)
    assert caught.value.kind is ErrorKind.CONTEXT_FULL


def test_sound_that_cannot_be_read_or_heard_is_said(
    model: Gemma3n, clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deaf = Gemma3n.open(write_checkpoint(tmp_path / "deaf", tiny_config(audio=False, vision=True)))
    turn, (note,) = with_video(deaf, QUESTION, clip, PLENTY, 256)
    assert turn.audio is None
    assert "this model does not hear" in note
    silent = film(tmp_path / "silent.mp4", [plain(9)] * 4)
    assert with_video(deaf, QUESTION, silent, PLENTY, 256)[1] == ()
    monkeypatch.setattr(video, "sound_reader", lambda: None)
    turn, (note,) = with_video(model, QUESTION, clip, PLENTY, 256)
    assert turn.audio is None
    assert "ffmpeg" in note


def test_what_was_fitted_fits(model: Gemma3n, clip: Path) -> None:
    """Through the chat: prompt and answer together stay within the context."""
    params = SamplingParams(temperature=0.0, max_tokens=30)
    for pixels in (256, 512):
        chat, seeing = Chat(model), Seeing(pixels=pixels)
        turn, _ = with_video(model, QUESTION, clip, chat.room(QUESTION, params, seeing), pixels)
        events = list(chat.answer([turn], params, model.sizes.largest, lambda: False, seeing))
        assert events[-2].used <= model.config.text.max_position_embeddings
