"""Frozen configurations, read from a checkpoint's own `config.json` in the Hub's layout."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


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
class VisionConfig:
    """The vision tower's embedder table and what its own file says of the tower."""

    vocab_size: int
    vocab_offset: int
    hidden_size: int
    rms_norm_eps: float
    model_args: dict[str, Any]


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
