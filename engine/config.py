"""Frozen configurations, read from a checkpoint's own `config.json` in the Hub's layout."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from engine.config_values import bad, end_ids, integer, is_number, mapping, number
from engine.vision.table import VisionConfig, parse_vision


class LayerType(StrEnum):
    """Attention of one decoder layer, spelled as in config.json."""

    SLIDING = "sliding_attention"
    FULL = "full_attention"


@dataclass(frozen=True, slots=True)
class TextConfig:
    """The text decoder. Per-layer tuples have num_hidden_layers entries.

    vocab_size: rows of the token table and of the tied head.
    vocab_size_per_layer_input: rows of the PLE table; ids at or above it use row 0.
    hidden_size_per_layer_input: PLE width P of one layer.
    intermediate_size: FFN width of each layer.
    sliding_window: keys a sliding layer sees, the current token counted.
    num_kv_shared_layers: how many of the last layers read another layer's keys and values.
    activation_sparsity: fraction of gate values cut, 0.0 = dense, of each layer.
    final_logit_softcapping: None = no cap.
    """

    vocab_size: int
    vocab_size_per_layer_input: int
    hidden_size: int
    hidden_size_per_layer_input: int
    num_hidden_layers: int
    intermediate_size: tuple[int, ...]
    num_attention_heads: int
    num_key_value_heads: int
    head_dim: int
    layer_types: tuple[LayerType, ...]
    sliding_window: int
    rope_theta_full: float
    rope_theta_sliding: float
    num_kv_shared_layers: int
    activation_sparsity: tuple[float, ...]
    altup_num_inputs: int = 4
    altup_coef_clip: float | None = 120.0
    laurel_rank: int = 64
    rms_norm_eps: float = 1e-6
    final_logit_softcapping: float | None = 30.0
    max_position_embeddings: int = 32_768

    @property
    def first_shared_layer(self) -> int:
        """Index of the first layer that consumes another layer's keys and values."""
        return self.num_hidden_layers - self.num_kv_shared_layers

    def kv_source(self, layer: int) -> int:
        """Whose keys and values `layer` reads: its own, or those of its type's last producer."""
        if layer < self.first_shared_layer:
            return layer
        producers = self.layer_types[: self.first_shared_layer]
        return len(producers) - 1 - producers[::-1].index(self.layer_types[layer])


@dataclass(frozen=True, slots=True)
class AudioConfig:
    """The audio tower (conformer) and its embedder's table.

    vocab_offset, vocab_size: ids [offset, offset + size) use the embedder's hard path.
    conf_attention_context_left: keys a frame sees, itself counted (13 = self + 12 past).
    sscp_conv_channel_size: channels of the two subsampling convolutions.
    """

    vocab_size: int
    vocab_offset: int
    hidden_size: int
    input_feat_size: int
    rms_norm_eps: float
    sscp_conv_channel_size: tuple[int, int]
    sscp_conv_group_norm_eps: float
    conf_num_hidden_layers: int
    conf_num_attention_heads: int
    conf_attention_context_left: int
    conf_attention_logit_cap: float
    conf_conv_kernel_size: int
    conf_reduction_factor: int
    conf_residual_weight: float


@dataclass(frozen=True, slots=True)
class ModelConfig:
    """A whole checkpoint. audio, vision: None in a text-only export.

    eos_token_ids: every id that ends an answer.
    dtype: of the stored tensors, e.g. "bfloat16".
    raw: the file as it was read, for writing slices.
    """

    text: TextConfig
    audio: AudioConfig | None
    vision: VisionConfig | None
    bos_token_id: int
    pad_token_id: int
    eos_token_ids: tuple[int, ...]
    boi_token_id: int
    eoi_token_id: int
    image_token_id: int
    boa_token_id: int
    eoa_token_id: int
    audio_token_id: int
    vision_soft_tokens_per_image: int
    dtype: str
    raw: dict[str, Any]


