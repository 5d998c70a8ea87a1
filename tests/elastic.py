"""A random checkpoint with E4B's proportions: its layers, its 16 sizes, its widths made small."""

from dataclasses import replace
from pathlib import Path

from engine.text.matformer import E4B_SIZES, SizeTable, write_matformer
from tests.checkpoints import tiny_config, write_checkpoint


def write_elastic(folder: Path, *, hidden: int = 128, wide: int = 1024, seed: int = 0) -> Path:
    """The folder of a model whose feed-forward networks are nearly all of it, as E4B's are.

    Weights are stored as they are computed with, and so are pages of the file.
    """
    raw = tiny_config(
        layers=35,
        shared=15,
        pattern="SSSSF",
        hidden=hidden,
        widths=[wide] * 35,
        audio=False,
        activation_sparsity_pattern=[0.95] * 10 + [0.0] * 25,
    )
    write_checkpoint(folder, raw, seed=seed)
    narrow = wide // 2
    sizes = tuple(
        replace(size, widths=tuple(wide if w == 16_384 else narrow for w in size.widths))
        for size in E4B_SIZES
    )
    write_matformer(folder, SizeTable(sizes, (narrow, wide)))
    return folder
