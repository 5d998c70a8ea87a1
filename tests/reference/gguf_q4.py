"""Converts a checkpoint to GGUF in Q4_0 with llama.cpp's own converter, within 4 GB of memory.

    python tests/reference/gguf_q4.py LLAMA_CPP_SOURCES FOLDER OUT.gguf

As `llama-quantize` does for Q4_0, what is small (AltUp, LAuReL, the per-layer projection, norms)
stays as stored; the token table, which it would keep in 6 bits, becomes Q4_0 too. Unlike the
converter alone, the per-layer table is converted some rows at a time: whole it takes 16 GB. Blocks
are rounded by torch, to the same bits as the converter's own NumPy in a fraction of its time.
"""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from engine.checkpoint import Checkpoint
from engine.config import load_config
from engine.layout import PLE_TABLE
from engine.shard import TensorPlace

STEP_ROWS = 4096
STEP_VALUES = 1 << 20  # rounded at once: what a core's cache holds
STAYS = ("altup", "laurel", "per_layer_model_proj")


def q4_0(values: npt.NDArray[np.float32]) -> npt.NDArray[np.uint8]:
    """Blocks of 32 values in 18 bytes, uint8 [..., columns / 32 * 18], of fp32 [..., columns]."""
    blocks = torch.from_numpy(np.ascontiguousarray(values)).view(-1, 32)
    packed = torch.empty(len(blocks), 18, dtype=torch.uint8)
    for part, out in zip(
        torch.split(blocks, STEP_VALUES // 32), torch.split(packed, STEP_VALUES // 32), strict=True
    ):
        low, high = part.aminmax(dim=1, keepdim=True)
        scale = torch.where(high > -low, high, low) / -8
        inverse = torch.where(scale == 0, 0, 1 / scale)
        steps = (part * inverse).add_(8.5).to(torch.uint8).clamp_(max=15)
        out[:, :2] = scale.half().view(torch.uint8)
        out[:, 2:] = steps[:, :16] | steps[:, 16:] << 4
    return packed.view(*values.shape[:-1], -1).numpy()


def main(sources: Path, folder: Path, out: Path) -> None:
    sys.path[:0] = [str(sources), str(sources / "gguf-py")]
    import convert_hf_to_gguf
    import gguf
    from conversion.gemma import Gemma3NModel

    quant = gguf.GGMLQuantizationType.Q4_0
    whole, rounded = Gemma3NModel.modify_tensors, gguf.quants.quantize

    def modified(self: Any, tensor: Any, name: str, layer: int | None) -> Iterable[tuple[str, Any]]:
        if "embed_tokens_per_layer" not in name:
            yield from whole(self, tensor, name, layer)
            return
        place = Checkpoint(folder, load_config(folder)).places[PLE_TABLE]
        assert isinstance(place, TensorPlace)
        rows, columns = place.shape
        stored = np.memmap(place.file, np.uint16, "r", place.offset, place.shape)
        vocabulary = self.hparams["vocab_size"]
        packed = np.zeros((vocabulary, columns // 32 * 18), np.uint8)  # 32 values in 18 bytes
        for start in range(0, rows, STEP_ROWS):
            wide = (stored[start : start + STEP_ROWS].astype(np.uint32) << 16).view(np.float32)
            packed[start : start + len(wide)] = q4_0(wide)
        self.gguf_writer.add_tensor(self.map_tensor_name(name), packed, raw_dtype=quant)

    def forced(self: Any, name: str, new_name: str, layer: int | None, dimensions: int) -> Any:
        stays = dimensions < 2 or any(part in new_name for part in STAYS)
        return False if stays else quant

    def quickly_rounded(data: Any, kind: Any) -> Any:
        return q4_0(data) if kind == quant else rounded(data, kind)

    gguf.quants.quantize = quickly_rounded
    Gemma3NModel.modify_tensors = modified
    Gemma3NModel.tensor_force_quant = forced
    sys.argv = ["convert", str(folder), "--outtype", "bf16", "--outfile", str(out)]
    convert_hf_to_gguf.main()


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
