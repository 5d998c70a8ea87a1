"""Training batches: sound cut, joined, coloured and measured, with what it says in ids."""

import bisect
import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from engine.audio.frontend import log_mel
from engine.training.augment import Augmenter, resampled
from engine.training.corpus import Clip, Corpus, Kind
from engine.training.espeak import SAMPLE_RATE

CHARACTERS = " abcdefghijklmnopqrstuvwxyz"  # of the character loss; its blank is one more, the 0
FRAME_S, TOKEN_S = 0.04, 0.16
LETTER_DELAY_S = 0.02  # a frame sees 92 ms from its start on
TOKEN_SEES_S = 0.04  # how much of its own 160 ms a soft token has seen well enough
UNKNOWN = -100  # left out of a loss
_FRAMES_STEP = 64  # of the log-mel: batches come in few lengths, kernels are made only once
_CLIPS_STEP = 4  # and in few sizes, where they are large
HEARD_MARGIN_S = 0.02  # a word counts as heard when it ended this long before the cut


Spans = list[tuple[float, float]] | None  # start and end of each word, s


@dataclass(frozen=True, slots=True)
class Mixture:
    """What a stage of the training is shown.

    longest: words of the longest clip.
    seconds: of sound in a batch, padding counted.
    natural, opened, asked, looked: shares of batches of everyday sentences, of open English, of
        questions and of questions about pictures; the rest is random words.
    cut: share of clips that end in the middle, as a live stream does.
    joined: share of batches of several clips joined by pauses.
    longest_joined_s: how long joined clips get.
    silent: share of clips with nothing said.
    changed: share of clips whose voice is changed.
    typed: share of steps that teach by typed lessons, without sound; lessons: tokens of such a
        step, padding counted.
    """

    longest: int
    seconds: float = 40.0
    natural: float = 0.6
    opened: float = 0.0
    asked: float = 0.0
    looked: float = 0.0
    cut: float = 0.0
    joined: float = 0.0
    longest_joined_s: float = 20.0
    silent: float = 0.0
    changed: float = 1.0
    typed: float = 0.0
    lessons: int = 1024


@dataclass(frozen=True, slots=True)
class Batch:
    """One step's clips, padded on the right.

    mel: float32 [B, T, 128]; mel_lengths: int64 [B].
    pieces: transcript ids of each clip, nothing before or after; characters: for the alignment.
    texts: what is said.
    frame_letters: int64 [B, U], which letter is being said at each conformer frame, 0 = none;
        token_pieces: int64 [B, A], 1 + the piece of the word that ends at a soft token, 0 = none.
        Both are by the synthesiser's word times; -100 where these are not known.
    """

    mel: Tensor
    mel_lengths: Tensor
    pieces: list[list[int]]
    characters: list[list[int]]
    texts: list[str]
    frame_letters: Tensor
    token_pieces: Tensor


