"""A decoder over small integers computes what the numbers they stand for give, at every size."""

from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from engine.datatypes import ModelInfo
from engine.footprint import idle_weights
from engine.layout import TOKEN_TABLE
from engine.model import Gemma3n
from engine.protocol import Loaded
from engine.quant.linear import Linear8
from engine.quant.packing import unpack
from engine.quant.plan import HEAD
from engine.session import Session
from engine.slicing import write_slice
from engine.text.table import RESCORED
from engine.weights import Weights
from tests.engine.quant.models import IDS, logits, logits_one_by_one, opened, write

SMALL = [Weights.INT4, Weights.INT8]


def rounded_copy(model: Gemma3n, source: Path, folder: Path) -> Path:
    """The checkpoint of `source` with the numbers that the prepared weights stand for."""
    folder.mkdir()
    for file in source.iterdir():
        if not file.name.startswith("nestling"):
            (folder / file.name).write_bytes(file.read_bytes())
    assert model.prepared is not None
    linears = model.prepared.linears(torch.float32)
    for file in folder.glob("model*.safetensors"):
        tensors = load_file(file)
        for piece in model.prepared.pieces.values():
            name = f"model.{piece.source}"
            if piece.name == HEAD or name not in tensors:
                continue
            linear = linears[piece.name]
            numbers = (
                linear.values.float() * linear.scales.unsqueeze(1)
                if isinstance(linear, Linear8)
                else unpack(linear.packed, linear.scales.float(), linear.layout).t()
            )
            tensors[name][slice(*piece.rows), slice(*piece.columns)] = numbers
        save_file(tensors, file)
    return folder


@pytest.mark.parametrize("weights", SMALL)
def test_computes_with_the_numbers_that_its_integers_stand_for(
    tmp_path: Path, weights: Weights
) -> None:
    folder = write(tmp_path / "model", sizes=True)
    model = opened(folder, weights)
    exact = Gemma3n.open(rounded_copy(model, folder, tmp_path / "rounded"))
    for size in model.sizes.sizes:
        assert model.prepared is not None
        with torch.inference_mode():
            states = model.text(model.embed(IDS), IDS, size=size)
            expected = exact.text(exact.embed(IDS), IDS, size=size)
        torch.testing.assert_close(states, expected, atol=2e-3, rtol=2e-3)


@pytest.mark.parametrize("weights", SMALL)
def test_best_scores_are_those_of_the_stored_table(tmp_path: Path, weights: Weights) -> None:
    folder = write(tmp_path / "model")
    model, exact = opened(folder, weights), Gemma3n.open(folder)
    hidden = torch.randn(1, 3, 64)
    scores, expected = (one.text.logits(hidden) for one in (model, exact))
    best = scores.topk(RESCORED // 2, -1).indices
    torch.testing.assert_close(scores.gather(-1, best), expected.gather(-1, best))
    assert torch.equal(model.embed(IDS), exact.embed(IDS))


@pytest.mark.parametrize("weights", SMALL)
def test_whole_and_token_by_token_agree(tmp_path: Path, weights: Weights) -> None:
    model = opened(write(tmp_path / "model", sizes=True), weights)
    for size in model.sizes.sizes:
        torch.testing.assert_close(
            logits(model, size), logits_one_by_one(model, size), atol=5e-3, rtol=5e-3
        )


@pytest.mark.parametrize("weights", SMALL)
def test_a_size_is_a_view_equal_to_its_slice(tmp_path: Path, weights: Weights) -> None:
    folder = write(tmp_path / "model", sizes=True)
    model = opened(folder, weights)
    small = model.sizes.size("small")
    write_slice(folder, "small", tmp_path / "slice")
    alone = opened(tmp_path / "slice", weights)
    # Scales of 8 bits span a row: those of a narrower gate are the same, of its columns too.
    torch.testing.assert_close(logits(model, small), logits(alone), atol=1e-4, rtol=1e-4)


def test_weights_stay_mapped_and_the_rest_is_as_stored(tmp_path: Path) -> None:
    folder = write(tmp_path / "model", widths=256)
    model, exact = opened(folder, Weights.INT4), Gemma3n.open(folder)
    assert model.prepared is not None
    replaced = {name.removeprefix("language_model.") for name in model.prepared.sources}
    ours, theirs = model.text.state_dict(), exact.text.state_dict()
    assert theirs.keys() - ours.keys() == replaced
    assert all(torch.equal(tensor, theirs[name]) for name, tensor in ours.items())
    assert TOKEN_TABLE in model.prepared.sources
    maps = Path("/proc/self/maps").read_text().splitlines()
    names = {Path(line.split()[-1]).name for line in maps}
    assert model.prepared.file.name in names


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float32, torch.float64])
def test_every_computing_dtype_answers(tmp_path: Path, dtype: torch.dtype) -> None:
    model = opened(write(tmp_path / "model"), Weights.INT4, dtype=dtype)
    assert logits(model).isfinite().all()
    assert logits_one_by_one(model).isfinite().all()


