"""The eyes' training on a decoder of few weights, and the whole model that comes of it."""

import shutil
from pathlib import Path

import numpy as np
import pytest
import torch

from engine.checkpoint import Checkpoint
from engine.config import load_config
from engine.datatypes import Modality, Task
from engine.errors import ErrorKind, NestlingError
from engine.model import Gemma3n
from engine.tokenizer import Tokenizer
from engine.training import answering, evaluate, eyesight, seeing
from engine.training.answering import Answerer
from engine.training.export import export
from engine.training.eyes import GRID, PIXELS
from engine.training.eyesight import Stage
from engine.training.figures import table
from engine.training.nano import Nano
from engine.training.pictures.questions import Question, Topic
from engine.training.pictures.scene import Kind
from engine.training.pictures.views import UNMARKED, Mixture, Painter, Views
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
        if trained.step % 2:
            trained.answer(views, 1e-3, 0.3)
        else:
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


def test_all_of_the_eyes_learns_and_nothing_of_the_decoder(cache: Path, views: Views) -> None:
    trained = sight(cache)
    eyes = {name: value.clone() for name, value in trained.eyes.named_parameters()}
    decoder = {name: value.clone() for name, value in trained._decoder.state_dict().items()}
    run(trained, views, 4)
    stayed = [name for name, value in trained.eyes.named_parameters() if eyes[name].equal(value)]
    assert stayed == []
    for name, value in trained._decoder.state_dict().items():
        assert torch.equal(value, decoder[name]), name


def test_naming_is_learnt(cache: Path, views: Views) -> None:
    trained = sight(cache)
    first = trained.name(views, 2e-3)
    for _ in range(25):
        last = trained.name(views, 2e-3)
    assert last["kind"] < first["kind"] / 2
    assert last["colour right"] > 0.6


def test_questions_stand_in_turns_and_each_answer_is_learnt(cache: Path) -> None:
    trained = sight(cache)
    asked = [
        Question(Topic.COLOUR, "what colour is the star", "Red."),
        Question(Topic.COUNT, "how many stars are there", "Two."),
    ]
    chat = trained._conversation(asked)
    assert chat is not None
    assert len(chat.ids) == len(chat.labels)
    tokenizer = Tokenizer(cache)
    end = tokenizer.id_of("<end_of_turn>")
    learnt = [label for label in chat.labels if label != UNMARKED]
    said = [*tokenizer.encode("Red."), end, *tokenizer.encode("Two."), end]
    assert learnt == said
    for label, following in zip(chat.labels, chat.ids[1:], strict=False):
        assert label in (UNMARKED, following)
    assert chat.ids.count(trained._config.image_token_id) == GRID**2
    assert trained._conversation([]) is None


def test_the_language_half_is_followed_as_it_is_saved(cache: Path, tmp_path: Path) -> None:
    trained, other = sight(cache), Nano(micro_config(), seed=9)
    torch.save({"model": other.state_dict()}, tmp_path / "state.pt")
    read = trained.follow(tmp_path / "state.pt", 0.0)
    expected = other.language_model.state_dict()
    for name, value in trained._decoder.state_dict().items():
        assert torch.equal(value, expected[name]), name
    with torch.no_grad():
        trained._decoder.norm.weight.zero_()
    assert trained.follow(tmp_path / "state.pt", read) == read
    assert not trained._decoder.norm.weight.any()  # it was not read again


def test_the_recipe_of_the_eyes_ends_in_a_model_that_sees(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answering, "MOST_PIECES", 2)
    language = Nano(eyesight.parse_config(eyesight.raw_config()), seed=5)
    torch.save({"model": language.state_dict()}, cache / eyesight.LANGUAGE)
    stages = (
        Stage("name", 1, MIXTURE, pictures=2),
        Stage("see", 2, MIXTURE, naming=0.3, pictures=2),
    )
    made = eyesight.train(cache, None, stages)
    assert made.step == 2
    assert eyesight.train(cache, None, stages).step == 2  # nothing is left to do
    eyesight.finish(cache, tmp_path, 0.0)  # there is much to do, and no time
    assert list(tmp_path.iterdir()) == []
    eyesight.finish(cache, tmp_path, None, stages)

    Checkpoint(tmp_path, load_config(tmp_path))  # every missing or extra tensor is an error
    assert sum(file.stat().st_size for file in tmp_path.iterdir()) < 60 * MEGABYTE
    model = Gemma3n.open(tmp_path)
    assert Modality.VISION in model.modalities
    assert Task.SEE in (model.sizes.tasks or {})
    assert model.sizes.pixels == PIXELS
    rgb = np.random.default_rng(0).integers(0, 256, (PIXELS, PIXELS, 3), np.uint8)
    soft = Answerer(model).look(rgb)
    with torch.no_grad():
        expected = made.eyes(torch.from_numpy(rgb)[None])[0]
    assert soft.shape == (GRID**2, 192)
    assert torch.nn.functional.cosine_similarity(soft, expected).min() > 0.98  # bfloat16

    rows, _ = seeing.measure(model, model.sizes.sizes[:1], 2, cache)
    bounds = {row.name: (row.full, row.at_least) for row in rows if row.full is not None}
    assert bounds == {
        **{name: (0.95, True) for name in ("colour", "shape", "count", "presence")},
        **{name: (0.80, True) for name in ("printed words", "things")},
        "I don't know, where it cannot know": (0.90, True),
        "lost by MJPEG and capture": (0.02, False),
        "lost by being asked aloud": (0.05, False),
    }
    assert table("seeing", rows).count("\n") == len(rows) + 1


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
