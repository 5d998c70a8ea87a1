"""Both halves learning together, and the whole model that the recipe ends in."""

import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from engine.checkpoint import Checkpoint
from engine.config import load_config, parse_config
from engine.datatypes import Modality, Task
from engine.model import Gemma3n
from engine.tokenizer import Tokenizer
from engine.training import answering, evaluate, eyesight, language, seeing, together
from engine.training.answering import Answerer
from engine.training.conversations import TURNS, Chat, Chats
from engine.training.export import tensors
from engine.training.eyes import GRID, PIXELS, with_eyes
from engine.training.eyesight import Stage
from engine.training.figures import table
from engine.training.nano import raw_config
from engine.training.pictures.questions import Question, Topic
from engine.training.pictures.scene import Kind
from engine.training.pictures.views import UNMARKED, Mixture
from engine.training.team import Team
from tests.picture_sources import sources

TOKENIZER = evaluate.NANO / "tokenizer.model"
MIXTURE = Mixture({kind: 1.0 for kind in Kind})
MEGABYTE = 1_000_000
ASKED = [
    Question(Topic.COLOUR, "what colour is the star", "Red."),
    Question(Topic.COUNT, "how many stars are there", "Two."),
]


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Everything that the recipe keeps after its first two parts, which made a step each."""
    folder = sources(tmp_path_factory.mktemp("sources"))
    shutil.copyfile(TOKENIZER, folder / "tokenizer.model")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(language, "CORPUS_HOURS", 0.02)
        trainer, *_ = language.prepare(folder, "cpu")
        trainer.save(folder / language.STATE)
        eyesight.train(folder, None, (Stage("name", 1, MIXTURE, pictures=2),))
    return folder


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Little speech, and little of it in a step."""
    monkeypatch.setattr(language, "CORPUS_HOURS", 0.02)
    hearing = together._HEARING
    mixture = replace(hearing.mixture, seconds=3.0, joined=0.0, lessons=96)
    monkeypatch.setattr(together, "_HEARING", replace(hearing, mixture=mixture))


@pytest.fixture(scope="module")
def chats(cache: Path) -> Chats:
    return Chats(Tokenizer(cache), parse_config(with_eyes(raw_config())))


def test_questions_stand_in_turns_and_each_answer_is_learnt(cache: Path, chats: Chats) -> None:
    chat = chats.about(ASKED)
    assert len(chat.ids) == len(chat.labels)
    tokenizer = Tokenizer(cache)
    end = tokenizer.id_of("<end_of_turn>")
    said = [*tokenizer.encode("Red."), end, *tokenizer.encode("Two."), end]
    assert [label for label in chat.labels if label != UNMARKED] == said
    for label, following in zip(chat.labels, chat.ids[1:], strict=False):
        assert label in (UNMARKED, following)
    config = parse_config(with_eyes(raw_config()))
    assert chat.ids.count(config.image_token_id) == GRID**2
    assert len(chats.about(ASKED * TURNS).ids) == len(chats.about((ASKED * TURNS)[:TURNS]).ids)
    ids, _, want, targets = chats.padded([chat, chats.about(ASKED[:1])])
    assert targets[0][targets[0] != UNMARKED].tolist() == said
    assert ids[0][want[0][: len(said)] + 1].tolist()[:-1] == said[:-1]
    assert targets[1][targets[1] != UNMARKED].tolist() == said[: said.index(end) + 1]


def test_what_is_printed_is_spelled_so_that_new_words_can_be_written(
    cache: Path, chats: Chats
) -> None:
    tokenizer = Tokenizer(cache)
    asked = Question(Topic.WORDS, "what does it say", "three")
    *said, end = [label for label in chats.about([asked]).labels if label != UNMARKED]
    assert [tokenizer.decode([index]) for index in said] == list("three")
    assert end == tokenizer.id_of("<end_of_turn>")
    assert tokenizer.encode("three") != said


