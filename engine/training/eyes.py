"""The eyes for the bundled model: their shape. Knows no training data.

Every kind of block of the published tower at a small width; features 2048 wide like its, since the
reference's fusion adapter has no other width, so that transformers opens such a checkpoint too.
"""

from typing import Any

from engine.vision.table import ARCHITECTURE, attention, bottleneck, edge

HIDDEN = 2048
GRID = 8  # of nano's soft tokens: a quarter of the published number, for a decoder of this size
PIXELS = (
    128  # a side, at which nano looks at every picture: one cell of its last but one map a token
)


def vision_config(vocab_offset: int, vocab_size: int, grid: int = 16) -> dict[str, Any]:
    """The `vision_config` of config.json: 1,988,400 parameters, with nano's embedder 2,647,856.

    A picture of 256 pixels takes 36 ms on one core (AVX-512), one of 768 pixels 280 ms.

    vocab_offset, vocab_size: ids [offset, offset + size) are the modality's own.
    grid: soft tokens of a side.
    """
    return {
        "model_type": "gemma3n_vision",
        "architecture": ARCHITECTURE,
        "do_pooling": False,
        "hidden_size": HIDDEN,
        "vocab_offset": vocab_offset,
        "vocab_size": vocab_size,
        "rms_norm_eps": 1e-6,
        "model_args": {
            "stem_size": 16,
            "msfa_output_resolution": grid,
            "block_args": [
                [edge(24, stride=2, ratio=2.0), edge(24, ratio=2.0)],
                [bottleneck(40, 3, 5, stride=2), bottleneck(40, 5), bottleneck(40, 3)],
                [
                    bottleneck(80, 5, 5, stride=2),
                    *(bottleneck(80, 5) for _ in range(3)),
                    bottleneck(80, ratio=1.0),
                    *[attention(80, 4, 16, kv_stride=2), bottleneck(80, ratio=2.0)] * 2,
                ],
                [
                    bottleneck(160, 5, 5, stride=2),
                    *[attention(160, 4, 32), bottleneck(160, ratio=2.0)] * 3,
                ],
            ],
        },
    }


def with_eyes(raw: dict[str, Any]) -> dict[str, Any]:
    """A nano's `config.json` with the vision half that its ids are reserved for."""
    offset = raw["eoi_token_id"]
    rows = raw["audio_config"]["vocab_offset"] - offset
    vision = vision_config(offset, rows, GRID)
    return raw | {"vision_config": vision, "vision_soft_tokens_per_image": GRID**2}
