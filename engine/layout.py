"""Names and shapes of every tensor that a checkpoint of a given configuration holds.

Names are the Hub's below `model.` (`language_model.` for the text decoder).
Source: spec/text.md 7.1, spec/audio-vision.md sections 7 and 11.
"""

import math

from engine.config import AudioConfig, ModelConfig, TextConfig
from engine.datatypes import Modality
from engine.vision.table import AttentionSpec, BlockSpec, EdgeSpec, VisionConfig

Shapes = dict[str, tuple[int, ...]]

LANGUAGE_MODEL = "language_model."
AUDIO_TOWER = "audio_tower."
EMBED_AUDIO = "embed_audio."
VISION_TOWER = "vision_tower.timm_model."
EMBED_VISION = "embed_vision."
TOKEN_TABLE = LANGUAGE_MODEL + "embed_tokens.weight"
PLE_TABLE = LANGUAGE_MODEL + "embed_tokens_per_layer.weight"
# Written by the official converter as zeros; some exports leave it out.
STEM_BIAS = "conv_stem.conv.bias"
# Stored by some exports although it is the token table once more.
TIED_HEAD = "lm_head.weight"

GROUPS = {
    Modality.TEXT: (LANGUAGE_MODEL,),
    Modality.AUDIO: (AUDIO_TOWER, EMBED_AUDIO),
    Modality.VISION: (VISION_TOWER, EMBED_VISION),
}

_CONSUMER_EXTRAS = ("k_proj.weight", "v_proj.weight", "k_norm.weight")
_SSCP_KERNEL = (3, 3)
_SSCP_STRIDE = 2  # of the frequency axis, in each of the two convolutions


def expected_shapes(config: ModelConfig) -> Shapes:
    """Every tensor that the engine knows of such a model, optional ones included."""
    text_width = config.text.hidden_size
    shapes = {LANGUAGE_MODEL + name: shape for name, shape in text_shapes(config.text).items()}
    if config.audio is not None:
        audio = config.audio
        shapes |= {AUDIO_TOWER + name: shape for name, shape in audio_shapes(audio).items()}
        embedder = embedder_shapes(audio.vocab_size, audio.hidden_size, text_width)
        shapes |= {EMBED_AUDIO + name: shape for name, shape in embedder.items()}
    if config.vision is not None:
        vision = config.vision
        shapes |= {VISION_TOWER + name: shape for name, shape in vision_shapes(vision).items()}
        embedder = embedder_shapes(vision.vocab_size, vision.hidden_size, text_width)
        shapes |= {EMBED_VISION + name: shape for name, shape in embedder.items()}
    return shapes


def consumer_extras(config: TextConfig) -> frozenset[str]:
    """Key and value tensors of layers that read another layer's: stored, and used by nothing."""
    return frozenset(
        f"{LANGUAGE_MODEL}layers.{layer}.self_attn.{name}"
        for layer in range(config.first_shared_layer, config.num_hidden_layers)
        for name in _CONSUMER_EXTRAS
    )


def text_shapes(config: TextConfig) -> Shapes:
    """The text decoder's tensors below `language_model.`."""
    width, layers = config.hidden_size, config.num_hidden_layers
    per_layer = config.hidden_size_per_layer_input
    shapes: Shapes = {
        "embed_tokens.weight": (config.vocab_size, width),
        "embed_tokens_per_layer.weight": (
            config.vocab_size_per_layer_input,
            layers * per_layer,
        ),
        "per_layer_model_projection.weight": (layers * per_layer, width),
        "per_layer_projection_norm.weight": (per_layer,),
        "norm.weight": (width,),
    }
    for stream in range(config.altup_num_inputs - 1):
        shapes[f"altup_projections.{stream}.weight"] = (width, width)
        shapes[f"altup_unembed_projections.{stream}.weight"] = (width, width)
    for layer, ffn in enumerate(config.intermediate_size):
        layer_shapes = _layer_shapes(config, ffn)
        shapes |= {f"layers.{layer}.{name}": shape for name, shape in layer_shapes.items()}
    return shapes


def _layer_shapes(config: TextConfig, ffn: int) -> Shapes:
    width, head = config.hidden_size, config.head_dim
    queries, keys = config.num_attention_heads * head, config.num_key_value_heads * head
    streams, rank = config.altup_num_inputs, config.laurel_rank
    per_layer = config.hidden_size_per_layer_input
    return {
        "input_layernorm.weight": (width,),
        "post_attention_layernorm.weight": (width,),
        "pre_feedforward_layernorm.weight": (width,),
        "post_feedforward_layernorm.weight": (width,),
        "self_attn.q_proj.weight": (queries, width),
        "self_attn.k_proj.weight": (keys, width),
        "self_attn.v_proj.weight": (keys, width),
        "self_attn.o_proj.weight": (width, queries),
        "self_attn.q_norm.weight": (head,),
        "self_attn.k_norm.weight": (head,),
        "mlp.gate_proj.weight": (ffn, width),
        "mlp.up_proj.weight": (ffn, width),
        "mlp.down_proj.weight": (width, ffn),
        "altup.correct_output_scale": (width,),
        "altup.correction_coefs.weight": (streams, streams),
        "altup.prediction_coefs.weight": (streams * streams, streams),
        "altup.modality_router.weight": (streams, width),
        "altup.router_norm.weight": (width,),
        "laurel.linear_left.weight": (rank, width),
        "laurel.linear_right.weight": (width, rank),
        "laurel.post_laurel_norm.weight": (width,),
        "per_layer_input_gate.weight": (per_layer, width),
        "per_layer_projection.weight": (width, per_layer),
        "post_per_layer_input_norm.weight": (width,),
    }


