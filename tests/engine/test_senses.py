"""Pictures and sounds of a conversation: where they stand, and that each is encoded once."""

from collections.abc import Generator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from engine.chat import Chat
from engine.datatypes import (
    PICTURE_PIXELS,
    SAMPLE_RATE,
    FinishReason,
    Modality,
    Pcm,
    Rgb,
    Role,
    SamplingParams,
    Seeing,
    Turn,
)
from engine.errors import ErrorKind, NestlingError
from engine.model import Gemma3n
from engine.opened import UNSUPPORTED
from engine.prompt import Media, Message, chat_prompt
from engine.protocol import Context, Finished, Token
from engine.senses import CLIP_S, Pace, Part, Picture, Senses, Sound
from engine.session import Session
from engine.vision.preprocess import resized
from tests.checkpoints import tiny_config, write_checkpoint

GREEDY = SamplingParams(temperature=0.0, max_tokens=8)
SMALL = Seeing(pixels=256)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Gemma3n:
    folder = tmp_path_factory.mktemp("tiny")
    return Gemma3n.open(write_checkpoint(folder, tiny_config(vision=True), seed=3))


@pytest.fixture(autouse=True)
def border() -> Iterator[None]:
    """What the session does around every call."""
    with torch.inference_mode():
        yield


def picture(seed: int, height: int = 30, width: int = 40) -> Rgb:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)


def sound(seed: int, samples: int = SAMPLE_RATE) -> Pcm:
    return np.random.default_rng(seed).uniform(-0.5, 0.5, samples).astype(np.float32)


def user(number: int, text: str, *images: Rgb, audio: Pcm | None = None) -> Turn:
    return Turn(number, Role.USER, text, audio, images)


def ask(chat: Chat, *turns: Turn, seeing: Seeing = SMALL, **how: Any) -> tuple[list[int], str]:
    """Ids and text of an answer."""
    stop = how.get("stop", lambda: False)
    tokens = [
        event
        for event in chat.answer(turns, GREEDY, chat._model.sizes.largest, stop, seeing)
        if isinstance(event, Token)
    ]
    return [token.id for token in tokens], "".join(token.piece for token in tokens)


def kinds(parts: tuple[Part, ...]) -> list[str]:
    names = {Picture: "picture", Sound: "sound"}
    return [part if isinstance(part, str) else names[type(part)] for part in parts]


def test_a_turn_is_pictures_then_text_then_sound(model: Gemma3n) -> None:
    turn = user(0, "and?", picture(0), picture(1), audio=sound(2))
    assert kinds(Senses(model, Pace()).parts(turn, SMALL)) == [
        "picture",
        "picture",
        "and?",
        "sound",
    ]


def test_a_long_sound_is_in_clips_of_thirty_seconds(model: Gemma3n) -> None:
    turn = user(0, "and?", audio=sound(0, 2 * CLIP_S * SAMPLE_RATE + 100))
    _, *clips = Senses(model, Pace()).parts(turn, SMALL)
    assert [clip.tokens for clip in clips if isinstance(clip, Sound)] == [188, 188, 1]


def test_a_video_is_frames_with_times_then_sound_then_text(model: Gemma3n) -> None:
    frames = (picture(0), picture(1))
    audio = sound(2, 31 * SAMPLE_RATE)
    turn = Turn(0, Role.USER, "what happens?", audio, frames, times=(0.0, 61.5))
    pan = Seeing(pixels=256, pan_and_scan=True)  # not of a video's frames
    assert kinds(Senses(model, Pace()).parts(turn, pan)) == [
        *("[00:00]", "picture", "[01:01]", "picture"),
        *("[sound from 00:00 to 00:30]", "sound", "[sound from 00:30 to 00:31]", "sound"),
        "what happens?",
    ]


