"""The logits of some ids by transformers: a child process of the doctor, and a command.

    python tests/reference/logits_by_transformers.py MODEL_DIR DTYPE IDS OUT

IDS: JSON file with a list of token ids. OUT: written as .npy, float32 [ids, vocabulary].
"""

import json
import sys
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file
from transformers import Gemma3nForCausalLM, Gemma3nTextConfig

_WHOLE, _TEXT_ONLY = "model.language_model.", "model."


def text_weights(folder: Path) -> dict[str, torch.Tensor]:
    """The decoder's weights by the names of `Gemma3nForCausalLM`, mapped, as stored."""
    stored: dict[str, torch.Tensor] = {}
    for file in sorted(folder.glob("*.safetensors")):
        stored |= load_file(file)
    prefix = _WHOLE if any(name.startswith(_WHOLE) for name in stored) else _TEXT_ONLY
    return {
        _TEXT_ONLY + name.removeprefix(prefix): weight
        for name, weight in stored.items()
        if name.startswith(prefix)
    }


def main(folder: Path, dtype: torch.dtype, ids: list[int]) -> np.ndarray:
    raw = json.loads((folder / "config.json").read_text("utf-8"))
    config = Gemma3nTextConfig(**raw.get("text_config", raw))
    model, report = Gemma3nForCausalLM.from_pretrained(
        None,
        config=config,
        state_dict=text_weights(folder),
        dtype=dtype,
        attn_implementation="eager",
        output_loading_info=True,
    )
    missing = set(report["missing_keys"]) - {"lm_head.weight"}
    assert not missing, f"transformers lacks {sorted(missing)[:3]}"
    with torch.inference_mode():
        logits = model.eval()(torch.tensor([ids]), use_cache=False).logits[0]
    return logits.float().numpy()


if __name__ == "__main__":
    _, folder, dtype, ids, out = sys.argv
    torch.set_num_threads(max(1, torch.get_num_threads()))
    np.save(out, main(Path(folder), getattr(torch, dtype), json.loads(Path(ids).read_text())))
