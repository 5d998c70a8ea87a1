from pathlib import Path

import torch

from engine.checkpoint import Checkpoint
from engine.config import load_config, parse_config
from engine.datatypes import Task
from engine.text.matformer import load_size_table
from engine.training.card import model_card
from engine.training.export import export, record
from engine.training.nano import SIZES, TASKS, Nano, raw_config

MEGABYTE = 1_000_000


def test_an_export_loads_strictly_and_is_small_enough(tmp_path: Path) -> None:
    model = Nano(parse_config(raw_config()), seed=1)
    pieces = tmp_path / "tokenizer.model"
    pieces.write_bytes(b"pieces")
    folder = tmp_path / "export"
    export(model, pieces, folder)
    config = load_config(folder)
    Checkpoint(folder, config)  # every missing, extra or misshapen tensor is an error
    sizes = load_size_table(folder, config.text)
    assert [size.name for size in sizes.sizes] == [size.name for size in SIZES]
    assert sizes.largest.score is None
    assert sizes.tasks == {
        Task.CHAT: None,
        Task.TRANSCRIBE: "Transcribe:",
        Task.TRANSLATE: "Translate into {target}:",
    }
    assert sizes.demonstration
    assert (folder / "tokenizer.model").read_bytes() == b"pieces"
    assert sum(file.stat().st_size for file in folder.iterdir()) < 60 * MEGABYTE


def test_what_was_measured_stands_in_the_size_table_and_on_the_card(tmp_path: Path) -> None:
    pieces = tmp_path / "tokenizer.model"
    pieces.write_bytes(b"pieces")
    export(Nano(parse_config(raw_config()), seed=1), pieces, tmp_path)
    before = load_size_table(tmp_path, parse_config(raw_config()).text)
    record(tmp_path, {"full": 97.5}, {"hear": "| a table |"}, "It was made in two runs.")
    sizes = load_size_table(tmp_path, parse_config(raw_config()).text)
    assert [size.score for size in sizes.sizes] == [None, None, None, 97.5]
    assert sizes.tasks == before.tasks
    card = (tmp_path / "README.md").read_text()
    assert "| a table |" in card
    assert card.endswith("goes on where it was. It was made in two runs.\n")


def test_the_card_names_what_a_model_is_made_for_and_no_more() -> None:
    hears = model_card({Task.TRANSCRIBE}, {})
    assert "writes down" in hears
    assert "Chinese" not in hears
    assert "It translates nothing." in hears
    assert "It does not see." in hears
    assert "fluentui-emoji" not in hears
    sees = model_card({*TASKS, Task.SEE}, {})
    assert "fluentui-emoji" in sees
    assert "simple questions about a picture" in sees
    everything = model_card(set(TASKS), {})
    for word in ("Chinese", "about using Nestling", "Princeton", "Not measured yet."):
        assert word in everything


def test_two_models_of_one_seed_are_equal() -> None:
    one, two = (Nano(parse_config(raw_config()), seed=7) for _ in range(2))
    for name, value in one.state_dict().items():
        assert torch.equal(value, two.state_dict()[name]), name
