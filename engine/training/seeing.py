"""How well a model sees: pictures fixed by seed, held-out phrasings, and a camera's way to it."""

import random
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from engine.datatypes import Pcm, Rgb
from engine.errors import ErrorKind, NestlingError
from engine.model import Gemma3n
from engine.text.matformer import Size
from engine.training.answering import Answerer, starter_words
from engine.training.eyes import GRID, PIXELS
from engine.training.figures import Row
from engine.training.knowledge.phrasings import typed
from engine.training.pictures.questions import Question, Topic
from engine.training.pictures.scene import Kind
from engine.training.pictures.things import HELD_OUT
from engine.training.pictures.views import Painter
from engine.training.sets import SEED, utterance
from engine.training.voices import trained_voice
from engine.vision.opencv import cv2

FRAME = (240, 320)  # height and width of a camera's picture
BOUNDS: dict[Topic, tuple[float | None, float | None]] = {
    Topic.COLOUR: (0.95, 0.90),
    Topic.SHAPE: (0.95, 0.90),
    Topic.COUNT: (0.95, 0.90),
    Topic.PRESENCE: (0.95, 0.90),
    Topic.PLACE: (None, None),
    Topic.WORDS: (0.80, 0.80),
    Topic.THING: (0.80, 0.80),
    Topic.UNSURE: (0.90, 0.90),
}
LOST = {
    "MJPEG and capture": 0.02,
    "being asked aloud": 0.05,
    "being asked aloud, heard by the starter ears": None,
}
TRIALS = 2  # of what cannot be told, for each of another topic

_KINDS = {
    Topic.WORDS: (Kind.SIGN,),
    Topic.THING: (Kind.THING,),
    Topic.PRESENCE: (Kind.SHAPES, Kind.THING),
    Topic.UNSURE: (Kind.UNKNOWN, Kind.NOTHING),
}
_FRAMES_A_SECOND = 10
_SHOWN = 3  # wrong answers of each topic


@dataclass(frozen=True, slots=True)
class Trial:
    """A picture and what is asked about it. number: within its topic; typed: as people type."""

    rgb: Rgb
    question: Question
    number: int
    typed: str


def trials(painter: Painter, topic: Topic, count: int) -> list[Trial]:
    """Questions of a topic, each about a picture of its own."""
    found: list[Trial] = []
    kinds = _KINDS.get(topic, (Kind.SHAPES,))
    rng = random.Random(f"seen {SEED} {topic}")
    while len(found) < count:
        picture, asked = painter.picture(kinds[len(found) % len(kinds)], rng)
        of_topic = [question for question in asked if question.topic is topic]
        if of_topic:
            (question,) = of_topic[:1]
            found.append(Trial(picture.rgb, question, len(found), typed(question.text, rng)))
    return found


def filmed(frames: Sequence[Rgb]) -> Iterator[Rgb]:
    """Pictures of one size as OpenCV captures them from a film in MJPEG.

    Errors: MISSING_LIBRARY where OpenCV writes no such film.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder, "camera.avi"))
        height, width = frames[0].shape[:2]
        code = cv2.VideoWriter.fourcc(*"MJPG")
        film = cv2.VideoWriter(path, code, _FRAMES_A_SECOND, (width, height))
        if not film.isOpened():
            raise NestlingError(
                ErrorKind.MISSING_LIBRARY,
                "OpenCV cannot write a film in MJPEG here: install opencv-python-headless from "
                "PyPI, whose wheels can.",
            )
        for frame in frames:
            film.write(frame[..., ::-1])
        film.release()
        camera = cv2.VideoCapture(path)
        try:
            for _ in frames:
                _, bgr = camera.read()
                yield np.asarray(bgr, np.uint8)[..., ::-1]
        finally:
            camera.release()


def measure(
    model: Gemma3n, sizes: Sequence[Size], count: int, cache: Path
) -> tuple[list[Row], list[str]]:
    """All rows, and what the largest size gets wrong.

    count: questions of each topic; half of them are asked again aloud, and through a camera.
    cache: where fonts and pictures of things are kept.
    """
    answerer = Answerer(model)
    painter = Painter(cache, SEED, PIXELS, GRID, held_out=True, styles=(HELD_OUT,), frame=FRAME)
    asked = [trial for topic in Topic for trial in trials(painter, topic, count * _times(topic))]
    seen = [answerer.look(trial.rgb) for trial in asked]
    again = [place for place, trial in enumerate(asked) if trial.number < count // 2]
    some = [asked[place] for place in again]
    captured = [answerer.look(rgb) for rgb in filmed([trial.rgb for trial in some])]
    clips = [_spoken(trial) for trial in some]
    sounds = [answerer.soft_tokens(pcm) for pcm in clips]
    by_starter = starter_words(clips)
    answers: dict[str, list[str]] = {}
    lost: dict[str, dict[str, float]] = {way: {} for way in LOST}
    for size in sizes:
        given = answerer.chats([trial.typed for trial in asked], size, seen)
        answers[size.name] = given
        right = _right(some, [given[place] for place in again])
        by_camera = answerer.chats([trial.typed for trial in some], size, captured)
        looked = [seen[place] for place in again]
        aloud, starter = (answerer.chats(said, size, looked) for said in (sounds, by_starter))
        for way, given in zip(LOST, (by_camera, aloud, starter), strict=True):
            lost[way][size.name] = right - _right(some, given)
    rows = [_row(topic, asked, answers) for topic in Topic]
    rows += [Row(f"lost by {way}", lost[way], bound, bound) for way, bound in LOST.items()]
    return rows, _wrong(asked, answers[sizes[-1].name])


def _times(topic: Topic) -> int:
    return TRIALS if topic is Topic.UNSURE else 1


def _spoken(trial: Trial) -> Pcm:
    rng = random.Random(f"seen aloud {SEED} {trial.question.topic} {trial.number}")
    return utterance(trial.question.text, trained_voice(rng), rng).pcm


def _right(asked: Sequence[Trial], answers: Sequence[str]) -> float:
    """Share of exact answers."""
    pairs = zip(asked, answers, strict=True)
    return sum(trial.question.answer == answer for trial, answer in pairs) / len(asked)


def _row(topic: Topic, asked: Sequence[Trial], answers: Mapping[str, Sequence[str]]) -> Row:
    places = [place for place, trial in enumerate(asked) if trial.question.topic is topic]
    of_topic = [asked[place] for place in places]
    values = {
        size: _right(of_topic, [given[place] for place in places])
        for size, given in answers.items()
    }
    name = "I don't know, where it cannot know" if topic is Topic.UNSURE else topic.value
    return Row(name, values, *BOUNDS[topic], at_least=True)


def _wrong(asked: Sequence[Trial], answers: Sequence[str]) -> list[str]:
    """Some wrong answers of each topic."""
    shown: dict[Topic, list[str]] = {topic: [] for topic in Topic}
    for trial, answer in zip(asked, answers, strict=True):
        question = trial.question
        if answer != question.answer:
            shown[question.topic].append(
                f"{question.topic}: {question.text!r} got {answer!r}, not {question.answer!r}"
            )
    return [sentence for sentences in shown.values() for sentence in sentences[:_SHOWN]]
