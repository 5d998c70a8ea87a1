"""Written slices in transformers, and our names and shapes of tensors against its modules."""

from pathlib import Path

import pytest
import torch
from transformers import Gemma3nAudioConfig, Gemma3nForCausalLM, Gemma3nTextConfig
from transformers.models.gemma3n.modeling_gemma3n import (
    Gemma3nAudioEncoder,
    Gemma3nMultimodalEmbedder,
    Gemma3nTextModel,
)

from engine.config import parse_config
from engine.layout import audio_shapes, consumer_extras, embedder_shapes, text_shapes
from engine.model import Gemma3n
from engine.slicing import write_slice
from engine.text.matformer import E4B_SIZES, Size, SizeTable, write_matformer
from tests.checkpoints import tiny_config, write_checkpoint
from tests.reference.test_text_reference import exact_reference  # noqa: F401  # a fixture

NARROW, WIDE = 64, 128
SIZES = (
    *(
        Size(size.name, tuple(width // 128 for width in size.widths), size.skip)
        for size in E4B_SIZES
        if size.name in ("E2B", "E1.96B-layer", "E2.54B-layer", "E4B")
    ),
    Size("irregular", (NARROW, WIDE) * 17 + (WIDE,), frozenset({2, 12})),
)
IDS = torch.randint(4, 300, (1, 40), generator=torch.Generator().manual_seed(0))


@pytest.fixture(scope="module")
def elastic(tmp_path_factory: pytest.TempPathFactory) -> Path:
    raw = tiny_config(layers=35, shared=15, pattern="SSSSF", widths=WIDE, hidden=64, text_only=True)
    folder = write_checkpoint(tmp_path_factory.mktemp("elastic"), raw)
    write_matformer(folder, SizeTable(SIZES, (NARROW, WIDE)))
    return folder


@pytest.mark.usefixtures("exact_reference")
@pytest.mark.parametrize("size", SIZES, ids=lambda size: size.name)
def test_a_written_slice_loads_in_transformers(elastic: Path, tmp_path: Path, size: Size) -> None:
    """In fp64, because fp32 noise grows through 30 random layers beyond any bound worth having."""
    write_slice(elastic, size.name, tmp_path / "out")
    reference, report = Gemma3nForCausalLM.from_pretrained(
        tmp_path / "out",
        attn_implementation="eager",
        dtype=torch.float64,
        output_loading_info=True,
    )
    assert not report["missing_keys"]
    assert not report["mismatched_keys"]
    unused = {f"model.{name.removeprefix('language_model.')}" for name in extras(tmp_path / "out")}
    assert set(report["unexpected_keys"]) <= unused
    ours = Gemma3n.open(tmp_path / "out", dtype=torch.float64)
    with torch.inference_mode():
        expected = reference(IDS).logits
        found = ours.text.logits(ours.text(ours.text.embed(IDS), IDS))
    assert 0.5 < float(expected.std()) < 8
    assert float((found - expected).abs().max()) <= 1e-4 * float(expected.std())


def extras(folder: Path) -> frozenset[str]:
    return consumer_extras(Gemma3n.open(folder).config.text)


def shapes(module: torch.nn.Module) -> dict[str, tuple[int, ...]]:
    return {name: tuple(tensor.shape) for name, tensor in module.state_dict().items()}


@pytest.mark.parametrize(("layers", "shared"), [(35, 15), (30, 10)])
def test_names_and_shapes_are_the_reference_s_at_full_size(layers: int, shared: int) -> None:
    reference = Gemma3nTextConfig(num_hidden_layers=layers, num_kv_shared_layers=shared)
    with torch.device("meta"):
        text = shapes(Gemma3nTextModel(reference))
        audio = shapes(Gemma3nAudioEncoder(Gemma3nAudioConfig()))
        embedder = shapes(Gemma3nMultimodalEmbedder(Gemma3nAudioConfig(), reference))
    ids = {"boa_token_id": 256_000, "eoa_token_id": 262_272, "audio_token_id": 262_273}
    config = parse_config(
        {
            "model_type": "gemma3n",
            "text_config": reference.to_dict(),
            "audio_config": Gemma3nAudioConfig().to_dict(),
        }
        | ids
    )
    assert config.audio is not None
    ours = text_shapes(config.text)
    optional = {name.removeprefix("language_model.") for name in consumer_extras(config.text)}
    assert {name: shape for name, shape in ours.items() if name not in optional} == text
    assert audio_shapes(config.audio) == audio
    assert embedder_shapes(128, 1536, 2048) == embedder