def audio_shapes(config: AudioConfig) -> Shapes:
    """The audio tower's tensors below `audio_tower.`."""
    width = config.hidden_size
    first, second = config.sscp_conv_channel_size
    bands = math.ceil(math.ceil(config.input_feat_size / _SSCP_STRIDE) / _SSCP_STRIDE)
    subsample = "subsample_conv_projection."
    shapes: Shapes = {
        f"{subsample}conv_0.conv.weight": (first, 1, *_SSCP_KERNEL),
        f"{subsample}conv_0.norm.weight": (first,),
        f"{subsample}conv_1.conv.weight": (second, first, *_SSCP_KERNEL),
        f"{subsample}conv_1.norm.weight": (second,),
        f"{subsample}input_proj_linear.weight": (width, second * bands),
    }
    block = _conformer_shapes(config)
    for layer in range(config.conf_num_hidden_layers):
        shapes |= {f"conformer.{layer}.{name}": shape for name, shape in block.items()}
    return shapes


def _conformer_shapes(config: AudioConfig) -> Shapes:
    width = config.hidden_size
    shapes: Shapes = {}
    for part in ("ffw_layer_start", "ffw_layer_end"):
        shapes |= {
            f"{part}.pre_layer_norm.weight": (width,),
            f"{part}.ffw_layer_1.weight": (4 * width, width),
            f"{part}.ffw_layer_2.weight": (width, 4 * width),
            f"{part}.post_layer_norm.weight": (width,),
        }
    for projection in ("q_proj", "k_proj", "v_proj", "relative_position_embedding.pos_proj"):
        shapes[f"attention.attn.{projection}.weight"] = (width, width)
    return shapes | {
        "attention.pre_attn_norm.weight": (width,),
        "attention.attn.per_dim_scale": (width // config.conf_num_attention_heads,),
        "attention.post.weight": (width, width),
        "attention.post_norm.weight": (width,),
        "lconv1d.pre_layer_norm.weight": (width,),
        "lconv1d.linear_start.weight": (2 * width, width),
        "lconv1d.depthwise_conv1d.weight": (width, 1, config.conf_conv_kernel_size),
        "lconv1d.conv_norm.weight": (width,),
        "lconv1d.linear_end.weight": (width, width),
        "norm.weight": (width,),
    }


def vision_shapes(config: VisionConfig) -> Shapes:
    """The vision tower's tensors below `vision_tower.timm_model.`."""
    shapes: Shapes = {
        "conv_stem.conv.weight": (config.stem, 3, 3, 3),
        STEM_BIAS: (config.stem,),
        "conv_stem.bn.weight": (config.stem,),
    }
    for stage, blocks in enumerate(config.stages):
        for index, spec in enumerate(blocks):
            block = _block_shapes(spec)
            shapes |= {f"blocks.{stage}.{index}.{name}": shape for name, shape in block.items()}
    mid = config.fusion_mid
    return shapes | {
        **_normed("msfa.ffn.pw_exp", (mid, config.fused_channels, 1, 1)),
        **_normed("msfa.ffn.pw_proj", (config.hidden_size, mid, 1, 1)),
        "msfa.norm.weight": (config.hidden_size,),
    }


def _block_shapes(spec: BlockSpec) -> Shapes:
    if isinstance(spec, EdgeSpec):
        return {
            "conv_exp.weight": (spec.mid, spec.channels, spec.kernel, spec.kernel),
            "bn1.weight": (spec.mid,),
            "conv_pwl.weight": (spec.out, spec.mid, 1, 1),
            "bn2.weight": (spec.out,),
        }
    if isinstance(spec, AttentionSpec):
        return _attention_shapes(spec)
    shapes: Shapes = {}
    if spec.start:
        shapes |= _normed("dw_start", (spec.channels, 1, spec.start, spec.start))
    shapes |= _normed("pw_exp", (spec.mid, spec.channels, 1, 1))
    if spec.middle:
        shapes |= _normed("dw_mid", (spec.mid, 1, spec.middle, spec.middle))
    shapes |= _normed("pw_proj", (spec.out, spec.mid, 1, 1))
    return shapes | {"layer_scale.gamma": (spec.out,)}


def _attention_shapes(spec: AttentionSpec) -> Shapes:
    width, inner = spec.channels, spec.heads * spec.head_dim
    shapes: Shapes = {"norm.weight": (width,), "attn.query.proj.weight": (inner, width, 1, 1)}
    for part in ("key", "value"):
        if spec.kv_stride > 1:
            shapes[f"attn.{part}.down_conv.weight"] = (width, 1, spec.kernel, spec.kernel)
            shapes[f"attn.{part}.norm.weight"] = (width,)
        shapes[f"attn.{part}.proj.weight"] = (spec.head_dim, width, 1, 1)
    return shapes | {
        "attn.output.proj.weight": (width, inner, 1, 1),
        "layer_scale.gamma": (width,),
    }


def _normed(name: str, shape: tuple[int, ...]) -> Shapes:
    """A convolution and the norm behind it."""
    return {f"{name}.conv.weight": shape, f"{name}.bn.weight": shape[:1]}


def embedder_shapes(rows: int, width: int, text_width: int) -> Shapes:
    """One modality's embedder below `embed_audio.` or `embed_vision.`."""
    return {
        "embedding.weight": (rows, width),
        "hard_embedding_norm.weight": (width,),
        "soft_embedding_norm.weight": (width,),
        "embedding_projection.weight": (text_width, width),
    }
