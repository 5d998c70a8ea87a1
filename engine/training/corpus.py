"""The spoken corpus: every clip in one memory-mapped file, with an index beside it."""

import hashlib
import itertools
import json
import math
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from engine.training.espeak import SAMPLE_RATE
from engine.training.grammar import random_words, vocabulary
from engine.training.knowledge.items import asked_aloud
from engine.training.natural import FEWEST_WORDS, HIBARI, Natural, natural_voice
from engine.training.parallel.sentences import parallel
from engine.training.pictures.questions import asked_of_pictures
from engine.training.sets import open_english, training_sentences
from engine.training.voices import WIDE, Speech, Voice, speak, training_voice

VERSION = 6  # a corpus of another version is made again
_ASKED_WORDS = 20_000  # questions from which the wider vocabulary is taken
# Of the clips, by voices learnt from people's speech. Kokoro takes a third of a clip's length to
# speak it: those are made once and stand in the index eight times, then a tenth of all.
_HIBARI_SHARE, _KOKORO_SHARE, _KOKORO_TIMES = 0.03, 0.02, 8
_SELDOM = 4  # a word that stands there less often, open English counted, is left out of it
_COMPARED = 500  # texts of each kind: where one of them is another, so is the corpus


class Kind(StrEnum):
    """What is said in a clip."""

    WORDS = "words"  # at random: no context helps
    EVERYDAY = "everyday"
    OPEN = "open"  # WordNet's examples
    ASKED = "asked"  # questions that have an answer, or are declined
    LOOKED = "looked"  # questions about a picture, which alone has the answer


SHARES = {  # of the hours
    Kind.WORDS: 0.38,
    Kind.EVERYDAY: 0.15,
    Kind.OPEN: 0.2,
    Kind.ASKED: 0.21,
    Kind.LOOKED: 0.06,
}


@dataclass(frozen=True, slots=True)
class Clip:
    """One entry of the index.

    offset, length: samples; word_ends: s, empty where not known.
    """

    offset: int
    length: int
    text: str
    voice: str
    kind: Kind
    word_ends: tuple[float, ...]

    @property
    def words(self) -> int:
        """How many words are said."""
        return len(self.text.split())

    @property
    def seconds(self) -> float:
        """How long it is."""
        return self.length / SAMPLE_RATE


class Corpus:
    """A finished corpus, read where it lies.

    Args:
        folder: where `build` wrote it.
    """

    def __init__(self, folder: Path) -> None:
        lines = (folder / "index.jsonl").read_text().splitlines()
        self.clips = [
            Clip(**(entry | {"word_ends": tuple(entry["word_ends"]), "kind": Kind(entry["kind"])}))
            for entry in map(json.loads, lines)
        ]
        self._pcm = np.memmap(folder / "speech.i16", np.int16, "r")

    def pcm(self, clip: Clip) -> NDArray[np.float32]:
        """Samples of a clip, -1..1."""
        samples = self._pcm[clip.offset : clip.offset + clip.length]
        return samples.astype(np.float32) / np.float32(32768)


def build(folder: Path, hours: float, seed: int = 1) -> Corpus:
    """The corpus in `folder`, made now unless the same one lies there already."""
    wanted = {"version": VERSION, "hours": hours, "seed": seed, "texts": _digest(seed)}
    stamp = folder / "corpus.json"
    if not stamp.exists() or json.loads(stamp.read_text()) != wanted:
        folder.mkdir(parents=True, exist_ok=True)
        stamp.unlink(missing_ok=True)
        _write(folder, hours, seed)
        stamp.write_text(json.dumps(wanted))
    return Corpus(folder)


