"""The evaluation on the bundled model: a few clips and questions of each set, every row there."""

import sys
from pathlib import Path

import pytest

from engine.model import Gemma3n
from engine.training import evaluate, hearing, knowing, translating
from engine.training.figures import table
from engine.training.sets import TRAINED


@pytest.fixture(scope="module")
def nano() -> Gemma3n:
    return Gemma3n.open(evaluate.NANO)


def test_hearing_has_every_bounded_set_and_shows_that_it_listens(
    nano: Gemma3n, tmp_path: Path
) -> None:
    rows, _ = hearing.measure(nano, nano.sizes.sizes[-1:], 3, tmp_path, human=False)
    by_name = {row.name: row for row in rows}
    for name, (full, smallest) in hearing.BOUNDS.items():
        assert (by_name[name].full, by_name[name].smallest) == (full, smallest)
    assert by_name[TRAINED].values["full"] < 0.5
    assert by_name["audio shuffled between utterances"].values["full"] > 0.5
    assert any(name.startswith("worst single voice") for name in by_name)
    assert by_name["trigram perplexity"].at_least
    assert table("word error rate", rows).count("\n") == len(rows) + 1


def test_knowing_asks_every_kind_typed_and_spoken(nano: Gemma3n) -> None:
    rows, _ = knowing.measure(nano, nano.sizes.sizes[:1], 4)
    names = [row.name for row in rows]
    for how in ("typed", "spoken"):
        for kind in ("program", "small talk", "word", "sum"):
            assert f"  {kind}, {how}" in names
    assert "known, spoken, heard by the starter ears" in names
    bounded = {row.name: (row.full, row.smallest) for row in rows if row.full is not None}
    assert bounded == {
        "known, typed": (0.95, 0.90),
        "known, spoken": (0.95, 0.90),
        "general questions declined": (0.95, 0.95),
        "general questions, answer invented": (0.02, 0.02),
    }
    assert all(0 <= value <= 1 for row in rows for value in row.values.values())


def test_translating_measures_both_languages_typed_and_spoken(nano: Gemma3n) -> None:
    rows, _ = translating.measure(nano, nano.sizes.sizes[:1], 2)
    bounds = {row.name: (row.full, row.smallest) for row in rows if row.percent}
    assert bounds == {
        f"{language}, {how}: exact": bound
        for language in ("Spanish", "Chinese")
        for how, bound in (("typed", (0.90, 0.85)), ("spoken", (0.80, 0.72)))
    }


def test_figures_are_recorded_of_all_parts_together(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["evaluate", "--record", "--part", "hear"])
    with pytest.raises(SystemExit):
        evaluate.main()
    assert "--record needs every part" in capsys.readouterr().err


def test_three_sizes_are_shown_by_default_the_smallest_and_the_largest_among_them(
    nano: Gemma3n,
) -> None:
    assert evaluate.shown_sizes(nano, every=True) == list(nano.sizes.sizes)
    few = evaluate.shown_sizes(nano, every=False)
    assert (few[0], few[-1]) == (nano.sizes.sizes[0], nano.sizes.largest)
    assert len(few) == 3
