"""Checkpoints of exactly the released shape with random values: for timing and for tests.

The weights of E2B and E4B are behind a licence; their names, shapes, types and files are not.
Source: spec/text.md 1 and 7, spec/audio-vision.md section 11.
"""

import json
import math
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from engine.checkpoint import INDEX_FILE
from engine.config import parse_config
from engine.errors import ErrorKind, NestlingError
from engine.layout import LANGUAGE_MODEL, PLE_TABLE, TOKEN_TABLE, expected_shapes
from engine.shard import StoredTensor, write_safetensors
from engine.tokenizer import FILE_NAME as TOKENIZER_FILE
from engine.vocabulary import renumbered

SIZES = {"E2B": (30, 10, 8_192), "E4B": (35, 15, 16_384)}
"""Layers, layers that read another's keys, feed-forward width."""

SHARD_BYTES = 5_000_000_000
# Pieces that prompts hold, where the published vocabulary has them (spec/text.md 9.1).
PIECE_IDS = {
    "<start_of_turn>": 105,
    "<end_of_turn>": 106,
    "\n": 107,
    "\n\n": 108,
    "\n\n\n": 109,
    "\n\n\n\n": 110,
    "<start_of_image>": 255_999,
    "<start_of_audio>": 256_000,
}
TEXT_PIECES = 262_144

_STEP_VALUES = 16 << 20  # drawn at once: 64 MB
# Coefficients that mix streams, small enough that 35 layers keep activations of unit size.
_MIXING = 0.1


