"""Tiny random checkpoints in the Hub's layout: every mechanism at a width that tests can afford."""

import functools
import io
import json
import math
from pathlib import Path
from typing import Any

import sentencepiece
import torch
from safetensors.torch import save_file
from torch import Tensor

from engine.config import parse_config
from engine.layout import LANGUAGE_MODEL, expected_shapes
from engine.vision import table

CONTROL_PIECES = ["<mask>", "<start_of_image>", "<start_of_audio>"]
USER_PIECES = ["<start_of_turn>", "<end_of_turn>", "<b>", *("\n" * n for n in range(1, 5))]
MODALITY_IDS = 8  # ids of each modality's hard embeddings
# Every kind of block; a picture is 4 soft tokens.
TINY_TOWER: dict[str, Any] = {
    "stem_size": 8,
    "msfa_output_resolution": 2,
    "block_args": [
        [table.edge(8, stride=2), table.edge(8)],
        [table.bottleneck(16, 3, 5, stride=2), table.bottleneck(16, 5)],
        [
            table.bottleneck(16, 5, 5, stride=2),
            table.attention(16, 2, 8, kv_stride=2),
            table.bottleneck(16, ratio=1.0),
        ],
        [
            table.bottleneck(24, 5, stride=2),
            table.attention(24, 3, 8),
            table.bottleneck(24, ratio=2.0),
        ],
    ],
}
_TEXTS = [
    "user model system Transcribe: the quick brown fox jumps over the lazy dog",
    "hello world, how are you today? <b>fine</b>  thank you; 12 apples and 7 pears\n",
]


@functools.cache
def tokenizer_bytes() -> bytes:
    """A sentencepiece model with the family's settings and special pieces.

    As in the family's own file, the turn marks are user-defined pieces: typing one would match it.
    """
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(_TEXTS * 40),
        model_writer=model,
        model_type="bpe",
        vocab_size=352,
        hard_vocab_limit=False,
        byte_fallback=True,
        split_digits=True,
        add_dummy_prefix=False,
        remove_extra_whitespaces=False,
        normalization_rule_name="identity",
        allow_whitespace_only_pieces=True,
        pad_id=0,
        eos_id=1,
        bos_id=2,
        unk_id=3,
        pad_piece="<pad>",
        eos_piece="<eos>",
        bos_piece="<bos>",
        unk_piece="<unk>",
        control_symbols=CONTROL_PIECES,
        user_defined_symbols=USER_PIECES,
        num_threads=1,
        minloglevel=2,
    )
    return model.getvalue()


def tiny_config(
    *,
    layers: int = 12,
    shared: int = 6,
    pattern: str = "SSF",
    widths: int | list[int] = 48,
    hidden: int = 32,
    audio: bool = True,
    vision: bool = False,
    text_only: bool = False,
    **text: Any,
) -> dict[str, Any]:
    """A config.json. pattern: attention types, repeated; text: more keys of text_config."""
    processor = sentencepiece.SentencePieceProcessor()
    processor.LoadFromSerializedProto(tokenizer_bytes())
    pieces = processor.get_piece_size()
    names = {"S": "sliding_attention", "F": "full_attention"}
    text_config = {
        "model_type": "gemma3n_text",
        "vocab_size": pieces + 2 * MODALITY_IDS,
        "vocab_size_per_layer_input": pieces,
        "hidden_size": hidden,
        "hidden_size_per_layer_input": 8,
        "num_hidden_layers": layers,
        "intermediate_size": widths,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "head_dim": 8,
        "layer_types": [names[pattern[layer % len(pattern)]] for layer in range(layers)],
        "sliding_window": 8,
        "rope_theta": 1_000_000.0,
        "rope_local_base_freq": 10_000.0,
        "num_kv_shared_layers": shared,
        "activation_sparsity_pattern": [0.75 if layer < 3 else 0.0 for layer in range(layers)],
        "altup_num_inputs": 4,
        "altup_coef_clip": 120.0,
        "laurel_rank": 4,
        "rms_norm_eps": 1e-6,
        "final_logit_softcapping": 30.0,
        "max_position_embeddings": 512,
        **text,
    }
    end_of_turn = processor.piece_to_id("<end_of_turn>")
    shared_keys = {"eos_token_id": [1, end_of_turn], "bos_token_id": 2, "pad_token_id": 0}
    if text_only:
        return {**text_config, **shared_keys, "architectures": ["Gemma3nForCausalLM"]}
    config: dict[str, Any] = {
        "architectures": ["Gemma3nForConditionalGeneration"],
        "model_type": "gemma3n",
        "text_config": text_config,
        "boi_token_id": processor.piece_to_id("<start_of_image>"),
        "eoi_token_id": pieces,
        "image_token_id": pieces + 1,
        "boa_token_id": processor.piece_to_id("<start_of_audio>"),
        "eoa_token_id": pieces + MODALITY_IDS,
        "audio_token_id": pieces + MODALITY_IDS + 1,
        "vision_soft_tokens_per_image": 4,
        **shared_keys,
    }
    if audio:
        config["audio_config"] = {
            "vocab_size": MODALITY_IDS,
            "vocab_offset": pieces + MODALITY_IDS,
            "hidden_size": 16,
            "input_feat_size": 128,
            "rms_norm_eps": 1e-6,
            "sscp_conv_channel_size": [4, 2],
            "sscp_conv_group_norm_eps": 1e-3,
            "conf_num_hidden_layers": 2,
            "conf_num_attention_heads": 2,
            "conf_attention_context_left": 13,
            "conf_attention_logit_cap": 50.0,
            "conf_conv_kernel_size": 5,
            "conf_reduction_factor": 4,
            "conf_residual_weight": 0.5,
        }
    if vision:
        config["vision_config"] = {
            "vocab_size": MODALITY_IDS,
            "vocab_offset": pieces,
            "hidden_size": 24,
            "rms_norm_eps": 1e-6,
            "architecture": table.ARCHITECTURE,
            "model_args": TINY_TOWER,
        }
    return config


