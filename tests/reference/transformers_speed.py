"""Speed of transformers' decoder on a checkpoint, in bfloat16, as JSON on stdout.

    python tests/reference/transformers_speed.py FOLDER THREADS TOKENS LENGTH…

Prints seconds of each prompt's prefill, and tokens a second of decoding after the last one.
"""

import json
import sys
import time
from pathlib import Path

import torch
from transformers import AutoConfig, Gemma3nForCausalLM


@torch.inference_mode()
def main(folder: Path, threads: int, tokens: int, lengths: list[int]) -> None:
    torch.set_num_threads(threads)
    config = AutoConfig.from_pretrained(folder).text_config
    model = Gemma3nForCausalLM.from_pretrained(
        folder,
        config=config,
        dtype=torch.bfloat16,
        key_mapping={r"^model\.language_model\.": "model."},
    ).eval()
    generator = torch.Generator().manual_seed(0)
    rows = config.vocab_size_per_layer_input
    prefill = {}
    for length in lengths:
        ids = torch.randint(3, rows, (1, length), generator=generator)
        for _ in range(2):  # the first time it reads its weights from the file
            begin = time.perf_counter()
            out = model(input_ids=ids, use_cache=True, logits_to_keep=1)
            prefill[length] = time.perf_counter() - begin
    times = []
    for _ in range(tokens):
        index = out.logits[:, -1:].argmax(-1)
        begin = time.perf_counter()
        out = model(input_ids=index, past_key_values=out.past_key_values, use_cache=True)
        times.append(time.perf_counter() - begin)
    times.sort()
    json.dump({"prefill": prefill, "decode": 1 / times[len(times) // 2]}, sys.stdout)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), [int(n) for n in sys.argv[4:]])