@pytest.mark.usefixtures("short")
def test_signs_alone_are_read_in_the_last_steps(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = range(together.STEPS - 400, together.STEPS)
    drawn = [together.turn(step) for step in steps]
    assert set(drawn) == set(together.Turn)
    assert together.Turn.READ not in map(together.turn, range(400))
    monkeypatch.setattr(together, "PRINTED", 3)
    monkeypatch.setattr(together, "PICTURES", 4)
    made = together.prepare(cache, MIXTURE)
    for what, other in (("read", "looked"), ("looked", "read")):
        made.step = steps[drawn.index(together.Turn(what))]
        report = made.learn(1.0)
        assert report[what] > 0.0
        assert other not in report


@pytest.mark.usefixtures("short")
def test_of_questions_asked_apart_none_sees_the_others_answer(cache: Path, chats: Chats) -> None:
    made = together.prepare(cache, MIXTURE)
    model, eyes = made.trainer.model, made.sight.eyes
    seen = torch.randn(1, GRID**2, 192)

    def said(chat: Chat) -> torch.Tensor:
        """Hidden states where something is to be written."""
        ids, forks, want, targets = chats.padded([chat])
        embeds = chats.embedded(model, eyes, ids, seen)
        with torch.no_grad():
            states = model.language_model(embeds, ids, want=want, forks=forks)
        return states[targets != UNMARKED]

    apart = said(chats.apart(ASKED))
    alone = [said(chats.about(ASKED[:1])), said(chats.about(ASKED[1:]))]
    torch.testing.assert_close(apart, torch.cat(alone), rtol=1e-3, atol=1e-4)


@pytest.mark.usefixtures("short")
def test_soft_tokens_fill_their_places_and_both_halves_learn(cache: Path) -> None:
    made = together.prepare(cache, MIXTURE)
    parts = {"language": made.trainer.model, "eyes": made.sight.eyes}
    before = {part: _values(module) for part, module in parts.items()}
    views = made._painter.views(1, 3, Mixture({Kind.SHAPES: 1.0}))
    report = made.look(views, 1.0, together.Turn.LOOK)
    assert 0.0 <= report["looked right"] <= 1.0
    moved = {
        part: [
            name for name, value in _values(module).items() if not before[part][name].equal(value)
        ]
        for part, module in parts.items()
    }
    assert any(name.startswith("language_model.layers.0.") for name in moved["language"])
    assert not any(name.startswith("tower.") for name in moved["language"])  # nothing was heard
    assert any(name.startswith("vision_tower.") for name in moved["eyes"])


def _values(module: torch.nn.Module) -> dict[str, torch.Tensor]:
    return {name: value.detach().clone() for name, value in module.named_parameters()}


@pytest.mark.usefixtures("short")
def test_a_run_that_goes_on_makes_the_same_model(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(together, "PICTURES", 2)
    whole, first, resumed = (together.prepare(cache, MIXTURE) for _ in range(3))
    for _ in range(4):
        whole.learn(1.0)
    for _ in range(2):
        first.learn(1.0)
    first.save(tmp_path / "together.pt")
    resumed.load(tmp_path / "together.pt")
    for _ in range(2):
        resumed.learn(1.0)
    assert resumed.step == whole.step == 4
    for one, two in (
        (whole.trainer.model, resumed.trainer.model),
        (whole.sight.eyes, resumed.sight.eyes),
    ):
        for name, value in one.state_dict().items():
            assert torch.equal(value, two.state_dict()[name]), name


class Member(Team):
    """One of two, whose meetings are written down."""

    def __init__(self, rank: int, meetings: list[int]) -> None:
        self.rank, self.workers, self.meetings = rank, 2, meetings

    def told(self, *values: float) -> list[float]:
        return list(values)

    def meet(self, weights: Sequence[torch.Tensor]) -> None:
        self.meetings.append(sum(weight.numel() for weight in weights))

    def leave(self) -> None: ...


@pytest.mark.usefixtures("short")
def test_each_of_a_team_makes_whole_steps_of_its_own_and_meets_the_others(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(together, "PICTURES", 2)
    monkeypatch.setattr(together, "MEET_EVERY", 2)
    seen: list[list[float]] = []
    monkeypatch.setattr(
        together.language,
        "step",
        lambda *given: seen[-1].append(given[0].step * given[4].workers + given[4].rank) or {},
    )
    shares = []
    for rank in range(2):
        seen.append([])
        meetings: list[int] = []
        made = together.train(
            cache, tmp_path / str(rank), None, steps=3, team=Member(rank, meetings)
        )
        shares.append(made._hearing.mixture.seconds / 2)
        modules = (made.trainer.model, made.trainer.heads, made.sight.eyes, made.sight.heads)
        every = sum(weight.numel() for module in modules for weight in module.parameters())
        assert meetings == [every] * 3  # before the first step, the third, and at the end
        assert (tmp_path / str(rank)).exists() is (rank == 0)
        (cache / together.STATE).unlink(missing_ok=True)
    assert shares == [together._HEARING.mixture.seconds] * 2
    assert seen[0]
    assert not set(seen[0]) & set(seen[1])


@pytest.mark.usefixtures("short")
def test_the_recipe_ends_in_a_model_that_sees(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answering, "MOST_PIECES", 2)
    monkeypatch.setattr(together, "PICTURES", 2)
    made = together.train(cache, tmp_path, None, steps=1)
    assert made.step == 1
    Checkpoint(tmp_path, load_config(tmp_path))  # every missing or extra tensor is an error
    assert sum(file.stat().st_size for file in tmp_path.iterdir()) < 60 * MEGABYTE
    model = Gemma3n.open(tmp_path)
    assert Modality.VISION in model.modalities
    assert Task.SEE in (model.sizes.tasks or {})
    assert model.sizes.pixels == PIXELS
    rgb = np.random.default_rng(0).integers(0, 256, (PIXELS, PIXELS, 3), np.uint8)
    soft = Answerer(model).look(rgb)
    with torch.no_grad():
        expected = made.sight.eyes(torch.from_numpy(rgb)[None])[0]
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
    assert any(row.name.endswith("heard by the starter ears") for row in rows)
    assert table("seeing", rows).count("\n") == len(rows) + 1


@pytest.mark.usefixtures("short")
def test_weights_alone_are_gone_on_from_where_the_state_is_lost(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(cache, tmp_path, dirs_exist_ok=True)
    for state in (eyesight.STATE, together.STATE):
        (tmp_path / state).unlink(missing_ok=True)
    monkeypatch.setattr(together, "HEADS_ALONE", 2)
    monkeypatch.setattr(together, "PICTURES", 2)
    made = together.prepare(tmp_path, MIXTURE, (70, evaluate.NANO))
    assert made.step == made.trainer.step == made.sight.step == 70
    shipped = load_file(evaluate.NANO / "model.safetensors")
    taken = tensors(made.trainer.model, made.sight.eyes)
    assert taken.keys() == shipped.keys()
    assert all(torch.equal(taken[name], shipped[name]) for name in shipped)
    untaught, _ = eyesight.prepare(tmp_path, made.trainer.model)
    maps = untaught.heads.state_dict()
    taught = made.sight.heads.state_dict()
    assert not any(torch.equal(value, maps[name]) for name, value in taught.items())
    out = tmp_path / "out"
    made = together.train(tmp_path, out, None, steps=71, after=(70, evaluate.NANO))
    assert made.step == 71
    learnt = tensors(made.trainer.model, made.sight.eyes)
    written = load_file(out / "model.safetensors")
    changed = [name for name in shipped if not torch.equal(learnt[name], shipped[name])]
    assert len(changed) > 50
    for name in changed:
        share = next(kept for part, kept in together.KEPT.items() if part in name)
        blend = torch.lerp(learnt[name].float(), shipped[name].float(), share)
        torch.testing.assert_close(written[name].float(), blend, rtol=0.01, atol=1e-6)
