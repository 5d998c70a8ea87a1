"""The audio tower with its large weights in 8 bits: it hears what it heard, in less memory."""

from pathlib import Path

import pytest
import torch

from engine.audio.conformer import ConformerBlock
from engine.datatypes import CHUNK_SAMPLES, Modality
from engine.model import Gemma3n
from engine.protocol import Loaded
from engine.quant.linear import Linear8
from engine.session import Session
from engine.weights import Weights
from tests.checkpoints import tiny_config, write_checkpoint
from tests.reader import reading


def heard(model: Gemma3n, pcm: torch.Tensor) -> torch.Tensor:
    tower = model.audio_tower()
    with torch.inference_mode():
        return tower.feed(tower.initial_state(), pcm, final=True)[1].float()


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16], ids=str)
def test_trained_ears_hear_nearly_the_same(nano_folder: Path, dtype: torch.dtype) -> None:
    pcm = torch.from_numpy(reading().copy())
    exact, small = (Gemma3n.open(nano_folder, dtype=dtype) for _ in range(2))
    small.small_ears = True
    expected, found = heard(exact, pcm), heard(small, pcm)
    assert float((found - expected).norm() / expected.norm()) < 0.1
    nbytes = {
        model: sum(weight.nbytes for weight in model.part_tensors()[Modality.AUDIO.value])
        for model in (exact, small)
    }
    assert nbytes[small] < nbytes[exact]


def test_small_ears_hear_in_a_stream_what_they_hear_at_once(nano_folder: Path) -> None:
    """Few, several and many frames are computed in three ways; bfloat16 rounds each once."""
    pcm = torch.from_numpy(reading().copy())
    model = Gemma3n.open(nano_folder, dtype=torch.bfloat16)
    model.small_ears = True
    whole = heard(model, pcm)
    tower = model.audio_tower()
    for chunks in (1, 4, 8):
        state, rows = tower.initial_state(), []
        with torch.inference_mode():
            for piece in pcm.split(chunks * CHUNK_SAMPLES):
                state, soft = tower.feed(state, piece)
                rows.append(soft)
            rows.append(tower.feed(state, pcm[:0], final=True)[1])
        streamed = torch.cat(rows).float()
        assert float((streamed - whole).norm() / whole.norm()) < 0.05


def test_a_session_is_told_which_ears_to_have(tmp_path: Path) -> None:
    folder = write_checkpoint(tmp_path / "model", tiny_config())
    for small in (False, True):
        session = Session()
        events = list(session.load(folder, None, Weights.AUTO, small_ears=small))
        assert isinstance(events[-1], Loaded)
        encoder = session.model.audio_tower().audio_tower
        (block, *_) = encoder.conformer
        assert isinstance(block, ConformerBlock)
        assert isinstance(block.ffw_layer_start.ffw_layer_1, Linear8) is small
        session.close()