def test_crops_stand_behind_the_whole_in_gemmas_words(model: Gemma3n) -> None:
    seeing = Seeing(pixels=256, pan_and_scan=True)
    wide, square = picture(0, 300, 800), picture(1, 300, 300)
    parts = Senses(model, Pace()).parts(user(0, "read it", wide, square), seeing)
    shown = [part for part in parts if isinstance(part, Picture)]
    assert [part.content.shape[1] for part in shown] == [800, 267, 267, 266, 300]
    tokenizer, config = model.tokenizer, model.config
    media = tuple(Media(Modality.VISION, 1, part.before) for part in shown)
    prompt = chat_prompt(tokenizer, config, [Message("user", media)])
    image = [config.boi_token_id, config.image_token_id, config.eoi_token_id]
    between = [
        "\n\n and here are some crops to help you see better \n\n",
        *["\n\n \n\n"] * 2,
        "\n\n\n\n",
    ]
    begin = tokenizer.encode("user\nHere is the original image \n\n")
    expected = begin + image + [i for text in between for i in tokenizer.encode(text) + image]
    assert prompt[2 : 2 + len(expected)] == expected


def test_a_second_question_looks_at_nothing_again(
    model: Gemma3n, monkeypatch: pytest.MonkeyPatch
) -> None:
    chat, fresh = Chat(model), Chat(model)
    first = user(0, "what are these?", picture(0), picture(1), audio=sound(2))
    _, answer = ask(chat, first)
    turns = (first, Turn(1, Role.MODEL, answer), user(2, "and the first?"))
    fresh._answered = chat._answered
    expected = ask(fresh, *turns)
    monkeypatch.setattr(type(model), "vision_tower", _blind)
    monkeypatch.setattr(type(model), "audio_tower", _blind)
    assert chat.towers_needed(turns, GREEDY, SMALL) == []
    assert ask(chat, *turns) == expected


def _blind(_model: Gemma3n) -> None:
    raise AssertionError("looked again")


def test_what_the_cache_holds_changes_no_answer(model: Gemma3n) -> None:
    """Another picture, another order, another size in a turn that else is the same."""
    chat = Chat(model)
    first, second = picture(0), picture(1)
    for images in ((first, second), (second, first), (first, first), (second,)):
        turn = user(0, "what is this?", *images, audio=sound(2))
        for pixels in (256, 512):
            seeing = Seeing(pixels=pixels)
            assert ask(chat, turn, seeing=seeing) == ask(Chat(model), turn, seeing=seeing)


def test_another_picture_under_an_answered_question_is_another_conversation(
    model: Gemma3n,
) -> None:
    """Turns are equal by number and text alone: the pictures in them must be compared, too."""
    chat = Chat(model)
    before = user(0, "what is this?", picture(0), picture(1))
    _, answer = ask(chat, before)
    after = (
        user(0, "what is this?", picture(2)),
        Turn(1, Role.MODEL, answer),
        user(2, "and now?", picture(3)),
    )
    assert ask(chat, *after) == ask(Chat(model), *after)


def test_pictures_change_the_answer(model: Gemma3n) -> None:
    answers = {tuple(ask(Chat(model), user(0, "what?", picture(seed)))[0]) for seed in range(4)}
    assert len(answers) > 1


def test_looking_can_be_stopped_between_two_pictures(model: Gemma3n) -> None:
    looks = iter([False, True])
    turn = user(0, "what are these?", picture(0), picture(1), picture(2))
    events = list(
        Chat(model).answer([turn], GREEDY, model.sizes.largest, lambda: next(looks), SMALL)
    )
    assert events == [Finished(0, FinishReason.STOPPED)]


def test_towers_are_needed_for_what_is_new(model: Gemma3n) -> None:
    chat = Chat(model)
    seen, heard = user(0, "", picture(0)), user(0, "", audio=sound(0))
    both = user(0, "", picture(0), audio=sound(0))
    assert chat.towers_needed([seen], GREEDY, SMALL) == [Modality.VISION]
    assert chat.towers_needed([heard], GREEDY, SMALL) == [Modality.AUDIO]
    assert chat.towers_needed([both], GREEDY, SMALL) == [Modality.AUDIO, Modality.VISION]
    assert chat.towers_needed([user(0, "hello")], GREEDY, SMALL) == []
    ask(chat, seen)
    assert chat.towers_needed([both], GREEDY, SMALL) == [Modality.AUDIO]
    assert chat.towers_needed([seen], GREEDY, Seeing(pixels=512)) == [Modality.VISION]
    # With a budget, what was seen at any size will do.
    assert chat.towers_needed([seen], GREEDY, Seeing(budget_s=1.0)) == []


