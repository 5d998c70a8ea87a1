"""The vision tower's block table: the published one, and others from `model_args`.

`model_args` speaks timm's language, since that is what the reference hands it to: `stem_size`,
`channel_multiplier`, `msfa_output_resolution`, and `block_args`, stages of blocks of which each is
an object as `edge`, `bottleneck` and `attention` make them.
Source: spec/audio-vision.md sections 10 and 11.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.config_values import MOST, bad, integer, number
from engine.errors import NestlingError

ARCHITECTURE = "mobilenetv5_300m_enc"

_DIVISOR = 8  # of every channel count
_LEAST_SHARE = 0.9  # rounding takes at most a tenth away
_FUSION_RATIO = 2.0

BlockArgs = dict[str, Any]


@dataclass(frozen=True, slots=True)
class EdgeSpec:
    """A fused inverted residual: dense kernel x kernel to `mid` channels, then 1x1."""

    channels: int
    mid: int
    out: int
    kernel: int
    stride: int


@dataclass(frozen=True, slots=True)
class BottleneckSpec:
    """A universal inverted bottleneck. start, middle: sizes of its depthwise kernels, 0 = none."""

    channels: int
    mid: int
    out: int
    start: int
    middle: int
    stride: int


@dataclass(frozen=True, slots=True)
class AttentionSpec:
    """Multi-query attention over all pixels. kv_stride 2: keys and values at half the size."""

    channels: int
    heads: int
    head_dim: int
    kv_stride: int
    kernel: int


BlockSpec = EdgeSpec | BottleneckSpec | AttentionSpec


@dataclass(frozen=True, slots=True)
class VisionConfig:
    """The vision tower (MobileNet-V5 with fusion adapter) and its embedder's table.

    vocab_offset, vocab_size: ids [offset, offset + size) use the embedder's hard path.
    hidden_size: channels of the fusion adapter's output.
    stem: channels of the first convolution.
    stages: blocks of each stage; the outputs of the last two are fused.
    grid: the output has grid x grid places, each one soft token.
    """

    vocab_size: int
    vocab_offset: int
    hidden_size: int
    rms_norm_eps: float
    stem: int
    stages: tuple[tuple[BlockSpec, ...], ...]
    grid: int

    @property
    def fused_channels(self) -> int:
        """Channels that enter the fusion adapter."""
        return sum(_out(stage[-1]) for stage in self.stages[-2:])

    @property
    def fusion_mid(self) -> int:
        """Channels inside the fusion adapter."""
        return _divisible(self.fused_channels * _FUSION_RATIO)


def edge(out: int, *, stride: int = 1, ratio: float = 4.0, kernel: int = 3) -> BlockArgs:
    """Arguments of a fused inverted residual."""
    return {
        "block_type": "er",
        "out_chs": out,
        "stride": stride,
        "exp_kernel_size": kernel,
        "exp_ratio": ratio,
        "act_layer": None,  # timm looks for the key
    }


def bottleneck(
    out: int, start: int = 0, middle: int = 0, *, stride: int = 1, ratio: float = 4.0
) -> BlockArgs:
    """Arguments of a universal inverted bottleneck; without kernels it is a feed-forward."""
    return {
        "block_type": "uir",
        "out_chs": out,
        "stride": stride,
        "dw_kernel_size_start": start,
        "dw_kernel_size_mid": middle,
        "exp_ratio": ratio,
        "act_layer": None,
    }


def attention(width: int, heads: int, head_dim: int, *, kv_stride: int = 1) -> BlockArgs:
    """Arguments of a multi-query attention."""
    return {
        "block_type": "mqa",
        "out_chs": width,
        "stride": 1,
        "dw_kernel_size": 3,
        "num_heads": heads,
        "key_dim": head_dim,
        "value_dim": head_dim,
        "kv_stride": kv_stride,
        "act_layer": None,
    }


def _published() -> list[list[BlockArgs]]:
    halves = [attention(640, 12, 64, kv_stride=2), bottleneck(640, ratio=2.0)]
    wholes = [attention(1280, 16, 96), bottleneck(1280, ratio=2.0)]
    return [
        [edge(128, stride=2), edge(128), edge(128)],
        [
            bottleneck(256, 3, 5, stride=2, ratio=6.0),
            *(bottleneck(256, start) for start in (5, 3, 5, 3)),
        ],
        [
            bottleneck(640, 5, 5, stride=2, ratio=6.0),
            *(bottleneck(640, 5) for _ in range(7)),
            bottleneck(640, ratio=1.0),
            *halves * 14,
        ],
        [bottleneck(1280, 5, 5, stride=2, ratio=6.0), *wholes * 19],
    ]


# What `model_args` may say, and what it means when it does not.
_DEFAULTS: dict[str, Any] = {
    "stem_size": 64,
    "channel_multiplier": 1.0,
    "msfa_output_resolution": 16,
    "block_args": _published(),
}

# Arguments of timm's blocks that have one setting in this family; another one is refused.
_ONLY_BLOCK_SETTING: dict[str, Any] = {
    "act_layer": None,
    "dw_kernel_size_end": 0,
    "force_in_chs": 0,
    "noskip": False,
    "pw_kernel_size": 1,
    "se_ratio": 0.0,
}


def parse_vision(section: Mapping[str, Any]) -> VisionConfig:
    """The `vision_config` of config.json. Errors: BAD_MODEL for a tower that is not built here."""
    if section.get("architecture", ARCHITECTURE) != ARCHITECTURE:
        raise bad(
            f"config.json has a vision tower {section['architecture']!r}, expected "
            f"{ARCHITECTURE!r}: no engine of this version runs such a model"
        )
    given = section.get("model_args") or {}
    if not isinstance(given, Mapping) or not given.keys() <= _DEFAULTS.keys():
        raise _unknown("model_args", given)
    args = {**_DEFAULTS, **given}
    multiplier = number(args, "channel_multiplier")
    stem = integer(args, "stem_size", 1)
    # As in timm: a slimmer tower keeps the stem.
    stem = stem if multiplier < 1 else _divisible(stem * multiplier)
    return VisionConfig(
        vocab_size=integer(section, "vocab_size"),
        vocab_offset=integer(section, "vocab_offset"),
        hidden_size=integer(section, "hidden_size"),
        rms_norm_eps=number(section, "rms_norm_eps"),
        stem=stem,
        stages=_stages(args["block_args"], stem, multiplier),
        grid=integer(args, "msfa_output_resolution", 1),
    )


def _stages(stages: object, channels: int, multiplier: float) -> tuple[tuple[BlockSpec, ...], ...]:
    if (
        not isinstance(stages, list)
        or len(stages) < 2
        or not all(isinstance(stage, list) and stage for stage in stages)
    ):
        raise _unknown("block_args", stages)
    specs = []
    for stage in stages:
        blocks = []
        for block in stage:
            spec = _block(block, channels, multiplier)
            channels = _out(spec)
            blocks.append(spec)
        specs.append(tuple(blocks))
    return tuple(specs)


def _block(args: object, channels: int, multiplier: float) -> BlockSpec:
    if not isinstance(args, dict):
        raise _unknown("block_args", args)
    block = dict(args)
    for key, setting in _ONLY_BLOCK_SETTING.items():
        if block.pop(key, setting) != setting:
            raise _unknown("block_args", args)
    kind = block.pop("block_type", None)
    known = isinstance(kind, str) and kind in _KINDS
    made = _KINDS[kind](block, channels, multiplier) if known else None
    if made is None or block:
        raise _unknown("block_args", args)
    return made


def _edge(block: BlockArgs, channels: int, multiplier: float) -> EdgeSpec:
    return EdgeSpec(
        channels,
        _mid(block, channels),
        _divisible(_taken(block, "out_chs") * multiplier),
        kernel=_taken(block, "exp_kernel_size", 3),
        stride=_taken(block, "stride", 1),
    )


def _bottleneck(block: BlockArgs, channels: int, multiplier: float) -> BottleneckSpec | None:
    spec = BottleneckSpec(
        channels,
        _mid(block, channels),
        _divisible(_taken(block, "out_chs") * multiplier),
        start=_taken(block, "dw_kernel_size_start", 0, least=0),
        middle=_taken(block, "dw_kernel_size_mid", 3, least=0),
        stride=_taken(block, "stride", 1),
    )
    # What strides is a kernel.
    return spec if spec.stride == 1 or spec.start or spec.middle else None


def _attention(block: BlockArgs, channels: int, multiplier: float) -> AttentionSpec | None:
    out = _divisible(_taken(block, "out_chs") * multiplier)
    stride, width = _taken(block, "stride", 1), _taken(block, "value_dim", 64)
    spec = AttentionSpec(
        channels,
        heads=_taken(block, "num_heads", 8),
        head_dim=_taken(block, "key_dim", 64),
        kv_stride=_taken(block, "kv_stride", 1),
        kernel=_taken(block, "dw_kernel_size", 3),
    )
    return spec if (out, stride, width) == (channels, 1, spec.head_dim) else None


_KINDS = {"er": _edge, "uir": _bottleneck, "mqa": _attention}


def _taken(block: BlockArgs, key: str, default: int | None = None, *, least: int = 1) -> int:
    """A number of the block, taken out of it."""
    return integer({key: block.pop(key, default)}, key, least)


def _mid(block: BlockArgs, channels: int) -> int:
    ratio = block.pop("exp_ratio", 1.0)
    return _divisible(channels * number({"exp_ratio": ratio}, "exp_ratio"))


def _out(spec: BlockSpec) -> int:
    return spec.channels if isinstance(spec, AttentionSpec) else spec.out


def _divisible(channels: float) -> int:
    """The nearest multiple of 8, or the next one where that takes more than a tenth away.

    Errors: BAD_MODEL for more than any tower has.
    """
    if channels > MOST:
        raise bad(
            f"config.json gives the vision tower {channels:.3g} channels, expected at most {MOST}: "
            "download it again"
        )
    nearest = max(_DIVISOR, int(channels + _DIVISOR / 2) // _DIVISOR * _DIVISOR)
    return nearest + _DIVISOR if nearest < _LEAST_SHARE * channels else nearest


def _unknown(key: str, value: object) -> NestlingError:
    return bad(
        f"config.json describes the vision tower with {key} {repr(value):.200}: expected the "
        "settings of a MobileNet-V5; no engine of this version runs such a model"
    )
