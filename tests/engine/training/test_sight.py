"""The eyes' training on a decoder of few weights, and the whole model that comes of it."""

import shutil
from pathlib import Path

import numpy as np
import pytest
import torch

from engine.config import load_config
from engine.errors import ErrorKind, NestlingError
from engine.tokenizer import Tokenizer
from engine.training import evaluate, seeing
from engine.training.export import export
from engine.training.eyes import GRID
from engine.training.nano import Nano
from engine.training.pictures.questions import Topic
from engine.training.pictures.scene import Kind
from engine.training.pictures.views import Mixture, Painter, Views
from engine.training.sight import Sight
from engine.vision.opencv import cv2
from tests.engine.training.test_trainer import micro_config
from tests.picture_sources import sources

TOKENIZER = evaluate.NANO / "tokenizer.model"
MIXTURE = Mixture({kind: 1.0 for kind in Kind})
MEGABYTE = 1_000_000


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = sources(tmp_path_factory.mktemp("sources"))
    shutil.copyfile(TOKENIZER, folder / "tokenizer.model")
    return folder


@pytest.fixture(scope="module")
def views(cache: Path) -> Views:
    return Painter(cache, 1, 32, GRID).views(0, 3, MIXTURE)


def sight(cache: Path) -> Sight:
    classes = Painter(cache, 1, 32, GRID).classes
    return Sight(Nano(micro_config(), seed=1), classes, Tokenizer(cache), seed=1)


def run(trained: Sight, views: Views, until: int) -> None:
    while trained.step < until:
        trained.name(views, 1e-3)


def test_eyes_that_go_on_from_a_checkpoint_are_the_same(
    cache: Path, views: Views, tmp_path: Path
) -> None:
    whole, first, resumed = (sight(cache) for _ in range(3))
    run(whole, views, 4)
    run(first, views, 2)
    first.save(tmp_path / "eyes.pt")
    resumed.load(tmp_path / "eyes.pt")
    run(resumed, views, 4)
    for name, value in whole.eyes.state_dict().items():
        assert torch.equal(value, resumed.eyes.state_dict()[name]), name


def test_naming_reaches_all_of_the_eyes_and_nothing_of_the_decoder(
    cache: Path, views: Views
) -> None:
    """All but the rows of a modality's own ids, which no picture needs."""
    model = Nano(micro_config(), seed=1)
    trained = Sight(model, Painter(cache, 1, 32, GRID).classes, Tokenizer(cache), seed=1)
    eyes = {name: value.clone() for name, value in trained.eyes.named_parameters()}
    language = {name: value.clone() for name, value in model.state_dict().items()}
    run(trained, views, 4)
    stayed = [name for name, value in trained.eyes.named_parameters() if eyes[name].equal(value)]
    assert all("embed_vision" in name for name in stayed), stayed
    assert not any("projection" in name for name in stayed)
    for name, value in model.state_dict().items():
        assert torch.equal(value, language[name]), name


def test_a_cell_is_named_by_the_decoders_own_words(cache: Path) -> None:
    """A soft token at the row of a name is taken for what has that name."""
    painter = Painter(cache, 1, 32, GRID)
    model, tokenizer = Nano(micro_config(), seed=1), Tokenizer(cache)
    trained = Sight(model, painter.classes, tokenizer, seed=1)
    table = model.language_model.embed_tokens.weight
    for head, logits in zip(
        painter.classes.names,
        trained.heads(table[tokenizer.encode(" red")][None], table),
        strict=True,
    ):
        if head == "colour":
            assert painter.classes.names[head][int(logits[0, 0].argmax())] == "red"


def test_naming_is_learnt(cache: Path, views: Views) -> None:
    trained = sight(cache)
    first = trained.name(views, 2e-3)
    for _ in range(25):
        last = trained.name(views, 2e-3)
    assert last["kind"] < first["kind"] / 2
    assert last["colour right"] > 0.6


def test_trials_are_fixed_and_of_their_topic(cache: Path) -> None:
    painter = Painter(cache, 1, 32, GRID, held_out=True, frame=seeing.FRAME)
    for topic in Topic:
        one, two = (seeing.trials(painter, topic, 2) for _ in range(2))
        assert [trial.typed for trial in one] == [trial.typed for trial in two]
        assert {trial.question.topic for trial in one} == {topic}
        assert all(trial.rgb.shape == (*seeing.FRAME, 3) for trial in one)


def test_a_film_gives_the_frames_back_in_their_order() -> None:
    frames = [np.full((48, 64, 3), (level, 255 - level, 40), np.uint8) for level in (0, 120, 250)]
    captured = list(seeing.filmed(frames))
    assert len(captured) == 3
    for frame, seen in zip(frames, captured, strict=True):
        assert np.abs(frame.astype(int) - seen).max() < 12


def test_a_film_that_cannot_be_written_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cv2.VideoWriter, "fourcc", lambda *_: 0)
    frames = [np.zeros((0, 0, 3), np.uint8)]
    with pytest.raises(NestlingError, match="MJPEG") as caught:
        next(seeing.filmed(frames))
    assert caught.value.kind is ErrorKind.MISSING_LIBRARY


def test_a_model_exported_without_eyes_does_not_see(cache: Path, tmp_path: Path) -> None:
    export(Nano(micro_config(), seed=1), TOKENIZER, tmp_path)
    assert load_config(tmp_path).vision is None
