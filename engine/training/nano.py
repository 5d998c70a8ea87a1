"""The bundled model's shape, and its modules at random before training."""

from typing import Any

import torch
from torch import Tensor, nn

from engine.audio.encoder import AudioEncoder
from engine.audio.tower import AudioTower
from engine.config import ModelConfig
from engine.datatypes import Task
from engine.embedder import MultimodalEmbedder
from engine.text.matformer import Size
from engine.text.model import TextModel
from engine.training.tokenizer import PIECES

SPLITS = (384, 768)
INSTRUCTION = "Transcribe:"
TRANSLATE = "Translate into {target}:"
IS_SEEN = "is there {condition}"
TASKS: dict[Task, str | None] = {
    Task.CHAT: None,
    Task.TRANSCRIBE: INSTRUCTION,
    Task.TRANSLATE: TRANSLATE,
}
LAYERS = 12
CONFORMERS = 9
DROPPED_BLOCK = frozenset({6, 7, 8})  # consumers of both kinds, which the smallest size leaves out
BRANCH_SCALE = 0.2  # of every residual branch before training
_BRANCH_ENDS = (
    "post_layer_norm.weight",
    "post_norm.weight",
    "lconv1d.linear_end.weight",
    "post_attention_layernorm.weight",
    "post_feedforward_layernorm.weight",
    "post_laurel_norm.weight",
    "post_per_layer_input_norm.weight",
)
BEAMS = 4  # when it writes down what was said: more make nothing better
SIZES = (
    Size("small", (384,) * LAYERS, DROPPED_BLOCK, None),
    Size("small-12", (384,) * LAYERS, frozenset(), None),
    Size("mixed", (384, 768) * (LAYERS // 2), frozenset(), None),
    Size("full", (768,) * LAYERS, frozenset(), None),
)

_MODALITY_IDS = 128  # rows reserved for each modality above the text pieces
_VISION, _AUDIO = PIECES, PIECES + _MODALITY_IDS


def raw_config() -> dict[str, Any]:
    """`config.json` in the Hub's layout."""
    text = {
        "model_type": "gemma3n_text",
        "vocab_size": PIECES + 2 * _MODALITY_IDS,
        "vocab_size_per_layer_input": PIECES,
        "hidden_size": 192,
        "hidden_size_per_layer_input": 32,
        "num_hidden_layers": LAYERS,
        "intermediate_size": [768] * LAYERS,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "head_dim": 48,
        "layer_types": ["sliding_attention", "sliding_attention", "full_attention"] * 4,
        "sliding_window": 128,
        "rope_theta": 1_000_000.0,
        "rope_local_base_freq": 10_000.0,
        "rope_scaling": None,
        "num_kv_shared_layers": 6,
        "activation_sparsity_pattern": [0.75] * 3 + [0.0] * (LAYERS - 3),
        "altup_num_inputs": 4,
        "altup_active_idx": 0,
        "altup_coef_clip": 120.0,
        "altup_correct_scale": True,
        "laurel_rank": 32,
        "rms_norm_eps": 1e-6,
        "final_logit_softcapping": 30.0,
        "max_position_embeddings": 4096,
        "hidden_activation": "gelu_pytorch_tanh",
        "attention_bias": False,
        "attention_dropout": 0.0,
        "initializer_range": 0.02,
        "use_cache": True,
        "pad_token_id": 0,
        "eos_token_id": 1,
        "bos_token_id": 2,
        "torch_dtype": "bfloat16",
    }
    audio = {
        "model_type": "gemma3n_audio",
        "vocab_size": _MODALITY_IDS,
        "vocab_offset": _AUDIO,
        "hidden_size": 192,
        "input_feat_size": 128,
        "rms_norm_eps": 1e-6,
        "gradient_clipping": 1e10,
        "sscp_conv_channel_size": [24, 16],
        "sscp_conv_group_norm_eps": 1e-3,
        "sscp_conv_kernel_size": [[3, 3], [3, 3]],
        "sscp_conv_stride_size": [[2, 2], [2, 2]],
        "conf_num_hidden_layers": CONFORMERS,
        "conf_num_attention_heads": 4,
        "conf_attention_chunk_size": 12,
        "conf_attention_context_left": 13,
        "conf_attention_context_right": 0,
        "conf_attention_logit_cap": 50.0,
        "conf_conv_kernel_size": 5,
        "conf_reduction_factor": 4,
        "conf_residual_weight": 0.5,
        "torch_dtype": "bfloat16",
    }
    return {
        "architectures": ["Gemma3nForConditionalGeneration"],
        "model_type": "gemma3n",
        "text_config": text,
        "audio_config": audio,
        "audio_soft_tokens_per_image": 188,
        "vision_soft_tokens_per_image": 256,
        "bos_token_id": 2,
        "pad_token_id": 0,
        "eos_token_id": [1, 6],
        "boi_token_id": 7,
        "boa_token_id": 8,
        "eoi_token_id": _VISION,
        "image_token_id": _VISION + 1,
        "eoa_token_id": _AUDIO,
        "audio_token_id": _AUDIO + 1,
        "initializer_range": 0.02,
        "torch_dtype": "bfloat16",
    }


class Nano(nn.Module):
    """Both halves that hear. Their names below `model.` are `export`'s business.

    Args:
        config: of the whole model; it must have an audio tower.
        seed: of the weights to start from.
        splits: nested widths of the feed-forward networks.
    """

    def __init__(self, config: ModelConfig, seed: int, splits: tuple[int, ...] = SPLITS) -> None:
        super().__init__()
        assert config.audio is not None
        audio, text = config.audio, config.text
        self.config = config
        self.language_model = TextModel(text, splits=splits)
        self.language_model.initialise(seed)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            embedder = MultimodalEmbedder(
                audio.vocab_size,
                audio.vocab_offset,
                audio.hidden_size,
                text.hidden_size,
                audio.rms_norm_eps,
            )
            self.tower = AudioTower(AudioEncoder(audio), embedder)
        self._quieten()

    @torch.no_grad()
    def _quieten(self) -> None:
        """Let the residual paths dominate at first.

        Every branch ends in a norm: at weight one, a dozen branches that know nothing yet would
        drown what came in.
        """
        for name, parameter in self.named_parameters():
            if name.endswith(_BRANCH_ENDS):
                parameter.mul_(BRANCH_SCALE)

    @property
    def piece_table(self) -> Tensor:
        """Rows of the token table that stand for text, [pieces, D]."""
        return self.language_model.embed_tokens.weight[:PIECES]
