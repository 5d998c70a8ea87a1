"""What the training shows: runs of the miniature, and the page that is made of them."""

import json
import sys
from pathlib import Path

import pytest

from engine.training import (
    evaluate,
    miniature,
    results,
    results_eyes,
    results_page,
    together,
)
from engine.training.miniature import SIZES, Found, Miniature, Way


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Miniature:
    folder = tmp_path_factory.mktemp("miniature")
    (folder / "tokenizer.model").write_bytes((evaluate.NANO / "tokenizer.model").read_bytes())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(miniature, "_SPOKEN", {1: 16, 2: 16})
        patch.setattr(miniature, "TESTED", 2)
        return Miniature(folder)


def test_a_nested_run_gives_every_size_and_hears_and_translates(data: Miniature) -> None:
    way = Way("both", results.WAYS["with contrast"].objective, lengths=(1, 2), steps=2, typed=0.5)
    found = data.train(way, 1)
    assert found.steps == [1, 2]
    assert len(found.heard) == len(found.translated) == 2
    assert set(found.sizes) == {size.name for size in SIZES}
    assert found.seconds > 0
    assert found.bytes > 4 * found.weights  # weights alone are not all that is held


def test_a_size_alone_is_a_smaller_model(data: Miniature) -> None:
    small, full = (
        data.train(Way(name, results.ONLY_NEXT, steps=1, odds={name: 1.0}), 1)
        for name in (SIZES[0].name, SIZES[-1].name)
    )
    assert small.weights < full.weights
    assert small.bytes < full.bytes
    assert set(small.sizes) == {SIZES[0].name}
    assert small.translated == []


def found(*heard: float, **others: object) -> Found:
    steps = [40 * (number + 1) for number in range(len(heard))]
    values: dict[str, object] = {"sizes": {size.name: heard[-1] for size in SIZES}}
    values |= {"seconds": 60.0, "weights": 1000, "bytes": 2_000_000} | others
    return Found(steps, list(heard), **values)  # type: ignore[arg-type]


def test_the_first_step_below_an_error_is_told() -> None:
    run = found(0.9, 0.4, 0.2, 0.3, translated=[1.0, 1.0, 0.5, 0.0])
    assert [run.first(error) for error in (0.5, 0.25, 0.1)] == [80, 120, None]
    assert run.first(0.5, "translated") == 120


def test_the_page_says_what_held_and_what_did_not() -> None:
    runs = {
        "everything": found(0.9, 0.4, 0.2),
        "next token alone": found(1.0, 1.0, 0.9),
        "all lengths at once": found(0.9, 0.4, 0.24),
        **{f"{size.name} alone": found(0.9, 0.4, 0.22, weights=900) for size in SIZES},
    }
    text = results_page.page(runs)
    assert "20 % fewer steps than “next token alone”: held" in text
    assert "had not come there after 120, at 90 %" in text
    assert "20 % fewer steps than “all lengths at once”: did not hold" in text
    assert "1.2x faster training: held" in text
    assert "15 % less memory: did not hold" in text
    assert "one model of 1,000 weights instead of 3 with 2,700" in text
    assert "small -2.0 points" in text
    assert "Not made yet: without letters" in text
    lines = [line for line in text.splitlines() if line.startswith("|")]
    assert len({line.count("|") for line in lines}) > 1  # several tables
    assert "No run has ended yet" in results_page.page({})


def test_runs_that_ended_are_kept_and_not_made_again(
    data: Miniature,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    made = []

    def train(way: Way, tested_every: int) -> Found:
        made.append(way.name)
        return found(0.9, 0.1)

    monkeypatch.setattr(data, "train", train)
    monkeypatch.setattr(results, "Miniature", lambda folder: data)
    monkeypatch.setattr(results, "use_fast_products", lambda threads: None)
    monkeypatch.setattr(results, "PAGE", tmp_path / "RESULTS.md")
    argv = ["results", "--cache", str(tmp_path), "--only", "everything", "--only", "half typed"]
    monkeypatch.setattr(sys, "argv", argv)
    results.main()
    results.main()
    assert made == ["everything", "half typed"]
    assert list(results.kept_runs(tmp_path)) == made
    assert "# What the training shows" in (tmp_path / "RESULTS.md").read_text()
    assert capsys.readouterr().out.splitlines() == [f"{name}: done" for name in made]


def test_what_the_eyes_learnt_is_told_by_pictures(tmp_path: Path) -> None:
    named = {"step": 25, "stage": "one shape", "colour right": 0.5, "shape right": 0.25}
    later = {"step": 600, "stage": "shapes", "colour right": 1.0, "shape right": 0.875}
    both = {"step": 50, "stage": "together", "colour right": 1.0, "looked right": 0.75}
    (tmp_path / "eyes.jsonl").write_text("\n".join(map(json.dumps, (named, later))))
    (tmp_path / "together.jsonl").write_text(json.dumps(both))
    found = results_eyes.gathered(tmp_path)
    looked = sum(map(together.pictures_of, range(50)))
    assert 0 < looked < 50 * together.PICTURES
    counts = [25 * 48, 600 * 48, 600 * 48 + looked]
    assert [line["pictures"] for line in found] == counts
    text = results_eyes.section(found)
    assert "| 1,200 | one shape | 50 % | 25 % |  |  |  |" in text
    assert text.rstrip().endswith("| together | 100 % |  |  |  | 75 % |")
    many = results_eyes.section([found[0]] * 100 + [found[2]])
    assert many.count("| 1,200 |") <= results_eyes.ROWS
    assert many.rstrip().endswith("75 % |")