def random_tensors(
    raw: dict[str, Any], *, seed: int = 0, dtype: torch.dtype = torch.float32
) -> dict[str, Tensor]:
    """Weights for a config.json by their stored names; norms and coefficients random too."""
    generator = torch.Generator().manual_seed(seed)
    text_prefix = "model." if "text_config" not in raw else "model." + LANGUAGE_MODEL
    shapes = expected_shapes(parse_config(raw))
    tensors = {}
    for name, shape in shapes.items():
        values = torch.randn(shape, generator=generator)
        if len(shape) == 1:
            values = 1 + 0.2 * values
        elif name.endswith("embed_tokens.weight"):
            values = 0.15 * values
        elif not name.endswith("coefs.weight"):
            values = values / math.sqrt(math.prod(shape[1:]))
        text = name.startswith(LANGUAGE_MODEL)
        stored = text_prefix + name.removeprefix(LANGUAGE_MODEL) if text else "model." + name
        tensors[stored] = values.to(dtype)
    return tensors


def wordy_tensors(raw: dict[str, Any], *, seed: int = 0) -> dict[str, Tensor]:
    """Random weights that write words and nothing else, and never end of their own accord.

    The table of tokens is that of the output, too: a row of zeros has the logit 0, and some word
    of so many has more.
    """
    processor = sentencepiece.SentencePieceProcessor()
    processor.LoadFromSerializedProto(tokenizer_bytes())
    tensors = random_tensors(raw, seed=seed)
    (table_name,) = [
        name for name in tensors if name.endswith("language_model.embed_tokens.weight")
    ]
    for index in range(processor.get_piece_size()):
        if not processor.id_to_piece(index).lstrip("\N{LOWER ONE EIGHTH BLOCK}").isalpha():
            tensors[table_name][index] = 0.0
    return tensors


def write_checkpoint(
    folder: Path,
    raw: dict[str, Any] | None = None,
    tensors: dict[str, Tensor] | None = None,
    *,
    shards: int = 1,
    dtype: torch.dtype = torch.float32,
    seed: int = 0,
) -> Path:
    """Write a whole model folder and return it. shards above 1: an index, names dealt in turn."""
    raw = tiny_config() if raw is None else raw
    tensors = random_tensors(raw, seed=seed, dtype=dtype) if tensors is None else tensors
    folder.mkdir(parents=True, exist_ok=True)
    raw = {**raw, "torch_dtype": str(dtype).removeprefix("torch.")}
    (folder / "config.json").write_text(json.dumps(raw), encoding="utf-8")
    generation = {"eos_token_id": raw["eos_token_id"], "top_k": 64, "top_p": 0.95}
    (folder / "generation_config.json").write_text(json.dumps(generation), encoding="utf-8")
    (folder / "tokenizer.model").write_bytes(tokenizer_bytes())
    if shards == 1:
        save_file(tensors, folder / "model.safetensors", {"format": "pt"})
        return folder
    weight_map: dict[str, str] = {}
    for shard in range(shards):
        file = f"model-{shard + 1:05}-of-{shards:05}.safetensors"
        dealt = {name: tensors[name] for name in list(tensors)[shard::shards]}
        save_file(dealt, folder / file, {"format": "pt"})
        weight_map |= dict.fromkeys(dealt, file)
    index = {"metadata": {}, "weight_map": weight_map}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index), encoding="utf-8")
    return folder
