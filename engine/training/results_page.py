"""The page RESULTS.md: what the miniature's runs gave, in tables, and what that says."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from engine.training.miniature import (
    AUDIO_LAYERS,
    LAYERS,
    SIZES,
    SPANISH,
    TESTED,
    WIDTH,
    Found,
)

PAGE = Path(__file__).parent / "RESULTS.md"
GOALS = (0.6, 0.4, 0.25)  # word error rates
FASTER, LESS_MEMORY, FEWER_STEPS = 1.2, 0.15, 0.20  # the claims that are tested

WHOLE = "everything"
OBJECTIVES = (
    (WHOLE, "next token, letters, pieces, word times"),
    ("without letters", "no letters on the frames of sound"),
    ("without pieces", "no text pieces on the soft tokens"),
    ("without word times", "CTC finds by itself when a word is said"),
    ("next token alone", "the decoder's own loss only"),
    ("with contrast", "everything, and which clip's words these are"),
    ("next token and contrast", "the decoder's loss, and which clip's words these are"),
)
ORDER = (
    (WHOLE, "one word, then two, then three"),
    ("all lengths at once", "one to three words from the first step"),
)
MIXTURE = (
    (WHOLE, "every step is sound"),
    ("half typed", "half of the steps are typed translations"),
    ("typed alone", "every step is typed translations"),
)

_HEAD = """# What the training shows

Made by `python -m engine.training.results`, which makes each run that is missing and then this
page. A miniature learns what the bundled model learns, by the same code: {layers} decoder layers
{width} wide with AltUp, LAuReL, per-layer embeddings and shared keys, {audio_layers} conformer
layers, {words} words spoken in one voice of espeak-ng at many speeds and pitches, one to three at a
time at random, so that no context helps. Every run starts from the same weights, draws its batches
by the same numbers, and ends after {steps} steps; the error is the word error rate on {tested}
clips of other strings of these words.

**How far this goes.** One seed each, {weights:,} weights, minutes on one core: a difference below
some 20 % of the steps, or below five points of the error, may be chance: “everything”, made twice,
ended at 22 and at 19 %, and the second is shown. The errors to reach were chosen when one run had
been seen, and a first miniature of 16 words, which stayed at 58 %, was put aside. Seconds are the
processor's own; programs beside it can double them, so only runs made one after the other on the
same core are held against each other: those of the last table.
"""


def page(runs: Mapping[str, Found], eyes: str = "") -> str:
    """Everything that the runs which ended tell; what is missing is said.

    eyes: the section on pictures.
    """
    missing = [name for name in _names() if name not in runs]
    if WHOLE not in runs:
        return "# What the training shows\n\nNo run has ended yet.\n"
    whole = runs[WHOLE]
    parts = [
        _HEAD.format(
            layers=LAYERS,
            audio_layers=AUDIO_LAYERS,
            width=WIDTH,
            words=len(SPANISH),
            steps=whole.steps[-1],
            tested=TESTED,
            weights=whole.weights,
        ),
        "## Each objective\n",
        _steps_table(runs, OBJECTIVES),
        "## Order of the data\n",
        _steps_table(runs, ORDER),
        "## Sound and text together\n",
        _mixture_table(runs),
        "## One nested run, or one for each size\n",
        _nested_table(runs),
        "## What held\n",
        "\n".join(f"- {sentence}" for sentence in _verdicts(runs)) + "\n",
        "## The curves\n",
        "Word error rate of the largest size drawn, in percent, after so many steps.\n",
        _curves(runs),
        eyes or "Pictures are not in these runs, and no log of the eyes' training was named.\n",
    ]
    if missing:
        parts.append(f"Not made yet: {', '.join(missing)}.\n")
    return "\n".join(parts)


def _names() -> list[str]:
    named = [name for table in (OBJECTIVES, ORDER, MIXTURE) for name, _ in table]
    return list(dict.fromkeys([*named, *(f"{size.name} alone" for size in SIZES)]))


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def _steps_table(runs: Mapping[str, Found], ways: Sequence[tuple[str, str]]) -> str:
    """Steps to each goal, and the error at the end."""
    head = ["run", "what it learns by", *(f"steps to {_percent(goal)}" for goal in GOALS)]
    rows = []
    for name, told in ways:
        if (found := runs.get(name)) is None:
            continue
        cells = [_count(found.first(goal)) for goal in GOALS]
        rows.append([name, told, *cells, _percent(found.heard[-1])])
    return _table([*head, "error at the end"], rows)


def _mixture_table(runs: Mapping[str, Found]) -> str:
    """What hearing and translating gain or lose by sharing the steps."""
    rows = []
    for name, told in MIXTURE:
        if (found := runs.get(name)) is None:
            continue
        hears = name != "typed alone"
        cells = [_count(found.first(goal)) if hears else "" for goal in GOALS[:2]]
        wrong = _percent(found.translated[-1]) if found.translated else ""
        typed = ["", ""]
        if found.translated:
            typed = [_count(found.first(goal, "translated")) for goal in GOALS[:2]]
        at_the_end = _percent(found.heard[-1]) if hears else ""
        rows.append([name, told, *cells, at_the_end, *typed, wrong])
    head = ["run", "what"]
    for what in ("heard", "translated"):
        head += [f"{what}: steps to {_percent(goal)}" for goal in GOALS[:2]] + ["at the end"]
    return _table(head, rows)


def _nested_table(runs: Mapping[str, Found]) -> str:
    """The nested run's sizes beside models trained alone."""
    nested = runs[WHOLE]
    rows = [
        [
            "nested",
            *(_percent(nested.sizes[size.name]) for size in SIZES),
            str(nested.steps[-1]),
            f"{nested.seconds:.0f}",
            f"{nested.bytes / 1e6:.0f}",
            f"{nested.weights:,}",
        ]
    ]
    alone = {size.name: runs.get(f"{size.name} alone") for size in SIZES}
    for name, found in alone.items():
        if found is None:
            continue
        own = [_percent(found.sizes[name]) if name == size.name else "" for size in SIZES]
        rows.append(
            [
                f"{name} alone",
                *own,
                str(found.steps[-1]),
                f"{found.seconds:.0f}",
                f"{found.bytes / 1e6:.0f}",
                f"{found.weights:,}",
            ]
        )
    there = [found for found in alone.values() if found is not None]
    if len(there) == len(SIZES):
        rows.append(
            [
                "all alone",
                *(_percent(found.heard[-1]) for found in there),
                str(sum(found.steps[-1] for found in there)),
                f"{sum(found.seconds for found in there):.0f}",
                f"{max(found.bytes for found in there) / 1e6:.0f}",
                f"{sum(found.weights for found in there):,}",
            ]
        )
    errors = [f"error, {size.name}" for size in SIZES]
    return _table(["run", *errors, "steps", "seconds", "MB at most", "weights"], rows)


