"""The audio encoder: mel frames to conformer frames, in one piece or in many.

A whole clip is one step that is final; there is no second path. Knows no samples and no text.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from engine.audio.attention import window_mask
from engine.audio.conformer import BlockState, ConformerBlock
from engine.audio.subsample import SubsampleConvProjection, SubsampleState
from engine.config import AudioConfig
from engine.norm import RMSNorm


@dataclass(frozen=True, slots=True)
class EncoderState:
    """Where a stream stands between two steps.

    frames: conformer frames made so far.
    """

    subsample: SubsampleState
    blocks: tuple[BlockState, ...]
    frames: int

    @property
    def nbytes(self) -> int:
        """Memory that the state holds."""
        return self.subsample.nbytes + sum(block.nbytes for block in self.blocks)


class AudioEncoder(nn.Module):
    """Parameter names are the Hub's below `model.audio_tower.`.

    Source: spec/audio-vision.md sections 3 to 8.
    """

    def __init__(self, config: AudioConfig) -> None:
        super().__init__()
        self.config = config
        self.subsample_conv_projection = SubsampleConvProjection(config)
        self.conformer = nn.ModuleList(
            ConformerBlock(config) for _ in range(config.conf_num_hidden_layers)
        )

    @property
    def dtype(self) -> torch.dtype:
        """Type of the weights."""
        return self.subsample_conv_projection.input_proj_linear.weight.dtype

    @property
    def device(self) -> torch.device:
        """Where the weights are."""
        return self.subsample_conv_projection.input_proj_linear.weight.device

    def initial_state(self, batch: int = 1) -> EncoderState:
        """The start of `batch` clips."""
        blocks = tuple(block.initial_state(batch) for block in self._blocks())
        return EncoderState(self.subsample_conv_projection.initial_state(batch), blocks, 0)

    def fold(self) -> None:
        """Replace each block's position projection by its rows, fold norms; for inference, once.

        The encoder can no longer be trained or saved afterwards.
        """
        for block in self._blocks():
            block.attention.attn.relative_position_embedding.fold()
        for module in self.modules():
            if isinstance(module, RMSNorm):
                module.fold()

    def forward(
        self,
        mel: Tensor,
        state: EncoderState | None = None,
        *,
        final: bool,
        lengths: Tensor | None = None,
    ) -> tuple[Tensor, EncoderState]:
        """Encode the next mel frames.

        Args:
            mel: float [B, T, bands], natural log; T may be 0.
            state: where the stream stands; None at its start. It is not changed.
            final: the stream ends with these frames; the state returned is a fresh one.
            lengths: int64 [B], mel frames of each clip of a batch padded on the right, each then
                encoded as if it stood alone; only with whole clips (no state, final).

        Returns:
            Frames [B, U, D] at 25 Hz, of which clip i owns the first ceil(lengths[i] / 4), and
            the state after them.
        """
        assert lengths is None or (state is None and final), "lengths go with whole clips only"
        state = state or self.initial_state(mel.shape[0])
        x, subsample = self.subsample_conv_projection(
            mel, state.subsample, final=final, lengths=lengths
        )
        blocks = state.blocks
        if x.shape[1]:
            window = self.config.conf_attention_context_left
            visible = window_mask(x.shape[1], state.frames, window, x.device)
            after = []
            for block, before in zip(self._blocks(), blocks, strict=True):
                x, block_state = block(x, before, visible)
                after.append(block_state)
            blocks = tuple(after)
        if final:
            return x, self.initial_state(mel.shape[0])
        return x, EncoderState(subsample, blocks, state.frames + x.shape[1])

    def _blocks(self) -> list[ConformerBlock]:
        return [block for block in self.conformer if isinstance(block, ConformerBlock)]
