"""The tower in an opened model: precision, missing bias, coming and going."""

import math
from pathlib import Path

import numpy as np
import pytest
import torch

from engine.datatypes import Modality
from engine.embedder import MultimodalEmbedder
from engine.errors import ErrorKind, NestlingError
from engine.layout import embedder_shapes, vision_shapes
from engine.model import Gemma3n
from engine.training.eyes import vision_config
from engine.vision.encoder import MobileNetV5
from engine.vision.preprocess import resized
from engine.vision.table import VisionConfig, parse_vision
from engine.vision.tower import VisionTower
from tests.checkpoints import TINY_TOWER, random_tensors, tiny_config, write_checkpoint
from tests.tiny_vision import randomise, section

SLIM = parse_vision(section(64, {"channel_multiplier": 0.125}))
STEM_BIAS = "model.vision_tower.timm_model.conv_stem.conv.bias"


def tower(config: VisionConfig, dtype: torch.dtype = torch.float32) -> VisionTower:
    embedder = MultimodalEmbedder(8, 0, config.hidden_size, 32)
    made = VisionTower(MobileNetV5(config), embedder)
    randomise(made, 0)
    return made.to(dtype).requires_grad_(False)


def pictures(count: int, size: int) -> torch.Tensor:
    generator = torch.Generator().manual_seed(1)
    return torch.randint(0, 256, (count, size, size, 3), generator=generator, dtype=torch.uint8)


@pytest.mark.parametrize("size", [256, 512, 768])
def test_every_size_makes_the_same_number_of_tokens(size: int) -> None:
    seeing = tower(SLIM)
    assert seeing.tokens == 256
    rows = seeing(pictures(1, size))
    assert rows.shape == (1, 256, 32)
    # The embedder's norm: the decoder takes the rows as they are.
    assert torch.allclose(rows.square().mean(-1), torch.ones(1, 256), atol=1e-3)


def test_pictures_of_a_batch_do_not_see_each_other() -> None:
    seeing, both = tower(SLIM), pictures(2, 256)
    alone = torch.cat([seeing(both[:1]), seeing(both[1:])])
    assert torch.allclose(seeing(both), alone, atol=1e-5)


def test_half_precision_keeps_the_features() -> None:
    """The bound of spec/audio-vision.md section 19, with layer scales as small as trained ones."""
    exact, half = tower(SLIM), tower(SLIM, torch.bfloat16)
    shown = pictures(1, 256)
    with torch.no_grad():
        for seeing in (exact, half):
            for name, weight in seeing.named_parameters():
                if name.endswith("gamma"):
                    weight.mul_(0.1)
    expected, found = exact(shown), half(shown)
    assert found.dtype is torch.bfloat16
    error = (found.float() - expected).norm() / expected.norm()
    assert error < 5e-2


def test_an_export_without_the_stems_bias_has_zeros_there(tmp_path: Path) -> None:
    raw = tiny_config(vision=True)
    tensors = random_tensors(raw)
    shown = pictures(1, 64)
    rows = []
    for name, bias in (("zero", torch.zeros(8)), ("none", None)):
        written = {key: tensor for key, tensor in tensors.items() if key != STEM_BIAS}
        if bias is not None:
            written[STEM_BIAS] = bias
        model = Gemma3n.open(write_checkpoint(tmp_path / name, raw, written))
        rows.append(model.vision_tower()(shown))
    assert torch.equal(*rows)
    one = Gemma3n.open(write_checkpoint(tmp_path / "one", raw, tensors)).vision_tower()
    assert not torch.equal(one(shown), rows[0])


def test_the_tower_comes_with_the_first_picture_and_goes_on_demand(tmp_path: Path) -> None:
    model = Gemma3n.open(write_checkpoint(tmp_path, tiny_config(vision=True)))
    assert model.modalities == (Modality.TEXT, Modality.AUDIO, Modality.VISION)
    assert not model.has_tower(Modality.VISION)
    seeing = model.vision_tower()
    assert model.vision_tower() is seeing
    assert model.embedder(Modality.VISION) is seeing.embed_vision
    held = sum(tensor.numel() for tensor in model.part_tensors()["vision"])
    assert held == model.tower_params(Modality.VISION)
    model.release(Modality.VISION)
    assert not model.has_tower(Modality.VISION)
    assert "vision" not in model.part_tensors()


def test_a_picture_of_the_towers_size_is_not_resized() -> None:
    rgb = np.random.default_rng(0).integers(0, 256, (256, 256, 3), np.uint8)
    assert np.array_equal(resized(rgb, 256).numpy(), rgb)
    mirrored = rgb[:, ::-1]
    assert np.array_equal(resized(mirrored, 256).numpy(), mirrored)


def changed(**block: object) -> dict[str, object]:
    args = dict(TINY_TOWER)
    stages = [list(stage) for stage in args["block_args"]]
    stages[2][1] = stages[2][1] | block
    return args | {"block_args": stages}


@pytest.mark.parametrize(
    "wrong",
    [
        section(24, {"stem": 8}),
        section(24, TINY_TOWER) | {"architecture": "resnet50"},
        section(24, [8]),  # type: ignore[arg-type]
        section(24, {"block_args": []}),
        section(24, {"block_args": [[], []]}),
        section(24, {"block_args": [["er"], ["er"]]}),
        section(24, changed(block_type="cn")),
        section(24, changed(se_ratio=0.25)),
        section(24, changed(noskip=True)),
        section(24, changed(out_chs=32)),
        section(24, changed(stride=2)),
        section(24, changed(value_dim=16)),
        section(24, changed(surprise=1)),
        section(24, {"stem_size": 0}),
        section(24, {"channel_multiplier": "wide"}),
    ],
)
def test_towers_that_are_not_built_here_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(NestlingError) as caught:
        parse_vision(wrong)
    assert caught.value.kind is ErrorKind.BAD_MODEL


def test_a_stride_needs_a_kernel() -> None:
    bare = {"block_type": "uir", "out_chs": 16, "stride": 2, "dw_kernel_size_mid": 0}
    with pytest.raises(NestlingError, match="block_args"):
        parse_vision(section(24, {"block_args": [[bare], [bare]]}))


def test_nanos_eyes_have_every_kind_of_block_and_the_stated_size() -> None:
    config = parse_vision(vision_config(5000, 128))
    kinds = {type(block) for stage in config.stages for block in stage}
    assert len(kinds) == 3
    embedder = embedder_shapes(config.vocab_size, config.hidden_size, 192)
    counts = [
        sum(math.prod(shape) for shape in shapes.values())
        for shapes in (vision_shapes(config), embedder)
    ]
    assert (counts[0], sum(counts)) == (1_988_400, 2_647_856)
    assert sum(weight.numel() for weight in MobileNetV5(config).parameters()) == counts[0]


def test_the_published_tower_has_eighty_four_blocks() -> None:
    config = parse_vision(section(2048, None))
    assert [len(stage) for stage in config.stages] == [3, 5, 37, 39]
    assert (config.stem, config.grid) == (64, 16)
    assert config.fused_channels == 1920
    assert config.fusion_mid == 3840
    assert parse_vision(section(2048, {})) == config
