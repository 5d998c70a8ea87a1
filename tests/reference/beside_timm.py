"""A process of its own for timm and torchvision: figures as JSON on stdout.

They lie in a folder that only this process searches, since transformers imports torchvision once
it can, and PyPI's torchvision needs the two declarations below to be imported with another build
of torch.
"""

import json
import sys
from pathlib import Path

import torch


def main(kind: str, *arguments: str) -> None:
    declared = torch.library.Library("torchvision", "DEF")
    for operator in ("nms", "qnms"):
        declared.define(f"{operator}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    from tests.reference import timm_figures

    torch.set_num_threads(1)
    figures = getattr(timm_figures, kind)
    json.dump(dict(figures(*map(Path, arguments))), sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