def _verdicts(runs: Mapping[str, Found]) -> list[str]:
    """A sentence for each claim that the runs can test."""
    whole = runs[WHOLE]
    found = []
    for name in ("next token alone", "all lengths at once"):
        if name in runs:
            found.append(_fewer_steps(whole, runs[name], name))
    alone = [runs.get(f"{size.name} alone") for size in SIZES]
    there = [run for run in alone if run is not None]
    if len(there) == len(SIZES):
        ratio = sum(run.seconds for run in there) / whole.seconds
        found.append(
            f"{FASTER:g}x faster training: {_held(ratio >= FASTER)} for all sizes together. The "
            f"separate runs took {ratio:.2f} times as long as the nested one, for as many steps "
            "each. One step of the nested run is not faster: it is a step of the size it drew."
        )
        most = max(run.bytes for run in there)
        less = 1 - whole.bytes / most
        found.append(
            f"{100 * LESS_MEMORY:.0f} % less memory: {_held(less >= LESS_MEMORY)}. A step of the "
            f"nested run held {abs(100 * less):.0f} % {'less' if less > 0 else 'more'} than one "
            "of the largest size trained alone. What is kept in the end is one model "
            f"of {whole.weights:,} weights instead of {len(SIZES)} with "
            f"{sum(run.weights for run in there):,} together."
        )
        worse = [
            f"{size.name} {100 * (whole.sizes[size.name] - run.sizes[size.name]):+.1f} points"
            for size, run in zip(SIZES, there, strict=True)
        ]
        found.append(f"What nesting costs: error against each size alone, {', '.join(worse)}.")
    return found


def _fewer_steps(whole: Found, other: Found, name: str) -> str:
    """Against another way, at the lowest goal that the whole reached."""
    reached = [goal for goal in GOALS if whole.first(goal) is not None]
    if not reached:
        return f"Fewer steps than “{name}”: no run reached {_percent(GOALS[0])}; nothing is shown."
    goal = reached[-1]
    ours, theirs = whole.first(goal) or 0, other.first(goal)
    claim = f"{100 * FEWER_STEPS:.0f} % fewer steps than “{name}”"
    if theirs is None:
        return (
            f"{claim}: {_held(True)}. To {_percent(goal)} it took {ours} steps; the other had "
            f"not come there after {other.steps[-1]}, at {_percent(other.heard[-1])}."
        )
    fewer = 1 - ours / theirs
    return (
        f"{claim}: {_held(fewer >= FEWER_STEPS)}. To {_percent(goal)} it took {ours} steps, "
        f"the other {theirs}."
    )


def _curves(runs: Mapping[str, Found]) -> str:
    steps = sorted({step for run in runs.values() for step in run.steps})
    rows = []
    for name in (name for name in _names() if name in runs and name != "typed alone"):
        heard = dict(zip(runs[name].steps, runs[name].heard, strict=True))
        rows.append([name, *(f"{100 * heard[s]:.0f}" if s in heard else "" for s in steps)])
    return _table(["run", *map(str, steps)], rows)


def _held(held: bool) -> str:
    return "held" if held else "did not hold"


def _count(steps: int | None) -> str:
    return "never" if steps is None else str(steps)


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"
