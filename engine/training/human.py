"""A person's English to measure on, never to train on: the telephone prompts of Asterisk.

Debian's package is fetched by this command and kept in the cache, outside the repository
(CC-BY-SA 3.0, recorded by Allison Smith, texts beside it). Beside the model under test stands
moonshine-voice, a real recogniser of a similar size whose wheel carries its weights.
"""

import gzip
import itertools
import random
import re
from collections.abc import Sequence
from pathlib import Path
from time import process_time

import numpy as np
import soundfile
import soxr

from engine.datatypes import CHUNK_SAMPLES, AudioChunk
from engine.errors import ErrorKind, NestlingError
from engine.live.recogniser import Recogniser
from engine.live.transcriber import LiveSettings, Transcriber
from engine.training.debian import fetch
from engine.training.espeak import SAMPLE_RATE
from engine.training.sets import SEED, Utterance, plain

PACKAGES = ("asterisk-core-sounds-en", "asterisk-core-sounds-en-wav")
VOICE = "human:Allison Smith"
_MOST_SECONDS = 15.0
_TEXTS = "usr/share/doc/asterisk-core-sounds-en/core-sounds-en.txt.gz"
_SOUNDS = "usr/share/asterisk/sounds/en_US_f_Allison"


def prompts(cache: Path, count: int) -> list[Utterance]:
    """Prompts of at least two words and at most 15 s, drawn by the seed; fetched if need be."""
    folder = cache / "asterisk"
    if not folder.exists():
        advice = "Connect to the network, or leave this row out with --no-human."
        fetch(folder, PACKAGES, "The recordings of a person", advice)
    texts = dict(_transcripts(folder))
    chosen = []
    names = sorted(texts)
    for name in random.Random(f"human {SEED}").sample(names, len(names)):
        sound = folder / _SOUNDS / f"{name}.wav"
        if not sound.exists():
            continue
        pcm, rate = soundfile.read(sound, dtype="float32")
        if len(pcm) > _MOST_SECONDS * rate:
            continue
        heard = np.asarray(soxr.resample(pcm, rate, SAMPLE_RATE), np.float32)
        chosen.append(Utterance(heard, texts[name], VOICE))
        if len(chosen) == count:
            break
    return chosen


def _transcripts(folder: Path) -> list[tuple[str, str]]:
    """Name and text of each prompt whose text says only words."""
    lines = gzip.decompress((folder / _TEXTS).read_bytes()).decode().splitlines()
    found = []
    for line in itertools.filterfalse(lambda line: line.startswith(";"), lines):
        name, _, text = line.partition(":")
        if re.search(r"[\[\]\d]", text) or len(plain(text).split()) < 2:
            continue  # tones, or digits, which the recognisers write in different ways
        found.append((name.strip(), text.strip()))
    return found


def live(
    utterances: Sequence[Utterance], recogniser: Recogniser, settings: LiveSettings
) -> list[str]:
    """What is confirmed of each when it comes in chunks of 160 ms and a second of silence ends it.

    The processor's own time is the clock, as if nobody else used the machine.
    """
    texts = []
    for utterance in utterances:
        pcm = np.concatenate([utterance.pcm, np.zeros(SAMPLE_RATE, np.float32)])
        transcriber = Transcriber(recogniser, settings=settings, clock=process_time)
        updates = []
        for start in range(0, pcm.size, CHUNK_SAMPLES):
            chunk = AudioChunk(pcm[start : start + CHUNK_SAMPLES].copy(), start, process_time())
            updates += transcriber.feed(chunk)
        updates += transcriber.finish()
        texts.append(" ".join(u.segment.text for u in updates if u.segment.final))
    return texts


def moonshine(utterances: Sequence[Utterance]) -> list[str]:
    """What moonshine-voice hears in each."""
    try:
        from moonshine_voice import ModelArch, Transcriber, get_model_path
    except ImportError as missing:
        raise NestlingError(
            ErrorKind.MISSING_LIBRARY,
            "The recogniser to compare with is missing: install the extra `train` "
            "(moonshine-voice), or leave this row out with --no-human.",
        ) from missing
    texts = []
    with Transcriber(str(get_model_path("tiny-en")), ModelArch.TINY) as transcriber:
        for utterance in utterances:
            found = transcriber.transcribe_without_streaming(utterance.pcm.tolist(), SAMPLE_RATE)
            texts.append(" ".join(line.text.strip() for line in found.lines))
    return texts
