"""An opened model folder: configuration, tokenizer, sizes and networks. Knows no conversation."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from engine.audio.encoder import AudioEncoder
from engine.audio.tower import AudioTower
from engine.checkpoint import Checkpoint
from engine.config import AudioConfig, ModelConfig, VisionConfig, load_config
from engine.datatypes import Modality
from engine.embedder import MultimodalEmbedder
from engine.errors import ErrorKind, NestlingError
from engine.layout import AUDIO_TOWER, EMBED_AUDIO, EMBED_VISION, LANGUAGE_MODEL, TOKEN_TABLE
from engine.text.matformer import Size, SizeTable, effective_params, load_size_table
from engine.text.model import TextModel
from engine.text.ple import PleTable
from engine.tokenizer import Tokenizer

# A small model gains nothing from half precision on a processor, and loses accuracy.
SMALL_MODEL_PARAMS = 300_000_000

_Module = TypeVar("_Module", bound=nn.Module)


class Gemma3n:
    """A model in memory. The text decoder is there from the start, towers when first asked for.

    Weights stay file-backed where the computing dtype is the stored one.

    State: which towers are loaded; `release` drops one.
    """

    def __init__(
        self,
        checkpoint: Checkpoint,
        tokenizer: Tokenizer,
        sizes: SizeTable,
        dtype: torch.dtype,
        device: torch.device,
    ) -> None:
        self.folder = checkpoint.folder
        self.config: ModelConfig = checkpoint.config
        self.tokenizer = tokenizer
        self.sizes = sizes
        self.dtype = dtype
        self.device = device
        self._checkpoint = checkpoint
        self._audio_tower: AudioTower | None = None
        self._embedders: dict[Modality, MultimodalEmbedder] = {}
        place = checkpoint.ple_location()
        ple = PleTable(
            place.file,
            offset=place.offset,
            rows=place.shape[0],
            width=place.shape[1],
            dtype=place.dtype,
        )
        self.text = self._built(
            lambda: TextModel(self.config.text, splits=sizes.splits, ple=ple), LANGUAGE_MODEL
        )

    @classmethod
    def open(
        cls, folder: Path, *, dtype: torch.dtype | None = None, device: str = "cpu"
    ) -> "Gemma3n":
        """Open the model in `folder`, which is only read.

        Args:
            folder: in the Hub's layout.
            dtype: to compute in. None = float32 below 300 million text parameters, else as stored
                (float16, which Gemma 3n overflows, becomes float32).
            device: of the weights and the caches.

        Errors: BAD_MODEL, one sentence that names the file or the tensors.
        """
        config = load_config(folder)
        tokenizer = Tokenizer(folder)
        if tokenizer.size > config.text.vocab_size:
            raise NestlingError(
                ErrorKind.BAD_MODEL,
                f"the tokenizer.model in {folder} has {tokenizer.size} pieces, expected at most "
                f"the {config.text.vocab_size} of config.json: it belongs to another model, "
                "download both again",
            )
        sizes = load_size_table(folder, config.text)
        checkpoint = Checkpoint(folder, config)
        if dtype is None:
            dtype = computing_dtype(checkpoint)
        return cls(checkpoint, tokenizer, sizes, dtype, torch.device(device))

    @property
    def modalities(self) -> tuple[Modality, ...]:
        """What this engine can take in with this model."""
        heard = (Modality.AUDIO,) if self.config.audio is not None else ()
        return (Modality.TEXT, *heard)

    def effective_params(self, size: Size) -> int:
        """What the family's names count, as the 4 in E4B: of this checkpoint at `size`."""
        unused_keys = self._checkpoint.has_unused_keys
        return effective_params(self.config.text, size, unused_keys=unused_keys)

    def embed(self, ids: Tensor) -> Tensor:
        """Decoder inputs [B, T, D] of any ids [B, T], those of other modalities included.

        Errors: BAD_INPUT for ids that neither the text nor a modality of this model has.
        """
        text_ids = self.config.text.vocab_size_per_layer_input
        rows = self.text.embed(ids.clamp(max=text_ids - 1))
        known = (ids >= 0) & (ids < text_ids)
        for modality, section in self._sections().items():
            first = section.vocab_offset
            inside = (ids >= first) & (ids < first + section.vocab_size)
            if inside.any():
                rows[inside] = self.embedder(modality).hard(ids[inside])
            known |= inside
        if not known.all():
            raise NestlingError(
                ErrorKind.BAD_INPUT,
                f"the prompt holds token {int(ids[~known][0])}, which this model has no meaning "
                f"for: expected ids below {text_ids} or of a modality that it takes in",
            )
        return rows

    def embedder(self, modality: Modality) -> MultimodalEmbedder:
        """The embedder of a modality, loaded when first asked for."""
        section = self._sections()[modality]
        if modality not in self._embedders:
            self._embedders[modality] = self._built(
                lambda: MultimodalEmbedder(
                    section.vocab_size,
                    section.vocab_offset,
                    section.hidden_size,
                    self.config.text.hidden_size,
                    section.rms_norm_eps,
                ),
                EMBED_AUDIO if modality is Modality.AUDIO else EMBED_VISION,
            )
        return self._embedders[modality]

    def audio_tower(self) -> AudioTower:
        """The tower that hears, loaded when first asked for.

        Errors: BAD_INPUT if the model does not hear.
        """
        if self._audio_tower is None:
            config = self.config.audio
            if config is None:
                raise NestlingError(
                    ErrorKind.BAD_INPUT,
                    f"{self.folder.name} is a text-only export, which cannot hear: "
                    "choose the folder of the whole model",
                )
            encoder = self._built(lambda: AudioEncoder(config), AUDIO_TOWER)
            encoder.fold_positions()
            self._audio_tower = AudioTower(encoder, self.embedder(Modality.AUDIO))
        return self._audio_tower

    def release(self, modality: Modality) -> None:
        """Forget a tower and its embedder; whoever still holds them keeps their memory."""
        if modality is Modality.AUDIO:
            self._audio_tower = None
        self._embedders.pop(modality, None)

    def part_tensors(self) -> Mapping[str, tuple[Tensor, ...]]:
        """Weights of every loaded part, by the name of its modality."""
        modules: dict[Modality, list[nn.Module]] = {Modality.TEXT: [self.text]}
        for modality, embedder in self._embedders.items():
            modules[modality] = [embedder]
        if self._audio_tower is not None:
            modules[Modality.AUDIO] = [self._audio_tower]
        return {
            modality.value: tuple(
                tensor for module in loaded for tensor in (*module.parameters(), *module.buffers())
            )
            for modality, loaded in modules.items()
        }

    def _sections(self) -> Mapping[Modality, AudioConfig | VisionConfig]:
        sections: dict[Modality, AudioConfig | VisionConfig] = {}
        if self.config.audio is not None:
            sections[Modality.AUDIO] = self.config.audio
        if self.config.vision is not None:
            sections[Modality.VISION] = self.config.vision
        return sections

    def _built(self, make: Callable[[], _Module], prefix: str) -> _Module:
        """A module around the checkpoint's own tensors, without weights of its own before."""
        with torch.device("meta"), _WithoutInitialValues():
            module = make()
        tensors = {
            name: tensor.to(self.device, self.dtype)
            for name, tensor in self._checkpoint.load(prefix).items()
        }
        module.load_state_dict(tensors, assign=True)
        return module.requires_grad_(False).eval()


class _WithoutInitialValues(TorchFunctionMode):
    """Modules made inside draw no random weights, because all of theirs come from a file.

    Drawing normal numbers without memory would import torch's compiler, which takes seconds.
    """

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Sequence[type],
        args: tuple[Any, ...] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        if getattr(func, "__module__", None) == nn.init.__name__:
            return None
        return func(*args, **(kwargs or {}))


def computing_dtype(checkpoint: Checkpoint) -> torch.dtype:
    """What a model computes in unless told: see `Gemma3n.open`."""
    text = [place for name, place in checkpoint.places.items() if name.startswith(LANGUAGE_MODEL)]
    if sum(place.numel for place in text) < SMALL_MODEL_PARAMS:
        return torch.float32
    stored = checkpoint.places[TOKEN_TABLE].dtype
    return torch.float32 if stored is torch.float16 else stored