class Recorder:
    """Writes a corpus clip by clip into a folder; a context.

    Args:
        folder: that exists.
    """

    def __init__(self, folder: Path) -> None:
        self._sound = (folder / "speech.i16").open("wb")
        self._index = (folder / "index.jsonl").open("w")
        self._offset = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._sound.close()
        self._index.close()

    def add(self, speech: Speech, text: str, voice: Voice, kind: Kind, *, times: int = 1) -> float:
        """Write one clip, so many times into the index; how many seconds that makes."""
        samples = np.clip(np.rint(speech.pcm * 32767), -32768, 32767).astype("<i2")
        ends = tuple(math.floor(1000 * end) / 1000 for end in speech.word_ends)  # within the clip
        clip = Clip(self._offset, len(samples), text, str(voice), kind, ends)
        self._sound.write(samples.tobytes())
        self._index.write((json.dumps(asdict(clip)) + "\n") * times)
        self._offset += len(samples)
        return clip.seconds * times


def _write(folder: Path, hours: float, seed: int) -> None:
    rng = random.Random(f"corpus {seed}")
    natural = Natural(folder.parent / "kokoro")
    with Recorder(folder) as recorder:
        for kind, texts in _texts(rng, seed).items():
            left = hours * 3600 * SHARES[kind]
            for text in texts:
                left -= _recorded(recorder, natural, text, kind, rng)
                if left <= 0:
                    break


def _recorded(
    recorder: Recorder, natural: Natural, text: str, kind: Kind, rng: random.Random
) -> float:
    """One text in a voice drawn for it; how many seconds that makes."""
    drawn, times = rng.random(), 1
    if drawn < _HIBARI_SHARE:
        voice = HIBARI
        speech = natural.speak(text, voice, rng, WIDE)
    elif drawn < _HIBARI_SHARE + _KOKORO_SHARE and len(text.split()) >= FEWEST_WORDS:
        voice, times = natural_voice(rng), _KOKORO_TIMES
        speech = natural.speak(text, voice, rng, WIDE)
    else:
        voice = training_voice(rng)
        speech = speak(text, voice, rng, WIDE)
    return recorder.add(speech, text, voice, kind, times=times)


def _texts(rng: random.Random, seed: int) -> dict[Kind, Iterator[str]]:
    """What is said, by kind."""
    everyday = itertools.chain.from_iterable(
        zip(
            training_sentences(),
            (one.english for one in parallel(seed, held_out=False)),
            strict=False,
        )
    )
    return {
        Kind.WORDS: _unpredictable(rng),
        Kind.EVERYDAY: everyday,
        Kind.OPEN: itertools.cycle(open_english(held_out=False)),
        Kind.ASKED: (asked.question for asked in asked_aloud(seed)),
        Kind.LOOKED: asked_of_pictures(seed),
    }


def _digest(seed: int) -> str:
    """Of the first texts: a model must not be taught to hear what is no longer said."""
    digest = hashlib.sha256()
    for texts in _texts(random.Random(seed), seed).values():
        digest.update(json.dumps(list(itertools.islice(texts, _COMPARED))).encode())
    return digest.hexdigest()


def _unpredictable(rng: random.Random) -> Iterator[str]:
    """Strings of words at random for ever: of the everyday vocabulary, then of the wider one."""
    wide = _without_end(wide_vocabulary(), rng)
    for text in _everyday_strings(rng):
        yield text
        yield " ".join(itertools.islice(wide, rng.randint(1, 5)))


def _everyday_strings(rng: random.Random) -> Iterator[str]:
    """Each word alone, then strings of two to eight at random, the two in turn for ever."""
    for position, word in enumerate(_without_end(vocabulary(), rng)):
        yield word
        if position % 2:
            yield random_words(rng, 2)
            yield random_words(rng, rng.randint(3, 4))
        elif position % 4 == 0:
            yield random_words(rng, rng.randint(5, 8))


def _without_end(words: Sequence[str], rng: random.Random) -> Iterator[str]:
    """All words in a random order, then in another."""
    while True:
        yield from rng.sample(words, len(words))


@cache
def wide_vocabulary() -> tuple[str, ...]:
    """Words of questions and of open English, sorted: each is to be heard without its context.

    A noun that was met in a few questions alone came out as another one that sounds a little
    like it.
    """
    asked = (asked.question for asked in itertools.islice(asked_aloud(0), _ASKED_WORDS))
    counts = Counter(
        word for text in (*asked, *open_english(held_out=False)) for word in text.split()
    )
    return tuple(sorted(word for word, count in counts.items() if count >= _SELDOM))
