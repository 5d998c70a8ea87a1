"""Folders that MLX quantised: read as MLX reads them, and kept in their few bits."""

from pathlib import Path
from typing import Any

import pytest
import torch

from engine.checkpoint import Checkpoint
from engine.config import load_config
from engine.datatypes import Modality
from engine.errors import ErrorKind, NestlingError
from engine.layout import PLE_TABLE, TOKEN_TABLE
from engine.model import Gemma3n, computing_dtype
from engine.quant.affine import BITS, GROUPS, AffinePlace, AffineTable, AffineWeight
from engine.quant.linear import Linear4, Linear8
from engine.quant.packing import arranged, machine_layout, pack, unpack
from engine.shard import TensorPlace, read_header
from engine.slicing import write_slice
from engine.weights import Weights
from tests.checkpoints import tiny_config
from tests.engine.quant.models import IDS, config, logits, logits_one_by_one
from tests.mlx_model import dequantised, edit, quantised, usual, write_mlx


def place_of(folder: Path, weight: torch.Tensor, group: int, bits: int) -> AffinePlace:
    """A weight quantised by MLX, in a file of its own behind a tensor of odd length."""
    from safetensors.torch import save_file

    names = ("a.weight", "a.scales", "a.biases")
    parts = dict(zip(names, quantised(weight, group, bits), strict=True))
    file = folder / "one.safetensors"
    save_file({"odd": torch.zeros(3, dtype=torch.uint8), **parts}, file)
    places = read_header(file)
    return AffinePlace(*(places[name] for name in names), tuple(weight.shape))


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float16], ids=str)
@pytest.mark.parametrize("group", GROUPS)
@pytest.mark.parametrize("bits", BITS)
def test_numbers_are_those_that_mlx_reads(
    tmp_path: Path, bits: int, group: int, dtype: torch.dtype
) -> None:
    weight = torch.randn(24, 256, generator=torch.Generator().manual_seed(bits)).to(dtype)
    expected = dequantised(quantised(weight, group, bits), group, bits)
    place = place_of(tmp_path, weight, group, bits)
    assert place.is_sound
    assert (place.bits, place.group) == (bits, group)
    # MLX rounds the product, too: in half precision that shows.
    close = {"atol": 1e-6, "rtol": 1e-6} if dtype is torch.float32 else {"atol": 0.03, "rtol": 0.01}
    torch.testing.assert_close(AffineWeight(place).dense(), expected, **close)
    ids = torch.tensor([[3, 23], [3, 0]])
    for columns in (slice(None), slice(40, 200), slice(64, 128), slice(250, 256)):
        rows = AffineTable(place).gather(ids, columns)
        torch.testing.assert_close(rows, expected[ids][..., columns], **close)


def test_four_bits_are_packed_anew_without_rounding(tmp_path: Path) -> None:
    weight = torch.randn(128, 256, generator=torch.Generator().manual_seed(0)).bfloat16()
    weight_of_file = AffineWeight(place_of(tmp_path, weight, 64, 4))
    layout = machine_layout()
    assert layout is not None
    values, scales = weight_of_file.packed(slice(0, 128), slice(0, 256))
    again = unpack(pack(values, layout), arranged(scales.float(), layout), layout).t()
    middle = scales[..., 1].float().abs().max()
    # Only the middle of a range is a new number, rounded once.
    bound = float(middle) * 2**-8
    torch.testing.assert_close(
        again, weight_of_file.numbers(slice(0, 128), slice(0, 256)), atol=bound, rtol=1e-6
    )


def mlx_folder(tmp_path: Path, **settings: Any) -> tuple[Path, Path]:
    raw = config(hidden_size_per_layer_input=32, laurel_rank=32)
    wide = write_mlx(tmp_path / "mlx 模型", raw, **settings)
    return tmp_path / "mlx 模型", wide


def divergence(expected: torch.Tensor, found: torch.Tensor) -> float:
    """Mean Kullback-Leibler divergence, nats a token."""
    first, second = expected.log_softmax(-1), found.log_softmax(-1)
    return float((first.exp() * (first - second)).sum(-1).mean())


@pytest.mark.parametrize("text_only", [False, True])
def test_computes_what_the_same_numbers_give(tmp_path: Path, text_only: bool) -> None:
    folder, wide = mlx_folder(tmp_path, text_only=text_only)
    # As stored is in few bits, whatever is asked for.
    weights = Weights.EXACT if text_only else Weights.INT8
    model, exact = Gemma3n.open(folder, weights=weights), Gemma3n.open(wide)
    assert model.prepared is not None
    assert {piece.bits for piece in model.prepared.pieces.values()} == {4, 8}  # keys are narrow
    torch.testing.assert_close(model.embed(IDS), exact.embed(IDS), atol=1e-5, rtol=1e-5)
    for ours in (logits(model), logits_one_by_one(model)):
        assert divergence(logits(exact), ours) < 5e-3  # the keys' 8 bits


def test_the_second_opening_reads_what_the_first_has_packed(tmp_path: Path) -> None:
    folder, _ = mlx_folder(tmp_path)
    first = Gemma3n.open(folder)
    assert first.prepared is not None
    written = first.prepared.file.stat().st_mtime_ns
    again = Gemma3n.open(folder)
    assert again.prepared is not None
    assert again.prepared.file.stat().st_mtime_ns == written
    assert torch.equal(logits(first), logits(again))


