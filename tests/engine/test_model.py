"""An opened model: what is read when, in which dtype, and what a person is told."""

import subprocess
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from engine.datatypes import Modality
from engine.errors import ErrorKind, NestlingError
from engine.model import Gemma3n
from tests.checkpoints import random_tensors, tiny_config, write_checkpoint
from tests.page_cache import PAGE, drop, resident_pages

IDS = torch.tensor([[2, 40, 50, 60, 70, 80]])


def logits(model: Gemma3n) -> torch.Tensor:
    with torch.inference_mode():
        return model.text.logits(model.text(model.embed(IDS), IDS))


def test_shards_exports_and_single_files_give_the_same_logits(tmp_path: Path) -> None:
    single = logits(Gemma3n.open(write_checkpoint(tmp_path / "1")))
    sharded = logits(Gemma3n.open(write_checkpoint(tmp_path / "3", shards=3)))
    text = tiny_config(text_only=True)
    export = logits(Gemma3n.open(write_checkpoint(tmp_path / "t", text, shards=2)))
    assert torch.equal(single, sharded)
    assert torch.equal(single, export)


def test_a_text_only_start_touches_no_byte_of_the_towers(tmp_path: Path) -> None:
    """Proven by the page cache: towers in files of their own, these put out of memory first."""
    raw = tiny_config(vision=True)
    raw["vision_config"]["vocab_size"] = 1 << 18  # more than the system reads ahead
    tensors = random_tensors(raw)
    folder = write_checkpoint(tmp_path, raw, shards=2)
    towers = {
        name: t for name, t in tensors.items() if not name.startswith("model.language_model.")
    }
    text = {name: t for name, t in tensors.items() if name.startswith("model.language_model.")}
    files = sorted(folder.glob("*.safetensors"))
    save_file(towers, files[0], {"format": "pt"})
    save_file(text, files[1], {"format": "pt"})
    drop(files[1])

    header = 8 + int.from_bytes(files[0].read_bytes()[:8], "little")
    drop(files[0])
    assert resident_pages(files[0]) == 0

    model = Gemma3n.open(folder)
    logits(model)
    assert resident_pages(files[0], header + PAGE) == 0
    assert resident_pages(files[1]) > 0

    model.audio_tower().feed(model.audio_tower().initial_state(), torch.zeros(4000), final=True)
    assert resident_pages(files[0]) > 0


def test_weights_stay_pages_of_the_file_where_the_dtype_is_the_stored_one(tmp_path: Path) -> None:
    folder = write_checkpoint(tmp_path, dtype=torch.bfloat16)

    def mapped(model: Gemma3n) -> bool:
        address = model.text.layers[0].mlp.gate_proj.weight.data_ptr()
        lines = Path("/proc/self/maps").read_text().splitlines()
        spans = [line.split()[0].split("-") for line in lines if str(folder) in line]
        return any(int(low, 16) <= address < int(high, 16) for low, high in spans)

    assert mapped(Gemma3n.open(folder, dtype=torch.bfloat16))
    assert not mapped(Gemma3n.open(folder, dtype=torch.float64))


@pytest.mark.parametrize("stored", [torch.bfloat16, torch.float16, torch.float32])
def test_a_small_model_computes_in_float32(tmp_path: Path, stored: torch.dtype) -> None:
    model = Gemma3n.open(write_checkpoint(tmp_path, dtype=stored))
    assert model.text.norm.weight.dtype is torch.float32


@pytest.mark.parametrize(
    ("stored", "computed"),
    [
        (torch.bfloat16, torch.bfloat16),
        (torch.float16, torch.float32),
        (torch.float32, torch.float32),
    ],
)
def test_a_large_model_computes_as_stored_but_never_in_float16(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    stored: torch.dtype,
    computed: torch.dtype,
) -> None:
    monkeypatch.setattr("engine.model.SMALL_MODEL_PARAMS", 1000)
    model = Gemma3n.open(write_checkpoint(tmp_path, dtype=stored))
    assert model.text.layers[0].mlp.down_proj.weight.dtype is computed


