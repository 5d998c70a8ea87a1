"""Converts a checkpoint to GGUF in Q4_0 with llama.cpp's own converter, within 4 GB of memory.

    python tests/reference/gguf_q4.py LLAMA_CPP_SOURCES FOLDER OUT.gguf

As `llama-quantize` does for Q4_0, what is small (AltUp, LAuReL, the per-layer projection, norms)
stays as stored; the token table, which it would keep in 6 bits, becomes Q4_0 too. Unlike the
converter alone, the per-layer table is converted some rows at a time: whole it takes 16 GB.
"""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from engine.checkpoint import Checkpoint
from engine.config import load_config
from engine.layout import PLE_TABLE

STEP_ROWS = 4096
STAYS = ("altup", "laurel", "per_layer_model_proj")


def main(sources: Path, folder: Path, out: Path) -> None:
    sys.path[:0] = [str(sources), str(sources / "gguf-py")]
    import convert_hf_to_gguf
    import gguf
    from conversion.gemma import Gemma3NModel

    quant = gguf.GGMLQuantizationType.Q4_0
    whole = Gemma3NModel.modify_tensors

    def modified(self: Any, tensor: Any, name: str, layer: int | None) -> Iterable[tuple[str, Any]]:
        if "embed_tokens_per_layer" not in name:
            yield from whole(self, tensor, name, layer)
            return
        place = Checkpoint(folder, load_config(folder)).places[PLE_TABLE]
        rows, columns = place.shape
        stored = np.memmap(place.file, np.uint16, "r", place.offset, place.shape)
        vocabulary = self.hparams["vocab_size"]
        packed = np.zeros((vocabulary, columns // 32 * 18), np.uint8)  # 32 values in 18 bytes
        for start in range(0, rows, STEP_ROWS):
            wide = (stored[start : start + STEP_ROWS].astype(np.uint32) << 16).view(np.float32)
            packed[start : start + len(wide)] = gguf.quants.quantize(wide, quant)
        self.gguf_writer.add_tensor(self.map_tensor_name(name), packed, raw_dtype=quant)

    def forced(self: Any, name: str, new_name: str, layer: int | None, dimensions: int) -> Any:
        stays = dimensions < 2 or any(part in new_name for part in STAYS)
        return False if stays else quant

    Gemma3NModel.modify_tensors = modified
    Gemma3NModel.tensor_force_quant = forced
    sys.argv = ["convert", str(folder), "--outtype", "bf16", "--outfile", str(out)]
    convert_hf_to_gguf.main()


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
