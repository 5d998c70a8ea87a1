"""What turns hold besides text: pictures and sounds, each turned into soft tokens once.

Knows the order in which a turn is written down, and no chat format, no cache of keys, no pipe.
"""

import hashlib
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from engine import residency
from engine.datatypes import (
    PICTURE_PIXELS,
    SAMPLE_RATE,
    Modality,
    Pcm,
    Rgb,
    Seeing,
    Turn,
    bounded,
)
from engine.model import Gemma3n
from engine.vision.preprocess import crops, resized

CLIP_S = 30  # the longest sound that the family was trained with
PIECE_SAMPLES = 2 * SAMPLE_RATE  # encoded at once, between two looks at `stop`

# Work on a picture of each size, of spec/audio-vision.md section 14: GFLOP.
_COST = dict(zip(PICTURE_PIXELS, (87.4, 363.7, 871.5), strict=True))

# Gemma 3's words around crops (spec/audio-vision.md section 15).
_BEFORE_ORIGINAL = "Here is the original image "
_BEFORE_CROPS = " and here are some crops to help you see better "


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A picture of a turn, before it is encoded.

    tokens: soft tokens that it takes.
    before: text right before it, which is not trimmed.
    """

    content: Rgb
    tokens: int
    before: str = ""

    @property
    def modality(self) -> Modality:
        """Which tower encodes it."""
        return Modality.VISION


@dataclass(frozen=True, slots=True, eq=False)
class Sound:
    """A clip of at most 30 s of a turn, before it is encoded. tokens: as of a picture."""

    content: Pcm
    tokens: int

    @property
    def modality(self) -> Modality:
        """Which tower encodes it."""
        return Modality.AUDIO


Medium = Picture | Sound
Part = str | Medium


@dataclass(frozen=True, slots=True)
class Soft:
    """Soft tokens of a medium, [tokens, D]; name: of content and resolution."""

    name: str
    rows: Tensor
    pixels: int | None = None


@dataclass(slots=True)
class Pace:
    """Seconds for a unit of `_COST`, as last measured; None = nothing has been looked at yet."""

    s_per_cost: float | None = None


def _digest(medium: Medium) -> str:
    """What tells its content from another's."""
    header = f"{medium.modality} {medium.content.shape}".encode()
    return hashlib.blake2b(header + medium.content.tobytes(), digest_size=16).hexdigest()


def clock_time(seconds: float) -> str:
    """Minutes and seconds, as a person reads them off a player: 01:05."""
    return f"{int(seconds) // 60:02}:{int(seconds) % 60:02}"