class Slow:
    """A clock that a look at a picture of 256 pixels moves by `seconds`, others in proportion."""

    def __init__(self, model: Gemma3n, monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
        self.now = 0.0
        self.looked: list[int] = []
        tower = model.vision_tower()
        steps = tower.steps

        def look(pixels: torch.Tensor) -> Generator[None, None, torch.Tensor]:
            size = pixels.shape[1]
            self.looked.append(size)
            self.now += seconds * dict(zip(PICTURE_PIXELS, (1.0, 4.16, 9.97), strict=True))[size]
            return steps(pixels)

        monkeypatch.setattr(tower, "steps", look)

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize(
    ("budget", "pixels", "looked"),
    [
        (100.0, 768, [256, 768, 768]),
        (100.0, 512, [256, 512, 512]),
        (12.0, 768, [256, 512, 512]),
        (3.0, 768, [256, 256]),
        (0.1, 768, [256, 256]),
    ],
)
def test_a_time_budget_chooses_the_size(
    model: Gemma3n,
    monkeypatch: pytest.MonkeyPatch,
    budget: float,
    pixels: int,
    looked: list[int],
) -> None:
    """The first look of all is small and is measured; then the largest size that fits."""
    clock = Slow(model, monkeypatch, 1.0)
    pace, seeing = Pace(), Seeing(pixels=pixels, budget_s=budget)
    senses = Senses(model, pace, clock)
    media = [Picture(picture(0), 4), Picture(picture(1), 4)]
    assert senses.encode(media, seeing, lambda: False) is not None
    assert clock.looked == looked
    clock.looked.clear()
    # Another conversation has nothing to measure any more.
    assert Senses(model, pace, clock).encode(media[:1], seeing, lambda: False) is not None
    assert 256 not in clock.looked[:-1]


def test_a_model_taught_at_one_size_looks_at_no_other(
    model: Gemma3n, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model, "sizes", replace(model.sizes, pixels=64))
    senses, rgb = Senses(model, Pace()), picture(0)
    soft = senses.encode([Picture(rgb, 256)], Seeing(pixels=512), lambda: False)
    assert soft is not None
    (expected,) = model.vision_tower()(resized(rgb, 64)[None])
    assert torch.equal(soft[0].rows, expected)


def test_a_model_without_eyes_says_so(tmp_path: Path) -> None:
    session = Session()
    folder = write_checkpoint(tmp_path, tiny_config())
    list(session.load(folder))
    with pytest.raises(NestlingError) as caught:
        list(session.ask((user(0, "what is this?", picture(0)),), GREEDY))
    assert caught.value.kind is ErrorKind.UNSUPPORTED_TASK
    assert "no eyes" in caught.value.message
    assert caught.value.message in UNSUPPORTED.values()
    with pytest.raises(NestlingError, match="cannot see"):
        Gemma3n.open(folder).vision_tower()


def test_a_picture_is_asked_about_through_the_session(model: Gemma3n) -> None:
    session = Session()
    list(session.load(model.folder))
    turn = user(0, "what is this?", picture(0), audio=sound(1))
    events = list(session.ask((turn,), GREEDY, seeing=SMALL))
    assert isinstance(events[-1], Finished)
    (begun, _) = (event for event in events if isinstance(event, Context))
    expected = ask(Chat(model), turn)[0]
    assert [event.id for event in events if isinstance(event, Token)] == expected
    assert begun.used > 4 + 7


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Seeing(pixels=640),
        lambda: Seeing(budget_s=0.0),
        lambda: Turn(0, Role.USER, "", images=(picture(0),), times=(0.0, 1.0)),
    ],
    ids=["size", "budget", "times"],
)
def test_what_cannot_be_meant_is_refused(wrong: Any) -> None:
    with pytest.raises(ValueError, match=r"expected|times for"):
        wrong()