def test_without_a_packing_of_this_machine_weights_are_widened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, wide = mlx_folder(tmp_path)
    monkeypatch.setattr("engine.quant.choice.machine_layout", lambda: None)
    model = Gemma3n.open(folder)
    assert model.prepared is None
    torch.testing.assert_close(logits(model), logits(Gemma3n.open(wide)), atol=1e-4, rtol=1e-4)


def test_modules_may_have_bits_and_groups_of_their_own(tmp_path: Path) -> None:
    def rule(module: str) -> tuple[int, int] | None:
        if "down_proj" in module:
            return 32, 6
        if "embed_tokens" in module:
            return 32, 8
        if "up_proj" in module:
            return 64, 3
        return None if "v_proj" in module or "altup" in module else usual(module)

    folder, wide = mlx_folder(tmp_path, rule=rule)
    model, exact = Gemma3n.open(folder), Gemma3n.open(wide)
    layer = model.text.layers[0]
    assert isinstance(layer.mlp.down_proj[0], Linear8)
    assert isinstance(layer.mlp.up_proj[0], Linear4)
    assert divergence(logits(exact), logits(model)) < 1e-2


def test_towers_are_read_whatever_the_order_of_their_channels(tmp_path: Path) -> None:
    raw = tiny_config(hidden=64, widths=64, vision=True)
    wide = write_mlx(tmp_path / "mlx", raw)
    model, exact = Gemma3n.open(tmp_path / "mlx"), Gemma3n.open(wide)
    assert model.modalities == exact.modalities
    for modality in (Modality.AUDIO, Modality.VISION):
        ours = model.read_tower(modality).state_dict()
        theirs = exact.read_tower(modality).state_dict()
        assert ours.keys() == theirs.keys()
        for name, tensor in theirs.items():
            torch.testing.assert_close(ours[name], tensor, atol=1e-6, rtol=1e-6)
            assert ours[name].is_contiguous()
    assert model.tower_params(Modality.AUDIO) == exact.tower_params(Modality.AUDIO)


def test_towers_that_are_described_but_not_stored_are_not_offered(tmp_path: Path) -> None:
    raw = tiny_config(hidden=64, widths=64, vision=True)
    write_mlx(tmp_path / "mlx", raw, text_only=True)
    assert Gemma3n.open(tmp_path / "mlx").modalities == (Modality.TEXT,)


def test_half_precision_of_the_scales_is_computed_in_bfloat16(tmp_path: Path) -> None:
    folder, _ = mlx_folder(tmp_path, dtype=torch.float16)
    checkpoint = Checkpoint(folder, load_config(folder))
    for name, place in checkpoint.places.items():
        if name not in (TOKEN_TABLE, PLE_TABLE):
            assert place.dtype is torch.float16
    assert computing_dtype(checkpoint) is torch.float32  # a small model
    model = Gemma3n.open(folder, dtype=torch.bfloat16)
    assert logits(model).isfinite().all()


def refused(folder: Path) -> str:
    with pytest.raises(NestlingError) as caught:
        Gemma3n.open(folder)
    assert caught.value.kind is ErrorKind.BAD_MODEL
    return caught.value.message


def test_what_is_no_affine_weight_is_refused_by_name(tmp_path: Path) -> None:
    folder, _ = mlx_folder(tmp_path)
    name = "language_model.model.layers.0.mlp.up_proj"
    edit(folder, lambda tensors: {k: v for k, v in tensors.items() if k != f"{name}.biases"})
    message = refused(folder)
    assert f"{name}.scales" in message
    assert f"{name}.weight" in message
    edit(
        folder,
        lambda tensors: {
            k: v[:, :-1].contiguous() if k == "language_model.model.embed_tokens.scales" else v
            for k, v in tensors.items()
        },
    )
    assert "language_model.model.embed_tokens.weight" in refused(folder)


@pytest.mark.parametrize("shape", [(), (0,), (3,), (3, 0), (3, 5), (2, 2, 2)], ids=str)
def test_parts_of_any_shape_are_no_crash(shape: tuple[int, ...]) -> None:
    def part(dtype: torch.dtype, *sizes: int) -> TensorPlace:
        return TensorPlace(Path("x"), dtype, sizes, 0, 0)

    sound = part(torch.uint32, 64, 8), part(torch.bfloat16, 64, 1), part(torch.bfloat16, 64, 1)
    assert AffinePlace(*sound, (64, 64)).is_sound
    assert not AffinePlace(*sound, shape).is_sound
    for index, dtype in enumerate((torch.uint32, torch.bfloat16, torch.bfloat16)):
        parts = [*sound]
        parts[index] = part(dtype, *shape)
        assert not AffinePlace(*parts, (64, 64)).is_sound


def test_a_size_is_not_cut_out_of_it(tmp_path: Path) -> None:
    folder, _ = mlx_folder(tmp_path)
    with pytest.raises(NestlingError, match="MLX has quantised") as caught:
        write_slice(folder, "full", tmp_path / "out")
    assert caught.value.kind is ErrorKind.BAD_INPUT
    assert not (tmp_path / "out").exists()
