"""An opened model folder: configuration, tokenizer, sizes and networks. Knows no conversation."""

from collections.abc import Callable, Generator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from engine import residency
from engine.audio.encoder import AudioEncoder
from engine.audio.tower import AudioTower, token_count
from engine.checkpoint import Checkpoint
from engine.config import AudioConfig, ModelConfig, load_config
from engine.datatypes import Modality
from engine.embedder import MultimodalEmbedder
from engine.errors import ErrorKind, NestlingError
from engine.intact import IntactFiles
from engine.layout import (
    AUDIO_TOWER,
    EMBED_AUDIO,
    EMBED_VISION,
    GROUPS,
    LANGUAGE_MODEL,
    PLE_TABLE,
    STEM_BIAS,
    TOKEN_TABLE,
    VISION_TOWER,
)
from engine.quant.choice import costs, scheme_for
from engine.quant.fitting import fit, narrow, narrow_ears
from engine.quant.prepared import Preparation, Prepared, prepare
from engine.quant.stepping import attach
from engine.text.matformer import Size, SizeTable, effective_params, load_size_table
from engine.text.model import TextModel
from engine.tokenizer import Tokenizer
from engine.vision.encoder import MobileNetV5
from engine.vision.table import VisionConfig
from engine.vision.tower import VisionTower
from engine.weights import Weights

# A small model gains nothing from half precision on a processor, and loses accuracy.
SMALL_MODEL_PARAMS = 300_000_000

_Module = TypeVar("_Module", bound=nn.Module)
AnyTower = AudioTower | VisionTower

# Read at once. Large weights come from memory, and from 4 bits, once for all of them.
_CHUNK_TOKENS, _LARGE_CHUNK_TOKENS = 128, 512

# Told each weight of a tower as it is taken; what it raises gives the tower up.
Take = Callable[[Tensor], None]


def _unwatched(_weight: Tensor) -> None:
    """Nobody wants to know."""