def test_ids_of_other_modalities_use_their_embedder(tmp_path: Path) -> None:
    model = Gemma3n.open(write_checkpoint(tmp_path, tiny_config(vision=True)))
    config = model.config
    ids = torch.tensor([[2, config.eoa_token_id, 50, config.eoi_token_id]])
    rows = model.embed(ids)
    assert torch.equal(rows[:, ::2], model.text.embed(ids[:, ::2]))
    audio = model.embedder(Modality.AUDIO).hard(ids[:, 1])
    assert torch.equal(rows[:, 1], audio)
    assert torch.equal(rows[:, 3], model.embedder(Modality.VISION).hard(ids[:, 3]))


@pytest.mark.parametrize("wrong", ["eoi_token_id", "vocab_size"])
def test_ids_that_mean_nothing_are_refused(tmp_path: Path, wrong: str) -> None:
    model = Gemma3n.open(write_checkpoint(tmp_path))
    index = model.config.eoi_token_id if wrong == "eoi_token_id" else model.config.text.vocab_size
    with pytest.raises(NestlingError, match=f"token {index}") as caught:
        model.embed(torch.tensor([[2, index]]))
    assert caught.value.kind is ErrorKind.BAD_INPUT


def test_a_text_only_export_cannot_hear_and_says_so(tmp_path: Path) -> None:
    model = Gemma3n.open(write_checkpoint(tmp_path, tiny_config(text_only=True)))
    assert model.modalities == (Modality.TEXT,)
    with pytest.raises(NestlingError, match="cannot hear"):
        model.audio_tower()


def test_the_tokenizer_of_another_model_is_told(tmp_path: Path) -> None:
    raw = tiny_config(text_only=True, vocab_size=200, vocab_size_per_layer_input=200)
    with pytest.raises(NestlingError, match="belongs to another model") as caught:
        Gemma3n.open(write_checkpoint(tmp_path, raw))
    assert caught.value.kind is ErrorKind.BAD_MODEL


@pytest.mark.parametrize("missing", ["config.json", "tokenizer.model", "model.safetensors"])
def test_a_folder_that_lacks_a_file_names_it(tmp_path: Path, missing: str) -> None:
    write_checkpoint(tmp_path)
    (tmp_path / missing).unlink()
    with pytest.raises(NestlingError, match=missing) as caught:
        Gemma3n.open(tmp_path)
    assert caught.value.kind is ErrorKind.BAD_MODEL


def test_no_folder_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(NestlingError, match="is no folder"):
        Gemma3n.open(tmp_path / "nowhere")


def test_a_tower_is_loaded_once_and_released(tmp_path: Path) -> None:
    model = Gemma3n.open(write_checkpoint(tmp_path))
    assert model.part_tensors().keys() == {"text"}
    assert model.audio_tower() is model.audio_tower()
    assert model.part_tensors().keys() == {"text", "audio"}
    model.release(Modality.AUDIO)
    assert model.part_tensors().keys() == {"text"}


def test_weights_take_no_gradient(tmp_path: Path) -> None:
    model = Gemma3n.open(write_checkpoint(tmp_path))
    model.audio_tower()
    assert not any(t.requires_grad for part in model.part_tensors().values() for t in part)


def test_opening_a_model_does_not_import_the_compiler(tmp_path: Path) -> None:
    """It took 2 s of every start on a fast machine, for random weights that nobody needed."""
    write_checkpoint(tmp_path, tiny_config(vision=True))
    script = (
        "import sys; from pathlib import Path; from engine.model import Gemma3n\n"
        "model = Gemma3n.open(Path(sys.argv[1]))\n"
        "model.audio_tower()\n"
        "model.vision_tower()\n"
        "assert 'torch._dynamo' not in sys.modules"
    )
    root = Path(__file__).parents[2]
    subprocess.run([sys.executable, "-c", script, str(tmp_path)], cwd=root, check=True)