REQUIRED_KEYS: dict[str, tuple[str, ...]] = {
    "text_config": (
        "vocab_size",
        "vocab_size_per_layer_input",
        "hidden_size",
        "hidden_size_per_layer_input",
        "num_hidden_layers",
        "intermediate_size",
        "num_attention_heads",
        "num_key_value_heads",
        "head_dim",
        "layer_types",
        "sliding_window",
        "num_kv_shared_layers",
        "activation_sparsity_pattern",
    ),
    "audio_config": (
        "vocab_size",
        "vocab_offset",
        "hidden_size",
        "input_feat_size",
        "rms_norm_eps",
        "sscp_conv_channel_size",
        "sscp_conv_group_norm_eps",
        "conf_num_hidden_layers",
        "conf_num_attention_heads",
        "conf_attention_context_left",
        "conf_attention_logit_cap",
        "conf_conv_kernel_size",
        "conf_reduction_factor",
        "conf_residual_weight",
    ),
    "vision_config": ("vocab_size", "vocab_offset", "hidden_size", "rms_norm_eps"),
}
"""What each section must say. Rope is checked apart: it has an old and a new spelling."""

MODALITY_IDS: dict[str, tuple[str, ...]] = {
    "audio_config": ("boa_token_id", "eoa_token_id", "audio_token_id"),
    "vision_config": ("boi_token_id", "eoi_token_id", "image_token_id"),
}

# A text-only export does not name the ids of the other modalities, yet they must never be drawn.
PUBLISHED_IDS = {
    "boi_token_id": 255_999,
    "eoi_token_id": 262_144,
    "image_token_id": 262_145,
    "boa_token_id": 256_000,
    "eoa_token_id": 262_272,
    "audio_token_id": 262_273,
}

# Switches with one setting in every published model; another one is refused, not ignored.
ONLY_SETTING: dict[str, dict[str, Any]] = {
    "text_config": {
        "altup_active_idx": 0,
        "altup_correct_scale": True,
        "attention_bias": False,
        "hidden_activation": "gelu_pytorch_tanh",
        "rope_scaling": None,
        "tie_word_embeddings": True,
    },
    "audio_config": {
        "conf_attention_context_right": 0,
        "sscp_conv_kernel_size": [[3, 3], [3, 3]],
        "sscp_conv_stride_size": [[2, 2], [2, 2]],
    },
    "vision_config": {},
}


MOST_JSON_BYTES = 1_500_000
"""Of a file that `read_json` reads: the largest index has a third. Lists in lists take 45 times
as much memory."""


def load_config(folder: Path) -> ModelConfig:
    """The configuration in `folder`, with the end ids of generation_config.json added.

    Errors: BAD_MODEL if config.json is missing, unreadable, incomplete or of another architecture.
    """
    config = parse_config(read_json(folder / "config.json"))
    if not (folder / "generation_config.json").is_file():
        return config
    named = read_json(folder / "generation_config.json").get("eos_token_id")
    stops = end_ids(named, "generation_config.json", config.text.vocab_size)
    return replace(config, eos_token_ids=tuple(dict.fromkeys(config.eos_token_ids + stops)))