class Batches:
    """Batches by number: the same seed and number give the same batch.

    Args:
        corpus: what was spoken.
        encode: transcript to ids.
        augmenter: how clips are changed.
        seed: of everything drawn here.
    """

    def __init__(
        self,
        corpus: Corpus,
        encode: Callable[[str], list[int]],
        augmenter: Augmenter,
        seed: int,
    ) -> None:
        self._corpus = corpus
        self._encode = encode
        self._augmenter = augmenter
        self._seed = seed
        by_length = sorted(corpus.clips, key=lambda clip: clip.length)
        self._clips = {kind: [clip for clip in by_length if clip.kind is kind] for kind in Kind}
        self._shorter: dict[tuple[Kind, int], list[Clip]] = {}

    def batch(self, number: int, mixture: Mixture) -> Batch:
        """The batch of one step."""
        rng = np.random.default_rng((self._seed, number))
        sounds, texts, times = [], [], []
        for clips in self._drawn(rng, mixture):
            sound, text, spans = self._sound(clips, rng, mixture)
            sounds.append(sound)
            texts.append(text)
            times.append(spans)
        return collate(
            sounds, texts, self._encode, times, lambda mel: self._augmenter.warp(mel, rng)
        )

    def _pool(self, kind: Kind, longest: int) -> list[Clip]:
        key = (kind, longest)
        if key not in self._shorter:
            self._shorter[key] = [clip for clip in self._clips[kind] if clip.words <= longest]
        return self._shorter[key]

    def _drawn(self, rng: np.random.Generator, mixture: Mixture) -> list[list[Clip]]:
        """Groups of clips to be joined, of about the same length, until the seconds are full."""
        shares = [mixture.natural, mixture.opened, mixture.asked, mixture.looked]
        kinds = (Kind.EVERYDAY, Kind.OPEN, Kind.ASKED, Kind.LOOKED, Kind.WORDS)
        kind = kinds[rng.choice(len(kinds), p=[*shares, max(0.0, 1 - sum(shares))])]
        pool = self._pool(kind, mixture.longest) or self._pool(Kind.WORDS, mixture.longest)
        groups: list[list[Clip]] = []
        used = 0.0
        if rng.random() < mixture.joined:
            target = rng.uniform(5.0, mixture.longest_joined_s)
            while used < mixture.seconds:
                group = [pool[rng.integers(len(pool))]]
                while sum(clip.seconds + 0.5 for clip in group) < target - 3:
                    group.append(pool[rng.integers(len(pool))])
                groups.append(group)
                used += target
            return groups
        anchor = int(rng.integers(len(pool)))
        spread = max(40, len(pool) // 12)
        low, high = max(0, anchor - spread), min(len(pool), anchor + spread)
        while used < mixture.seconds:
            clip = pool[rng.integers(low, high)]
            groups.append([clip])
            used += clip.seconds + 0.4
        return groups[: -(len(groups) % _CLIPS_STEP) or None] if len(groups) > 8 else groups

    def _sound(
        self, clips: Sequence[Clip], rng: np.random.Generator, mixture: Mixture
    ) -> tuple[NDArray[np.float32], str, Spans]:
        """One training clip, what can be heard in it, and when, where that is known."""
        if rng.random() < mixture.silent:
            silence = np.zeros(int(rng.uniform(0.2, 3.0) * SAMPLE_RATE), np.float32)
            return self._augmenter.mix(silence, rng), "", []
        changed = rng.random() < mixture.changed
        stretch = self._augmenter.stretch(rng) if changed else 1.0
        lead = min(0.7, 0.03 + rng.exponential(0.12))
        parts = [np.zeros(int(lead * SAMPLE_RATE), np.float32)]
        spans: list[tuple[float, float]] = []
        words: list[str] = []
        known = all(len(clip.word_ends) == clip.words for clip in clips)
        clock = lead
        for position, clip in enumerate(clips):
            if position:
                pause = rng.uniform(0.08, 0.9)
                parts.append(np.zeros(int(pause * SAMPLE_RATE), np.float32))
                clock += pause
            pcm = resampled(self._corpus.pcm(clip), stretch)
            parts.append(pcm)
            words += clip.text.split()
            if known:
                ends = [clock + end * stretch for end in clip.word_ends]
                spans += zip([clock, *ends], ends, strict=False)
            clock += len(pcm) / SAMPLE_RATE
        parts.append(np.zeros(int(min(0.8, 0.1 + rng.exponential(0.12)) * SAMPLE_RATE), np.float32))
        sound = np.concatenate(parts)
        if changed:
            sound = self._augmenter.colour(sound, rng)
        if known and rng.random() < mixture.cut:
            cut = rng.uniform(lead, clock)
            sound = sound[: max(1600, int(cut * SAMPLE_RATE))]
            heard = bisect.bisect_right([end for _, end in spans], cut - HEARD_MARGIN_S)
            words, spans, known = words[:heard], spans[:heard], False
        return self._augmenter.mix(sound, rng), " ".join(words), spans if known else None


def collate(
    sounds: Sequence[NDArray[np.float32]],
    texts: Sequence[str],
    encode: Callable[[str], list[int]],
    times: Sequence[Spans],
    change: Callable[[Tensor], Tensor] = lambda mel: mel,
) -> Batch:
    """Clips, what is said in them and when -> one padded batch; `change` is made to each log-mel,
    [T, 128]."""
    mels = [change(log_mel(torch.from_numpy(sound))) for sound in sounds]
    lengths = torch.tensor([len(mel) for mel in mels])
    frames = -(-int(lengths.max()) // _FRAMES_STEP) * _FRAMES_STEP
    mels[0] = F.pad(mels[0], (0, 0, 0, frames - len(mels[0])))
    padded = torch.nn.utils.rnn.pad_sequence(mels, batch_first=True)
    pieces = [transcript_ids(text, encode) for text in texts]
    characters = [[CHARACTERS.index(letter) + 1 for letter in text] for text in texts]
    letters, ended = [], []
    for text, spans, length in zip(texts, times, lengths.tolist(), strict=True):
        heard = -(-length // 4)
        letters.append(_frame_letters(text.split(), spans, heard))
        ended.append(_token_pieces(text.split(), spans, -(-heard // 4), encode))
    letters[0] = F.pad(letters[0], (0, frames // 4 - len(letters[0])), value=UNKNOWN)
    ended[0] = F.pad(ended[0], (0, frames // 16 - len(ended[0])), value=UNKNOWN)
    return Batch(
        padded,
        lengths,
        pieces,
        characters,
        list(texts),
        torch.nn.utils.rnn.pad_sequence(letters, batch_first=True, padding_value=UNKNOWN),
        torch.nn.utils.rnn.pad_sequence(ended, batch_first=True, padding_value=UNKNOWN),
    )


def _frame_letters(words: list[str], spans: Spans, frames: int) -> Tensor:
    """The letters of each word spread evenly over its time, heard LETTER_DELAY_S later."""
    if spans is None:
        return torch.full((frames,), UNKNOWN)
    letters = torch.zeros(frames, dtype=torch.long)
    for word, (start, end) in zip(words, spans, strict=True):
        first, last = (int((time + LETTER_DELAY_S) / FRAME_S) for time in (start, end))
        for frame in range(max(0, first), min(frames, last)):
            letter = word[(frame - first) * len(word) // max(1, last - first)]
            letters[frame] = CHARACTERS.index(letter) + 1
    return letters


def _token_pieces(
    words: list[str], spans: Spans, tokens: int, encode: Callable[[str], list[int]]
) -> Tensor:
    """Each word's pieces from the first free soft token on that has seen its end."""
    if spans is None:
        return torch.full((tokens,), UNKNOWN)
    ended = torch.zeros(tokens, dtype=torch.long)
    free = 0
    for word, (_, end) in zip(words, spans, strict=True):
        pieces = transcript_ids(word, encode)
        seen = math.ceil((end - TOKEN_SEES_S) / TOKEN_S) - len(pieces) + 1
        for token, piece in enumerate(pieces, max(free, seen)):
            if token < tokens:
                ended[token] = piece + 1
            free = token + 1
    return ended


def transcript_ids(text: str, encode: Callable[[str], list[int]]) -> list[int]:
    """Ids of a transcript. A space stands before the first word as before every other one, so
    that a word is the same piece wherever it is said."""
    return encode(f" {text}") if text else []


def babble_of(corpus: Corpus, seed: int) -> list[NDArray[np.float32]]:
    """Clips to mix a crowd from."""
    long = [clip for clip in corpus.clips if clip.seconds > 1.5]
    return [corpus.pcm(clip) for clip in random.Random(seed).sample(long, min(200, len(long)))]