class Gemma3n:
    """A model in memory. The text decoder is there from the start, towers when first asked for.

    Weights stay file-backed where the computing dtype is the stored one.

    `files` tells whether the checkpoint still is what was opened: asked before each forward, so
    that no mapping is read behind the end of a file that was cut short.

    State: which towers are loaded; `release` drops one. `small_ears`: whether the large weights of
    the audio tower are rounded to 8 bits when it is read.
    """

    def __init__(
        self,
        checkpoint: Checkpoint,
        tokenizer: Tokenizer,
        sizes: SizeTable,
        dtype: torch.dtype,
        device: torch.device,
        prepared: Prepared | None = None,
    ) -> None:
        self.folder = checkpoint.folder
        self.config: ModelConfig = checkpoint.config
        self.tokenizer = tokenizer
        self.sizes = sizes
        self.dtype = dtype
        self.device = device
        self._checkpoint = checkpoint
        weights = checkpoint.files
        self.files = IntactFiles(weights if prepared is None else weights | {prepared.file})
        self.small_ears = False
        self._towers: dict[Modality, AnyTower] = {}
        self._hard_rows: dict[int, Tensor] = {}
        self.prepared = prepared
        self.text = self._built(
            self._decoder,
            LANGUAGE_MODEL,
            left_out=frozenset() if prepared is None else prepared.sources,
        )
        if prepared is not None and dtype is torch.bfloat16:
            narrow(self.text)
        self.text.fold()
        if dtype is torch.bfloat16 and device.type == "cpu":
            attach(self.text)
        self.files.check()

    @classmethod
    def open(
        cls,
        folder: Path,
        *,
        dtype: torch.dtype | None = None,
        device: str = "cpu",
        weights: Weights = Weights.EXACT,
    ) -> "Gemma3n":
        """As `opening`, all at once."""
        steps = cls.opening(folder, dtype=dtype, device=device, weights=weights)
        while True:
            try:
                next(steps)
            except StopIteration as end:
                model: Gemma3n = end.value
                return model

    @classmethod
    def opening(
        cls,
        folder: Path,
        *,
        dtype: torch.dtype | None = None,
        device: str = "cpu",
        weights: Weights = Weights.AUTO,
        size: str | None = None,
    ) -> Generator[float, None, "Gemma3n"]:
        """Open the model in `folder`, which is only read unless weights are to be prepared there.

        Yields how much is prepared, 0..1, while it is.

        Args:
            folder: in the Hub's layout.
            dtype: to compute in. None = float32 below 300 million parameters, else as stored
                (float16, which Gemma 3n overflows, becomes float32).
            device: of the weights and the caches.
            weights: how the decoder's are held. Small integers are made once, into a file.
            size: that will be asked of it. Nothing is prepared where it has none of that name.

        Errors: BAD_MODEL, one sentence that names the file or the tensors; BAD_INPUT for weights
            that this device cannot have, and for such a size; DISK if they cannot be prepared.
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
        if size is not None:
            sizes.size(size)
        checkpoint = Checkpoint(folder, config)
        if dtype is None:
            dtype = computing_dtype(checkpoint)
        on = torch.device(device)
        prepared = None
        if (scheme := scheme_for(weights, checkpoint, dtype, on)) is not None:
            preparation = Preparation.of(checkpoint, sizes.splits, scheme)
            if (prepared := preparation.find()) is None:
                yield from prepare(preparation)
                prepared = preparation.find()
        return cls(checkpoint, tokenizer, sizes, dtype, on, prepared)

    def _decoder(self) -> TextModel:
        """The decoder without the weights that `_built` gives it."""
        ple = self._checkpoint.table(PLE_TABLE)
        text = TextModel(self.config.text, splits=self.sizes.splits, ple=ple)
        if self.prepared is not None:
            fit(text, self.prepared, self._checkpoint.table(TOKEN_TABLE), self.dtype)
        return text

    @property
    def modalities(self) -> tuple[Modality, ...]:
        """What this engine can take in with this model."""
        return (Modality.TEXT, *sorted(self._sections()))

    @property
    def prefill_tokens(self) -> int:
        """How much of a prompt is best read at once."""
        return _LARGE_CHUNK_TOKENS if self.large else _CHUNK_TOKENS

    @property
    def large(self) -> bool:
        """Whether an operator's weights fill more than the processor's caches."""
        whole = sum(place.numel for place in self._checkpoint.places.values())
        return whole >= SMALL_MODEL_PARAMS

    @property
    def held(self) -> str:
        """How the decoder's weights are: of `Weights`, or "" for small integers of its own."""
        if self._checkpoint.quantised:
            return ""
        held = Weights.EXACT if self.prepared is None else self.prepared.preparation.scheme.held
        return held.value

    def held_bytes(self) -> dict[str, int]:
        """What the decoder takes in memory in each way that its weights can be held."""
        return costs(self._checkpoint, self.sizes.splits, self.dtype)

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
                rows[inside] = self._hard(modality, ids[inside])
            known |= inside
        if not known.all():
            raise NestlingError(
                ErrorKind.BAD_INPUT,
                f"the prompt holds token {int(ids[~known][0])}, which this model has no meaning "
                f"for: expected ids below {text_ids} or of a modality that it takes in",
            )
        return rows

    def embedder(self, modality: Modality) -> MultimodalEmbedder:
        """The embedder of a modality: its loaded tower's, else one of its own for the caller."""
        tower = self._towers.get(modality)
        if tower is None:
            return self._embedder(modality)
        return tower.embed_vision if isinstance(tower, VisionTower) else tower.embed_audio

    def audio_tower(self) -> AudioTower:
        """The tower that hears, loaded when first asked for.

        Errors: BAD_INPUT if the model does not hear.
        """
        tower = self._tower(Modality.AUDIO)
        assert isinstance(tower, AudioTower)
        return tower

    def vision_tower(self) -> VisionTower:
        """The tower that sees, loaded when first asked for.

        Errors: BAD_INPUT if the model does not see.
        """
        tower = self._tower(Modality.VISION)
        assert isinstance(tower, VisionTower)
        return tower

    def _tower(self, modality: Modality) -> AnyTower:
        if modality not in self._towers:
            self.put_tower(modality, self.read_tower(modality))
        return self._towers[modality]

    def read_tower(self, modality: Modality, take: Take = _unwatched) -> AnyTower:
        """A tower read from the files; the model does not have it before `put_tower`.

        May run in another thread. take: see `Take`.

        Errors: BAD_INPUT if the model does not have it; BAD_MODEL if its files have changed.
        """
        self.files.check()
        if modality is Modality.VISION:
            return self._read_vision(take)
        config = self._audio_config
        encoder = self._built(lambda: AudioEncoder(config), AUDIO_TOWER, take)
        stored = list(encoder.parameters())
        encoder.fold()
        if self.small_ears and self.device.type == "cpu":
            narrow_ears(encoder)
        kept = {weight.data_ptr() for weight in encoder.parameters()}
        for weight in stored:
            if weight.device.type == "cpu" and weight.data_ptr() not in kept:
                residency.drop_pages(residency.Extent(weight.data_ptr(), weight.nbytes))
        return AudioTower(encoder, self._embedder(modality, take))

    def _read_vision(self, take: Take) -> VisionTower:
        config = self._vision_config
        encoder = self._built(lambda: MobileNetV5(config), VISION_TOWER, take, zero=(STEM_BIAS,))
        return VisionTower(encoder, self._embedder(Modality.VISION, take))

    def put_tower(self, modality: Modality, tower: AnyTower) -> None:
        """Have a tower that `read_tower` has read."""
        self._towers[modality] = tower

    def has_tower(self, modality: Modality) -> bool:
        """Whether a tower is loaded."""
        return modality in self._towers

    def audio_tokens(self, samples: int) -> int:
        """Soft tokens of a whole clip of `samples` samples; needs no tower.

        Errors: BAD_INPUT if the model does not hear.
        """
        return token_count(samples, self._audio_config.conf_reduction_factor)

    def tower_params(self, modality: Modality) -> int:
        """How many weights a tower has, loaded or not, its embedder's included."""
        places = self._checkpoint.places.items()
        return sum(place.numel for name, place in places if name.startswith(GROUPS[modality]))

    def release(self, modality: Modality) -> None:
        """Forget a tower with its embedder; whoever still holds them keeps their memory."""
        self._towers.pop(modality, None)

    def part_tensors(self) -> Mapping[str, tuple[Tensor, ...]]:
        """Weights of every loaded part, by the name of its modality."""
        modules: dict[Modality, nn.Module] = {Modality.TEXT: self.text, **self._towers}
        return {
            modality.value: (*module.parameters(), *module.buffers())
            for modality, module in modules.items()
        }

    @property
    def _audio_config(self) -> AudioConfig:
        if self.config.audio is None:
            raise NestlingError(
                ErrorKind.BAD_INPUT,
                f"{self.folder.name} is a text-only export, which cannot hear: "
                "choose the folder of the whole model",
            )
        return self.config.audio

    @property
    def _vision_config(self) -> VisionConfig:
        if self.config.vision is None:
            raise NestlingError(
                ErrorKind.BAD_INPUT,
                f"{self.folder.name} has no vision tower and cannot see: "
                "choose the folder of a whole model",
            )
        return self.config.vision

    def _embedder(self, modality: Modality, take: Take = _unwatched) -> MultimodalEmbedder:
        section = self._sections()[modality]
        return self._built(
            lambda: MultimodalEmbedder(
                section.vocab_size,
                section.vocab_offset,
                section.hidden_size,
                self.config.text.hidden_size,
                section.rms_norm_eps,
            ),
            EMBED_AUDIO if modality is Modality.AUDIO else EMBED_VISION,
            take,
        )

    def _hard(self, modality: Modality, ids: Tensor) -> Tensor:
        """Rows [N, D] of a modality's ids [N].

        The few that prompts hold are kept, so that a conversation goes on without the tower.
        """
        new = sorted(set(ids.tolist()) - self._hard_rows.keys())
        if new:
            rows = self.embedder(modality).hard(torch.tensor(new, device=self.device))
            self._hard_rows |= dict(zip(new, rows, strict=True))
        return torch.stack([self._hard_rows[index] for index in ids.tolist()])

    def _sections(self) -> Mapping[Modality, AudioConfig | VisionConfig]:
        sections: dict[Modality, AudioConfig | VisionConfig] = {}
        if self.config.audio is not None:
            sections[Modality.AUDIO] = self.config.audio
        if self.config.vision is not None:
            sections[Modality.VISION] = self.config.vision
        return sections

    def _built(
        self,
        make: Callable[[], _Module],
        prefix: str,
        take: Take = _unwatched,
        *,
        zero: Sequence[str] = (),
        left_out: frozenset[str] = frozenset(),
    ) -> _Module:
        """A module around the checkpoint's own tensors, without weights of its own before.

        zero: tensors that are zeros where the checkpoint leaves them out.
        left_out: stored tensors that something else stands in for.
        """
        with torch.device("meta"), _WithoutInitialValues():
            module = make()
        tensors = {}
        for name, tensor in self._checkpoint.load(prefix, left_out).items():
            tensors[name] = tensor.to(self.device, self.dtype)
            take(tensors[name])
        empty = module.state_dict()
        for name in zero:
            tensors.setdefault(
                name, torch.zeros(empty[name].shape, device=self.device, dtype=self.dtype)
            )
        module.load_state_dict(tensors, assign=True)
        return module.requires_grad_(False).eval()


_DRAWING = frozenset({"normal_", "uniform_"})  # tensor methods


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
        if getattr(func, "__name__", "") in _DRAWING:  # by what some of nn.init calls at once
            return args[0]
        return func(*args, **(kwargs or {}))


def computing_dtype(checkpoint: Checkpoint) -> torch.dtype:
    """What a model computes in unless told: see `Gemma3n.open`."""
    if sum(place.numel for place in checkpoint.places.values()) < SMALL_MODEL_PARAMS:
        return torch.float32
    stored = checkpoint.places[TOKEN_TABLE].dtype
    if stored is not torch.float16:
        return stored
    # Few bits lose nothing that counts where their scales do.
    return torch.bfloat16 if checkpoint.quantised else torch.float32