def read_json(path: Path) -> dict[str, Any]:
    """The object in a JSON file of a model folder. Errors: BAD_MODEL, naming the file."""
    try:
        with path.open("rb") as stream:
            content = stream.read(MOST_JSON_BYTES + 1)
        if len(content) > MOST_JSON_BYTES:
            raise bad(
                f"{path} is larger than {MOST_JSON_BYTES / 1e6} MB, which no model's is: "
                "download it again"
            )
        value = json.loads(content.decode("utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        found = f"has no {path.name}" if path.parent.is_dir() else "is no folder"
        raise bad(
            f"{path.parent} {found}: expected a model folder in the Hub's layout; "
            "choose the folder that holds config.json, the safetensors and tokenizer.model"
        ) from None
    except OSError as error:
        raise bad(
            f"{path} cannot be read ({error.strerror}): check the file, or download it again"
        ) from error
    except (ValueError, RecursionError) as error:
        raise bad(f"{path} cannot be read as JSON ({error}): download the file again") from error
    if not isinstance(value, dict):
        raise bad(
            f"{path} holds a {type(value).__name__}, expected a JSON object: download it again"
        )
    return value


def parse_config(raw: dict[str, Any]) -> ModelConfig:
    """The configuration written in `raw`: of a whole model or of a text-only export.

    Keys that nothing here reads are tolerated. Errors: BAD_MODEL, naming all missing keys at once.
    """
    text_only = "text_config" not in raw
    expected = "gemma3n_text" if text_only else "gemma3n"
    if raw.get("model_type", expected) != expected:
        raise bad(
            f"config.json says model_type {raw['model_type']!r}, expected {expected!r}: "
            "this is not a Gemma 3n model, choose another folder"
        )
    sections = {"text_config": raw if text_only else mapping(raw, "text_config")}
    for name in ("audio_config", "vision_config"):
        if not text_only and raw.get(name) is not None:
            sections[name] = mapping(raw, name)
    if "sscp_conv_eps" in sections.get("audio_config", {}):  # another spelling that is in use
        audio = sections["audio_config"]
        sections["audio_config"] = {"sscp_conv_group_norm_eps": audio["sscp_conv_eps"], **audio}
    _require(raw, sections, text_only)
    for name, section in sections.items():
        for key, setting in ONLY_SETTING[name].items():
            if json.loads(json.dumps(section.get(key, setting))) != setting:
                raise bad(
                    f"config.json sets {key} to {section[key]!r} in {name}, expected {setting!r}: "
                    "no engine of this version runs such a model"
                )
    text = sections["text_config"]
    vision = parse_vision(sections["vision_config"]) if "vision_config" in sections else None
    token_ids = {key: integer({**PUBLISHED_IDS, **raw}, key) for key in PUBLISHED_IDS}
    defaults = {"bos_token_id": 2, "pad_token_id": 0, "vision_soft_tokens_per_image": 256}
    named = {**defaults, **_present(text, defaults), **_present(raw, defaults)}
    if vision is not None and named["vision_soft_tokens_per_image"] != vision.grid**2:
        raise bad(
            f"config.json gives a picture {named['vision_soft_tokens_per_image']} tokens, and its "
            f"tower makes {vision.grid**2}: download config.json again"
        )
    decoder = _text(text)
    stops = raw.get("eos_token_id")
    if stops is None:
        stops = text.get("eos_token_id", 1)
    return ModelConfig(
        text=decoder,
        audio=_audio(sections["audio_config"]) if "audio_config" in sections else None,
        vision=vision,
        eos_token_ids=end_ids(stops, "config.json", decoder.vocab_size),
        dtype=str(
            raw.get("dtype")
            or raw.get("torch_dtype")
            or text.get("dtype")
            or text.get("torch_dtype")
            or "float32"
        ),
        raw=raw,
        **{key: integer(named, key) for key in defaults},
        **token_ids,
    )


def _require(
    raw: Mapping[str, Any], sections: Mapping[str, Mapping[str, Any]], text_only: bool
) -> None:
    missing = []
    for name, section in sections.items():
        prefix = "" if text_only else f"{name}."
        missing += [prefix + key for key in REQUIRED_KEYS[name] if section.get(key) is None]
        missing += [key for key in MODALITY_IDS.get(name, ()) if raw.get(key) is None]
    text = sections["text_config"]
    if not text.get("rope_parameters"):
        missing += [
            ("" if text_only else "text_config.") + key
            for key in ("rope_theta", "rope_local_base_freq")
            if text.get(key) is None
        ]
    if missing:
        raise bad(
            f"config.json lacks {', '.join(missing)}: expected a complete Gemma 3n configuration; "
            "download config.json again"
        )


def _text(section: Mapping[str, Any]) -> TextConfig:
    layers = integer(section, "num_hidden_layers", 1)
    layer_types = _layer_types(section, layers)
    full_theta, sliding_theta = _rope_thetas(section)
    per_layer = ("intermediate_size", "layer_types", "activation_sparsity_pattern")
    counts: dict[str, Any] = {
        key: integer(section, key, _least(key))
        for key in REQUIRED_KEYS["text_config"]
        if key not in per_layer
    }
    optional: dict[str, Any] = {
        key: integer(section, key, 1)
        for key in ("altup_num_inputs", "laurel_rank", "max_position_embeddings")
        if key in section
    }
    for key in ("rms_norm_eps", "altup_coef_clip", "final_logit_softcapping"):
        if key in section:
            off = section[key] is None and key != "rms_norm_eps"
            optional[key] = None if off else number(section, key)
    sparsity = _per_layer(section, "activation_sparsity_pattern", layers)
    config = TextConfig(
        **counts,
        intermediate_size=tuple(map(int, _per_layer(section, "intermediate_size", layers))),
        layer_types=layer_types,
        rope_theta_full=full_theta,
        rope_theta_sliding=sliding_theta,
        activation_sparsity=tuple(map(float, sparsity)),
        **optional,
    )
    _check_text(config)
    return config


def _check_text(config: TextConfig) -> None:
    """Refuse what would fail far from here, or fail silently."""
    first = config.first_shared_layer
    producers = set(config.layer_types[: max(first, 0)])
    if not set(config.layer_types) <= producers:
        raise bad(
            f"config.json shares keys and values from layer {first} on, but not every attention "
            "type has a layer before it that makes them: download config.json again"
        )
    if config.num_attention_heads % config.num_key_value_heads or config.head_dim % 2:
        raise bad(
            f"config.json has {config.num_attention_heads} heads of {config.head_dim} for "
            f"{config.num_key_value_heads} key-value heads: expected a whole number of heads for "
            "each and an even size; download config.json again"
        )
    if not all(0 <= share < 1 for share in config.activation_sparsity):
        raise bad(
            f"config.json has the activation_sparsity_pattern {list(config.activation_sparsity)}: "
            "expected values from 0 to below 1; download config.json again"
        )


def _audio(section: Mapping[str, Any]) -> AudioConfig:
    channels = section["sscp_conv_channel_size"]
    if (
        not isinstance(channels, list | tuple)
        or len(channels) != 2
        or not all(isinstance(channel, int) and channel > 0 for channel in channels)
    ):
        raise bad(
            f"config.json has the sscp_conv_channel_size {channels!r}: expected two numbers; "
            "download config.json again"
        )
    reals = {
        "rms_norm_eps",
        "sscp_conv_group_norm_eps",
        "conf_attention_logit_cap",
        "conf_residual_weight",
    }
    values: dict[str, Any] = {
        key: number(section, key) if key in reals else integer(section, key, _least(key))
        for key in REQUIRED_KEYS["audio_config"]
        if key != "sscp_conv_channel_size"
    }
    config = AudioConfig(**values, sscp_conv_channel_size=(channels[0], channels[1]))
    if config.hidden_size % config.conf_num_attention_heads:
        raise bad(
            f"config.json has {config.conf_num_attention_heads} audio heads for a width of "
            f"{config.hidden_size}: expected a divisor of it; download config.json again"
        )
    return config


def _rope_thetas(section: Mapping[str, Any]) -> tuple[float, float]:
    """(full, sliding), from either spelling."""
    parameters = section.get("rope_parameters")
    if not parameters:
        return number(section, "rope_theta"), number(section, "rope_local_base_freq")
    thetas = []
    for layer_type in (LayerType.FULL, LayerType.SLIDING):
        rope = parameters.get(layer_type) if isinstance(parameters, Mapping) else None
        if not isinstance(rope, Mapping) or rope.get("rope_type", "default") != "default":
            raise bad(
                f"config.json has the rope_parameters {parameters!r}: expected rope_theta of the "
                "default type for full_attention and for sliding_attention; "
                "no engine of this version runs such a model"
            )
        thetas.append(number({"rope_theta": None, **rope}, "rope_theta"))
    return thetas[0], thetas[1]


def _layer_types(section: Mapping[str, Any], layers: int) -> tuple[LayerType, ...]:
    names = section["layer_types"]
    # A published slicing recipe leaves the parent's longer list in place; its prefix is meant.
    known = list(LayerType)
    if (
        isinstance(names, list | tuple)
        and len(names) >= layers
        and all(name in known for name in names)
    ):
        return tuple(LayerType(name) for name in names[:layers])
    raise bad(
        f"config.json has the layer_types {names!r}: expected {layers} of "
        f"{' or '.join(LayerType)}; download config.json again"
    )


def _per_layer(section: Mapping[str, Any], key: str, layers: int) -> tuple[float, ...]:
    value = section[key]
    values = value if isinstance(value, list | tuple) else [value] * layers
    if len(values) != layers or not all(is_number(entry) for entry in values):
        raise bad(
            f"config.json has {key} {value!r}: expected one number, or one for each of the "
            f"{layers} layers; download config.json again"
        )
    return tuple(values)


def _present(section: Mapping[str, Any], keys: Mapping[str, int]) -> dict[str, Any]:
    return {key: section[key] for key in keys if section.get(key) is not None}


def _least(key: str) -> int:
    """The smallest value of a count that makes sense."""
    return 0 if key in ("num_kv_shared_layers", "vocab_offset") else 1
