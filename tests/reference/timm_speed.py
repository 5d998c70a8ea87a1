"""Seconds of one picture through timm's modules, bfloat16 and channels last, as JSON on stdout.

A process of its own: see tests/reference/beside_timm.py for why timm lies in its own folder.

    PYTHONPATH=.venv/reference python tests/reference/timm_speed.py THREADS PIXELS…
"""

import json
import statistics
import sys
import time

import torch

LOOKS = 3


def main(threads: int, sizes: list[int]) -> None:
    """Print the median of some looks at each size, in seconds, as our own figure is."""
    declared = torch.library.Library("torchvision", "DEF")
    for operator in ("nms", "qnms"):
        declared.define(f"{operator}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    import timm

    torch.set_num_threads(threads)
    torch.manual_seed(0)
    model = timm.create_model("mobilenetv5_300m_enc", pretrained=False).eval()
    model = model.to(torch.bfloat16, memory_format=torch.channels_last)
    found = {}
    with torch.inference_mode():
        for pixels in sizes:
            picture = torch.rand(1, 3, pixels, pixels).to(
                torch.bfloat16, memory_format=torch.channels_last
            )
            model(picture)
            times = []
            for _ in range(LOOKS):
                begin = time.perf_counter()
                model(picture)
                times.append(time.perf_counter() - begin)
            found[pixels] = statistics.median(times)
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main(int(sys.argv[1]), [int(pixels) for pixels in sys.argv[2:]])