def published_config(layers: int, shared: int, width: int) -> dict[str, Any]:
    """What the published config.json of a size says."""
    pattern = ["sliding_attention"] * 4 + ["full_attention"]
    text = {
        "model_type": "gemma3n_text",
        "vocab_size": 262_400,
        "vocab_size_per_layer_input": TEXT_PIECES,
        "hidden_size": 2_048,
        "hidden_size_per_layer_input": 256,
        "num_hidden_layers": layers,
        "intermediate_size": [width] * layers,
        "num_attention_heads": 8,
        "num_key_value_heads": 2,
        "head_dim": 256,
        "layer_types": pattern * (layers // len(pattern)),
        "sliding_window": 512,
        "rope_theta": 1_000_000.0,
        "rope_local_base_freq": 10_000.0,
        "rope_scaling": None,
        "num_kv_shared_layers": shared,
        "activation_sparsity_pattern": [0.95] * 10 + [0.0] * (layers - 10),
        "altup_num_inputs": 4,
        "altup_coef_clip": 120.0,
        "laurel_rank": 64,
        "rms_norm_eps": 1e-6,
        "final_logit_softcapping": 30.0,
        "max_position_embeddings": 32_768,
        "query_pre_attn_scalar": 256,
    }
    audio = {
        "vocab_size": 128,
        "vocab_offset": 262_272,
        "hidden_size": 1_536,
        "input_feat_size": 128,
        "rms_norm_eps": 1e-6,
        "sscp_conv_channel_size": [128, 32],
        "sscp_conv_group_norm_eps": 1e-3,
        "conf_num_hidden_layers": 12,
        "conf_num_attention_heads": 8,
        "conf_attention_context_left": 13,
        "conf_attention_logit_cap": 50.0,
        "conf_conv_kernel_size": 5,
        "conf_reduction_factor": 4,
        "conf_residual_weight": 0.5,
    }
    vision = {
        "vocab_size": 128,
        "vocab_offset": TEXT_PIECES,
        "hidden_size": 2_048,
        "rms_norm_eps": 1e-6,
        "architecture": "mobilenetv5_300m_enc",
        "model_args": None,
    }
    return {
        "architectures": ["Gemma3nForConditionalGeneration"],
        "model_type": "gemma3n",
        "text_config": text,
        "audio_config": audio,
        "vision_config": vision,
        "boi_token_id": PIECE_IDS["<start_of_image>"],
        "eoi_token_id": TEXT_PIECES,
        "image_token_id": TEXT_PIECES + 1,
        "boa_token_id": PIECE_IDS["<start_of_audio>"],
        "eoa_token_id": 262_272,
        "audio_token_id": 262_273,
        "vision_soft_tokens_per_image": 256,
        "eos_token_id": [1, PIECE_IDS["<end_of_turn>"]],
        "bos_token_id": 2,
        "pad_token_id": 0,
        "torch_dtype": "bfloat16",
    }


def text_only_config(raw: dict[str, Any]) -> dict[str, Any]:
    """The config.json of the text decoder alone."""
    kept = ("eos_token_id", "bos_token_id", "pad_token_id", "torch_dtype")
    return {
        **raw["text_config"],
        **{key: raw[key] for key in kept},
        "architectures": ["Gemma3nForCausalLM"],
    }


def write_random(
    folder: Path, raw: dict[str, Any], vocabulary: Path, *, shard_bytes: int = SHARD_BYTES
) -> None:
    """Write a model folder for a config.json, with random bfloat16 weights, tensor by tensor.

    Memory in use stays below 0.5 GB. The configuration is written last.

    Args:
        folder: made where it does not exist.
        vocabulary: a model folder whose pieces are used, filled up to the published number.

    Errors: DISK if it cannot be written.
    """
    text_prefix = "model." if "text_config" not in raw else "model." + LANGUAGE_MODEL
    shapes = expected_shapes(parse_config(raw))
    shards: list[list[tuple[str, StoredTensor]]] = []
    room = 0
    for name in sorted(shapes, key=_place_in_order):
        text = name.startswith(LANGUAGE_MODEL)
        stored = text_prefix + name.removeprefix(LANGUAGE_MODEL) if text else "model." + name
        tensor = StoredTensor(stored, torch.bfloat16, shapes[name])
        if not shards or tensor.nbytes > room:
            shards.append([])
            room = shard_bytes
        shards[-1].append((name, tensor))
        room -= tensor.nbytes
    try:
        folder.mkdir(parents=True, exist_ok=True)
        weight_map: dict[str, str] = {}
        for number, shard in enumerate(shards, 1):
            file = f"model-{number:05}-of-{len(shards):05}.safetensors"
            write_safetensors(
                folder / file,
                [tensor for _, tensor in shard],
                (part for name, tensor in shard for part in _drawn(name, tensor.shape)),
            )
            weight_map |= {tensor.name: file for _, tensor in shard}
        total = sum(tensor.nbytes for shard in shards for _, tensor in shard)
        index = {"metadata": {"total_size": total}, "weight_map": weight_map}
        (folder / TOKENIZER_FILE).write_bytes(
            renumbered((vocabulary / TOKENIZER_FILE).read_bytes(), PIECE_IDS, TEXT_PIECES)
        )
        generation = {"eos_token_id": raw["eos_token_id"], "top_k": 64, "top_p": 0.95}
        for file, value in (
            (INDEX_FILE, index),
            ("generation_config.json", generation),
            ("config.json", raw),
        ):
            (folder / file).write_text(json.dumps(value, indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        raise NestlingError(
            ErrorKind.DISK,
            f"{folder} cannot be written ({error.strerror}): expected room for the checkpoint and "
            "the right to write there; choose another place",
        ) from error


def _place_in_order(name: str) -> tuple[int, str]:
    """As the released shards: towers with the token table, then PLE with the first layers."""
    if not name.startswith(LANGUAGE_MODEL):
        return 1, name
    return {TOKEN_TABLE: 0, PLE_TABLE: 2}.get(name, 3), name


def _drawn(name: str, shape: tuple[int, ...]) -> Iterator[Tensor]:
    """Values of one tensor, the same each time, a part at a time."""
    generator = torch.Generator().manual_seed(zlib.crc32(name.encode()))
    scale, shift = 1.0, 0.0
    if len(shape) == 1:
        scale, shift = 0.2, 1.0
    elif name == TOKEN_TABLE:
        scale = 0.05
    elif name == PLE_TABLE:
        scale = 0.1
    elif name.endswith("coefs.weight"):
        scale = _MIXING
    else:
        scale = math.prod(shape[1:]) ** -0.5
    total = math.prod(shape)
    values = torch.empty(min(total, _STEP_VALUES))
    for start in range(0, total, _STEP_VALUES):
        part = values[: min(_STEP_VALUES, total - start)]
        part.normal_(shift, scale, generator=generator)
        yield part.to(torch.bfloat16)