class Senses:
    """A conversation's media as soft tokens.

    State: the soft tokens by content, so that a conversation goes on without its towers.

    Args:
        model: whose towers encode.
        pace: how fast they do; kept up to date here, shared by all conversations with the model.
        clock: seconds, for time budgets.
    """

    def __init__(
        self, model: Gemma3n, pace: Pace, clock: Callable[[], float] = time.perf_counter
    ) -> None:
        self._model = model
        self._clock = clock
        self._known: dict[str, Soft] = {}
        self._pace = pace

    def parts(self, turn: Turn, seeing: Seeing) -> tuple[Part, ...]:
        """A turn in the order in which it is written: pictures, text, sounds (text.md 9.5).

        A video's frames and sounds come with their times, and before the text.
        """
        seen: list[Part] = []
        for place in range(len(turn.images)):
            seen += self._seen(turn, place, seeing)
        heard = [] if turn.audio is None else self._heard(bounded(turn.audio), timed=turn.is_video)
        return (*seen, *heard, turn.text) if turn.is_video else (*seen, turn.text, *heard)

    def _seen(self, turn: Turn, place: int, seeing: Seeing) -> list[Part]:
        rgb = turn.images[place]
        if turn.is_video:
            return [f"[{clock_time(turn.times[place])}]", self._picture(rgb)]
        parts = crops(rgb) if seeing.pan_and_scan else []
        if not parts:
            return [self._picture(rgb)]
        before = [_BEFORE_CROPS, *[" "] * (len(parts) - 1)]
        return [
            self._picture(rgb, _BEFORE_ORIGINAL),
            *(self._picture(part, text) for part, text in zip(parts, before, strict=True)),
        ]

    def _picture(self, rgb: Rgb, before: str = "") -> Medium:
        tokens = self._model.config.vision_soft_tokens_per_image
        return Picture(rgb, tokens, before)

    def _heard(self, pcm: Pcm, *, timed: bool) -> list[Part]:
        """A sound in clips of at most 30 s."""
        clip = CLIP_S * SAMPLE_RATE
        parts: list[Part] = []
        for start in range(0, max(1, pcm.size), clip):
            sound = pcm[start : start + clip]
            tokens = self._model.audio_tokens(sound.size)
            if timed:
                begin, end = start / SAMPLE_RATE, (start + sound.size) / SAMPLE_RATE
                parts.append(f"[sound from {clock_time(begin)} to {clock_time(end)}]")
            parts.append(Sound(sound, tokens))
        return parts

    def needed(self, media: Iterable[Medium], seeing: Seeing) -> list[Modality]:
        """The towers without which these cannot be encoded."""
        missing = {
            medium.modality
            for medium in media
            if self._kept(self._known, _digest(medium), seeing) is None
        }
        return sorted(missing)

    def encode(
        self, media: Sequence[Medium], seeing: Seeing, stop: Callable[[], bool]
    ) -> list[Soft] | None:
        """The soft tokens of all media, None if stopped; others are forgotten.

        stop: asked before every block of the eyes and every piece of sound.

        Errors: BAD_INPUT if the model lacks the tower.
        """
        digests = [_digest(medium) for medium in media]
        known = {digest: soft for digest, soft in self._known.items() if digest in digests}
        new = {
            digest: medium
            for digest, medium in zip(digests, media, strict=True)
            if self._kept(known, digest, seeing) is None
        }
        pictures = sum(isinstance(medium, Picture) for medium in new.values())
        deadline = self._clock() + (seeing.budget_s or 0.0)
        self._known = known
        for digest, medium in new.items():
            if isinstance(medium, Sound):
                soft = self._hear(digest, medium.content, stop)
            else:
                soft = self._see(digest, medium.content, seeing, deadline, pictures, stop)
                pictures -= 1
            if soft is None:
                return None
            known[digest] = soft
        return [known[digest] for digest in digests]

    @staticmethod
    def _kept(known: dict[str, Soft], digest: str, seeing: Seeing) -> Soft | None:
        """What is known of a medium, if it was looked at as it is wanted."""
        soft = known.get(digest)
        right = soft is not None and (
            soft.pixels is None or seeing.budget_s is not None or soft.pixels == seeing.pixels
        )
        return soft if right else None

    def _see(
        self,
        digest: str,
        rgb: Rgb,
        seeing: Seeing,
        deadline: float,
        left: int,
        stop: Callable[[], bool],
    ) -> Soft | None:
        """A picture at the wanted size, or the largest for which the time left suffices."""
        if seeing.budget_s is None:
            return self._look(digest, rgb, seeing.pixels, stop)
        soft = None
        if self._pace.s_per_cost is None:  # nothing has been measured: look at it small, and see
            soft = self._look(digest, rgb, PICTURE_PIXELS[0], stop)
            if soft is None:
                return None
        pixels = self._affordable(seeing, deadline - self._clock(), left)
        if soft is None or soft.pixels != pixels:
            soft = self._look(digest, rgb, pixels, stop)
        return soft

    def _affordable(self, seeing: Seeing, seconds: float, pictures: int) -> int:
        """The largest size at which so many pictures take no longer; the smallest if none is."""
        assert self._pace.s_per_cost is not None
        sizes = [
            pixels
            for pixels, cost in _COST.items()
            if pixels <= seeing.pixels and cost * self._pace.s_per_cost * pictures <= seconds
        ]
        return max(sizes, default=PICTURE_PIXELS[0])

    def _look(self, digest: str, rgb: Rgb, pixels: int, stop: Callable[[], bool]) -> Soft | None:
        """A picture through the vision tower, block by block. None if stopped."""
        begin = self._clock()
        shown = resized(rgb, self._model.sizes.pixels or pixels)[None]
        steps = self._model.vision_tower().steps(shown)
        while not stop():
            try:
                next(steps)
            except StopIteration as end:
                (rows,) = end.value
                # What was let in between counts: a budget is of time that a person waits.
                self._pace.s_per_cost = (self._clock() - begin) / _COST[pixels]
                if self._model.large:
                    residency.trim()  # work memory of large maps, before the prompt's comes
                return Soft(f"{digest} {pixels}", rows, pixels)
        return None

    def _hear(self, digest: str, pcm: Pcm, stop: Callable[[], bool]) -> Soft | None:
        """A clip through the audio tower, piece by piece so that memory stays flat."""
        tower = self._model.audio_tower()
        state, soft = tower.initial_state(), []
        for start in range(0, max(1, pcm.size), PIECE_SAMPLES):
            if stop():
                return None
            piece = torch.tensor(pcm[start : start + PIECE_SAMPLES])
            final = start + PIECE_SAMPLES >= pcm.size
            state, tokens = tower.feed(state, piece, final=final)
            soft.append(tokens)
        return Soft(digest, torch.cat(soft))
