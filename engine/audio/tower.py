"""Hearing: samples in, rows for the text decoder out, 6.25 a second. Knows no prompt."""

from dataclasses import dataclass

from torch import Tensor, nn

from engine.audio.encoder import AudioEncoder, EncoderState
from engine.audio.frontend import LogMel, MelState, mel_frames
from engine.audio.subsample import STRIDE
from engine.embedder import MultimodalEmbedder


@dataclass(frozen=True, slots=True)
class AudioState:
    """Where one stream of sound stands. Nothing changes it, so keeping it is saving it."""

    mel: MelState
    encoder: EncoderState

    @property
    def nbytes(self) -> int:
        """Memory that the state holds."""
        return self.mel.nbytes + self.encoder.nbytes


class AudioTower(nn.Module):
    """Front end, encoder, reduction by four and the embedder's soft path.

    Its state dict is the Hub's below `model.`: `audio_tower.` and `embed_audio.`.

    Source: spec/audio-vision.md sections 6 and 8.
    """

    def __init__(self, encoder: AudioEncoder, embedder: MultimodalEmbedder) -> None:
        super().__init__()
        self.audio_tower = encoder
        self.embed_audio = embedder
        self.reduction = encoder.config.conf_reduction_factor
        self._front = LogMel(encoder.config.input_feat_size)

    def initial_state(self) -> AudioState:
        """The start of a stream; also what resets one."""
        return AudioState(self._front.initial_state(), self.audio_tower.initial_state())

    def feed(
        self, state: AudioState, pcm: Tensor, *, final: bool = False
    ) -> tuple[AudioState, Tensor]:
        """Hear more sound and give the soft tokens that are certain now.

        Args:
            state: of this stream; it is not changed.
            pcm: float [n_samples], mono, -1..1, 16 kHz, any number of samples. Every 2560
                samples (160 ms) bring one token, from the first on.
            final: the stream ends here; the state returned is a fresh one.

        Returns:
            The next state and rows [n_tokens, text hidden]; they never change later.
        """
        mel_state, mel = self._front.step(state.mel, pcm, final=final)
        encoder = self.audio_tower
        mel = mel.to(encoder.device, encoder.dtype)
        frames, encoder_state = encoder(mel[None], state.encoder, final=final)
        start = -state.encoder.frames % self.reduction
        soft = self.embed_audio.soft(frames[0, start :: self.reduction])
        return AudioState(mel_state, encoder_state), soft

    def token_count(self, n_samples: int) -> int:
        """Soft tokens of a whole clip of `n_samples` samples."""
        return token_count(n_samples, self.reduction)

    def encode(self, mel: Tensor, lengths: Tensor) -> Tensor:
        """Frames at 25 Hz of whole clips padded on the right, for training.

        mel: [B, T, bands]; lengths: int64 [B], mel frames of each clip.
        Returns [B, ceil(T / 4), D]; clip i owns the first ceil(lengths[i] / 4).
        """
        frames: Tensor = self.audio_tower(mel, final=True, lengths=lengths)[0]
        return frames

    def soft_tokens(self, frames: Tensor) -> Tensor:
        """Frames [B, U, D] of whole clips -> rows [B, ceil(U / 4), text hidden].

        Clip i owns the first ceil(lengths[i] / 16).
        """
        return self.embed_audio.soft(frames[:, :: self.reduction])


def token_count(n_samples: int, reduction: int) -> int:
    """Soft tokens of a whole clip of `n_samples` samples; reduction: frames of 40 ms for each."""
    frames = -(-mel_frames(n_samples) // STRIDE**2)
    return -(-frames // reduction)
