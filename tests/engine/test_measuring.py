"""What sizes cost: which are timed, how the others follow, when it is done, how it is kept."""

import json
import resource
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from engine import size_record
from engine.datatypes import SizeFigures
from engine.measuring import QUIET_S
from engine.model import Gemma3n
from engine.protocol import SizesMeasured
from engine.session import Session
from engine.size_bench import predicted, predicted_reads, probes
from engine.text.matformer import E4B_SIZES, Size
from tests.elastic import write_elastic
from tests.tiny_text import e4b_like


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_elastic(tmp_path_factory.mktemp("models") / "elastic", hidden=32, wide=64)


@pytest.fixture
def record(tmp_path: Path) -> Path:
    return tmp_path / "data" / "sizes.json"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def session(folder: Path, clock: Clock) -> Iterator[Session]:
    session = Session(clock=clock)
    list(session.load(folder))
    yield session
    session.close()


def measured(session: Session) -> tuple[SizeFigures, ...]:
    """All slices until there are figures."""
    while session.measuring_due() is not None:
        for event in session.measure_slice():
            assert isinstance(event, SizesMeasured)
            return event.figures
    raise AssertionError("it ended without figures")


def cost(size: Size, layers: int) -> float:
    """Seconds that are a sum over the size's parts, as real ones nearly are."""
    kept = [layer for layer in range(layers) if layer not in size.skip]
    wide = sum(size.widths[layer] * (2.0 if layer >= 10 else 1.5) for layer in kept)
    return 0.02 + 0.001 * len(kept) + 1e-7 * wide


def test_four_sizes_tell_of_all_sixteen() -> None:
    config = e4b_like()
    timed = probes(E4B_SIZES, config)
    assert len(timed) == 4
    assert timed[-1] == E4B_SIZES[-1]
    times = {size.name: [cost(size, 35)] * 3 for size in timed}
    found = predicted(times, E4B_SIZES, config, 35)
    assert found == pytest.approx([cost(size, 35) for size in E4B_SIZES], rel=1e-6)


def test_a_prompt_s_time_at_the_ends_tells_of_those_between() -> None:
    config = e4b_like()
    per_layer = (2 * config.num_attention_heads + 2 * config.num_key_value_heads) * config.head_dim

    def reading(size: Size) -> float:
        kept = [i for i in range(config.first_shared_layer) if i not in size.skip]
        return 0.1 + 1e-9 * sum(per_layer + 3 * size.widths[layer] for layer in kept)

    ends = {E4B_SIZES[0].name: [9.0, reading(E4B_SIZES[0])]}
    ends |= {E4B_SIZES[-1].name: [reading(E4B_SIZES[-1])]}
    found = predicted_reads(ends, E4B_SIZES, config)
    assert found == pytest.approx([reading(size) for size in E4B_SIZES], rel=1e-6)
    # Without the smallest, in proportion to the products.
    only = predicted_reads({E4B_SIZES[-1].name: [2.0]}, E4B_SIZES, config)
    assert only[-1] == 2.0
    assert 0.8 < only[0] < 1.6
    # A disturbed measurement never makes a larger size cheaper than it was timed.
    ends[E4B_SIZES[0].name] = [99.0]
    assert max(predicted_reads(ends, E4B_SIZES, config)) == pytest.approx(reading(E4B_SIZES[-1]))


def test_a_model_of_one_size_is_timed_at_it() -> None:
    config = e4b_like()
    (only,) = E4B_SIZES[:1]
    assert probes((only,), config) == (only,)
    assert predicted({only.name: [0.5]}, (only,), config, 35) == pytest.approx([0.5])


def test_one_slow_moment_counts_for_nothing() -> None:
    (only,) = E4B_SIZES[:1]
    found = predicted({only.name: [0.5, 9.0, 0.5]}, (only,), e4b_like(), 35)
    assert found == pytest.approx([0.5])


def test_measuring_waits_until_nobody_asks_for_anything(
    session: Session, clock: Clock, record: Path
) -> None:
    assert list(session.measure_sizes(record, at_once=False)) == []
    assert session.measuring_due() == clock.now + QUIET_S
    clock.now += QUIET_S - 1
    assert list(session.measure_slice()) == []
    session.postpone_measuring()
    assert session.measuring_due() == clock.now + QUIET_S
    clock.now += QUIET_S
    figures = measured(session)
    assert [one.name for one in figures] == [size.name for size in E4B_SIZES]
    assert all(one.tokens_per_s > 0 and one.read_per_s > 0 for one in figures)
    assert all(one.live_load is None for one in figures)  # it has no ears
    assert figures[0].memory < figures[-1].memory
    assert session.measuring_due() is None
    # The next time it is known at once.
    assert list(session.measure_sizes(record, at_once=False)) == [SizesMeasured(figures)]
    assert session.measuring_due() is None


def test_measuring_that_is_asked_for_waits_for_nothing(session: Session, record: Path) -> None:
    list(session.measure_sizes(record, at_once=True))
    session.postpone_measuring()
    first = measured(session)
    list(session.measure_sizes(record, at_once=True))
    assert [one.name for one in measured(session)] == [one.name for one in first]


FIGURES = tuple(SizeFigures(size.name, 10, 2.0, 30.0, 0.5) for size in E4B_SIZES)


def test_what_is_kept_belongs_to_these_weights(folder: Path, record: Path) -> None:
    model = Gemma3n.open(folder)
    assert size_record.recall(record, model) is None
    size_record.keep(record, model, FIGURES)
    assert size_record.recall(record, Gemma3n.open(folder)) == FIGURES
    file = folder / "model.safetensors"
    file.write_bytes(file.read_bytes())
    assert size_record.recall(record, Gemma3n.open(folder)) is None


def test_only_the_last_models_are_kept(folder: Path, record: Path) -> None:
    model = Gemma3n.open(folder)
    size_record.keep(record, model, FIGURES)
    raw = json.loads(record.read_text("utf-8"))
    (known,) = raw["models"].values()
    raw["models"] = {str(n): known for n in range(20)}
    record.write_text(json.dumps(raw), "utf-8")
    size_record.keep(record, model, FIGURES)
    assert len(json.loads(record.read_text("utf-8"))["models"]) == size_record.MOST_MODELS
    assert size_record.recall(record, model) == FIGURES


@pytest.mark.parametrize("broken", ["", "[]", "{}", '{"version": 1, "models": []}', "[" * 9_999])
def test_a_broken_record_is_measured_anew(folder: Path, record: Path, broken: str) -> None:
    record.parent.mkdir()
    record.write_text(broken, "utf-8")
    assert size_record.recall(record, Gemma3n.open(folder)) is None


@pytest.mark.parametrize("value", [None, "fast", -1.0, float("inf")])
def test_a_record_with_impossible_figures_is_measured_anew(
    folder: Path, record: Path, value: object
) -> None:
    model = Gemma3n.open(folder)
    size_record.keep(record, model, FIGURES)
    raw = json.loads(record.read_text("utf-8"))
    raw["models"][size_record.fingerprint(model)][3]["tokens_per_s"] = value
    record.write_text(json.dumps(raw), "utf-8")
    assert size_record.recall(record, model) is None


def test_a_full_disk_keeps_the_old_record(folder: Path, record: Path) -> None:
    model = Gemma3n.open(folder)
    size_record.keep(record, model, FIGURES)
    before = record.read_bytes()
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, limits[1]))
    try:
        size_record.keep(record, model, tuple(replace(one, memory=11) for one in FIGURES))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert record.read_bytes() == before
    assert [file.name for file in record.parent.iterdir()] == [record.name]