def test_4_bits_stay_near_the_exact_model(tmp_path: Path) -> None:
    folder = write(tmp_path / "model")
    exact = logits(Gemma3n.open(folder)).log_softmax(-1)

    def divergence(weights: Weights) -> float:
        other = logits(opened(folder, weights)).log_softmax(-1)
        return float((exact.exp() * (exact - other)).sum(-1).mean())

    assert divergence(Weights.INT8) < divergence(Weights.INT4) < 1.0


def test_small_projections_of_a_narrow_model_have_8_bits(tmp_path: Path) -> None:
    folder = write(tmp_path / "model")
    model = opened(folder, Weights.INT4, dtype=torch.bfloat16)
    exact = Gemma3n.open(folder, dtype=torch.bfloat16)
    x = torch.randn(40, 64).bfloat16()
    for ours, theirs in zip(model.text.layers, exact.text.layers, strict=True):
        assert isinstance(ours.per_layer_input_gate, Linear8)
        for rows in (x[:1], x):
            with torch.inference_mode():
                torch.testing.assert_close(
                    ours.laurel.linear_left(rows),
                    theirs.laurel.linear_left(rows),
                    atol=0.1,
                    rtol=0.05,
                )


def test_a_session_holds_weights_as_it_is_told_and_says_what_each_way_takes(tmp_path: Path) -> None:
    folder = write(tmp_path / "model")

    def told(fixed: Weights | None, wanted: Weights) -> ModelInfo:
        session = Session(weights=fixed)
        (loaded,) = [one for one in session.load(folder, None, wanted) if isinstance(one, Loaded)]
        session.close()
        return loaded.model

    assert told(None, Weights.INT4).held == "int4"
    assert told(None, Weights.INT8).held == "int8"
    assert told(Weights.EXACT, Weights.INT4).held == "bf16"  # the command line's
    costs = told(None, Weights.AUTO).held_bytes
    assert costs["int4"] < costs["int8"] < costs["bf16"]


def test_small_integers_of_layers_left_out_are_idle(tmp_path: Path) -> None:
    model = opened(write(tmp_path / "model", sizes=True), Weights.INT4)
    idle = {weight.data_ptr() for weight in idle_weights(model.text, model.sizes.sizes[0])}
    left_out, kept = ({b.data_ptr() for b in model.text.layers[n].buffers()} for n in (6, 0))
    assert left_out <= idle
    assert not kept <= idle


@pytest.mark.parametrize("count", [2, 20, 30])
@pytest.mark.parametrize("weights", SMALL)
@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float32], ids=str)
def test_a_few_tokens_at_once_go_through_every_block(
    tmp_path: Path, weights: Weights, count: int, dtype: torch.dtype
) -> None:
    model = opened(write(tmp_path / "model", sizes=True), weights, dtype=dtype)
    with torch.inference_mode():
        for size in model.sizes.sizes:
            ids = IDS[:, :count]
            few = model.text(model.embed(ids), ids, size=size)
            assert few.shape[1] == count
            assert few.isfinite().all()


@pytest.mark.parametrize("weights", SMALL)
def test_many_tokens_of_a_narrow_model_are_near_the_exact_ones(
    tmp_path: Path, weights: Weights
) -> None:
    folder = write(tmp_path / "model", sizes=True)
    exact = opened(folder, weights, dtype=torch.float32)
    narrow = opened(folder, weights, dtype=torch.bfloat16)
    for layer, other in zip(narrow.text.layers, exact.text.layers, strict=True):
        for width in (128, 256):
            x = torch.randn(1, 40, 64).bfloat16()
            with torch.inference_mode():
                found, expected = layer.mlp(x, width), other.mlp(x.float(), width)
            assert (found - expected).norm() / expected.norm() < 0.03


def test_the_per_layer_projection_is_in_8_bits_and_some_layers_alone_are_the_same(
    tmp_path: Path,
) -> None:
    folder = write(tmp_path / "model", sizes=True)
    exact = opened(folder, Weights.INT4, dtype=torch.float32).text.per_layer_model_projection
    narrow = opened(folder, Weights.INT4, dtype=torch.bfloat16).text.per_layer_model_projection
    assert isinstance(narrow, Linear8)
    x = torch.randn(3, 64, generator=torch.Generator().manual_seed(1)).bfloat16()
    with torch.inference_mode():
        whole, expected = narrow(x).float(), exact(x.float())
        assert (whole - expected).norm() / expected.norm() < 0.02
        rows = slice(16, 48)
        assert torch.equal(narrow.partly(x, rows).float(), whole[:, rows])
        assert torch.equal(exact.partly(x.float(), rows), expected[:, rows])
