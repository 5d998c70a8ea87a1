"""How live translation performs: delays, what is taken back, clause against whole sentence.

The worker's loop without its pipe: sound goes first, and between two chunks one slice of
translation after the other. `live.py --translate` prints the rows.
"""

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import torch
from safetensors.torch import save_file

from engine.datatypes import CHUNK_SAMPLES, SAMPLE_RATE, Languages, Task, Translation
from engine.live.gemma import GemmaRecogniser
from engine.live.interpreter import Interpreter, LiveTranslation
from engine.live.transcriber import LiveSettings, Transcriber, Update
from engine.live.translator import GemmaTranslator, Request, Translator
from engine.model import Gemma3n
from engine.protocol import TranslationChanged
from engine.serve import LONGEST_SLICES_S, TRANSLATION_SHARE
from engine.writing import joined
from tests.bench.listening import Clock, Heard, Shown, chunks_between
from tests.bench.material import Samples
from tests.checkpoints import random_tensors

SPANISH = Languages("Spanish", "English")
Key = tuple[int, int]  # segment and first word of a clause


@dataclass
class Interpreted:
    """What came of a clip, each with the moment it was ready, seconds on the clock.

    closed: when the last word of each clause was confirmed, and the clause's words.
    """

    heard: Heard
    closed: dict[Key, tuple[float, str]] = field(default_factory=dict)
    texts: list[tuple[float, Translation]] = field(default_factory=list)

    def delays_s(self) -> list[float]:
        """From the confirmation of each clause to its whole translation."""
        return [at - self.closed[_key(t)][0] for at, t in self.texts if t.final]

    def first_delays_s(self) -> list[float]:
        """From the confirmation of each clause to the first words of its translation."""
        first: dict[Key, float] = {}
        for at, translation in self.texts:
            if translation.text:
                first.setdefault(_key(translation), at)
        return [at - self.closed[key][0] for key, at in first.items()]

    def erasure(self) -> float:
        """Characters that were taken back, for each that stayed."""
        shown: dict[Key, str] = {}
        erased = 0
        for _, translation in self.texts:
            before = shown.get(_key(translation), "")
            same = 0
            while same < min(len(before), len(translation.text)):
                if before[same] != translation.text[same]:
                    break
                same += 1
            erased += len(before) - same
            shown[_key(translation)] = translation.text
        return erased / max(1, sum(map(len, shown.values())))

    def pairs(self) -> list[tuple[str, str]]:
        """Each segment's words, and the translation that its clauses came to."""
        said: dict[int, list[str]] = {}
        meant: dict[int, list[str]] = {}
        for _, translation in self.texts:
            if translation.final:
                said.setdefault(translation.segment, []).append(self.closed[_key(translation)][1])
                meant.setdefault(translation.segment, []).append(translation.text)
        return [(joined(words), joined(meant[segment])) for segment, words in said.items()]


def _key(translation: Translation) -> Key:
    return translation.segment, translation.first


def interpret(
    recogniser: GemmaRecogniser,
    translator: Translator,
    pcm: Samples,
    clock: Clock,
    languages: Languages = SPANISH,
) -> Interpreted:
    """Hear `pcm` chunk by chunk on `clock` and translate it in between."""
    transcriber = Transcriber(recogniser, settings=LiveSettings(keep_sound=True), clock=clock.now)
    live, interpreter = LiveTranslation(1, languages), Interpreter(translator)
    shown: list[Shown] = []
    result = Interpreted(Heard((), transcriber.metrics()))

    def take(updates: list[Update]) -> None:
        for update in updates:
            shown.append(Shown(clock.now(), update.captured_at, update.segment))
            words = [word.text for word in update.segment.words]
            for job in live.follow(update):
                key = update.segment.index, job.clause.first
                text = joined(words[job.clause.first : job.clause.end])
                result.closed[key] = clock.now(), text
                interpreter.add(job)

    def work(goes_on: Callable[[], bool]) -> None:
        while interpreter.busy and goes_on():
            for event in interpreter.step():
                assert isinstance(event, TranslationChanged)
                result.texts.append((clock.now(), event.translation))

    start, busy_s = 0, 0.0
    while start < pcm.size:
        due_s = min(start + CHUNK_SAMPLES, pcm.size) / SAMPLE_RATE
        # As the worker: at least one slice, then as long as no sound waits or it has its share.
        end_s = max(due_s, clock.now() + min(LONGEST_SLICES_S, busy_s * TRANSLATION_SHARE))
        once = iter([True])
        work(lambda: next(once, False) or clock.now() < end_s)  # noqa: B023 - called at once
        clock.wait_until(due_s)
        began_s = clock.now()
        captured = min(pcm.size, int(clock.now() * SAMPLE_RATE) // CHUNK_SAMPLES * CHUNK_SAMPLES)
        for chunk in chunks_between(pcm, start, max(captured, start + 1)):
            start = chunk.start + chunk.pcm.size
            take(transcriber.feed(chunk, more=start < captured))
        busy_s = clock.now() - began_s
    take(transcriber.finish())
    work(lambda: True)
    result.heard = Heard(tuple(shown), transcriber.metrics())
    return result


def translates(model: Gemma3n) -> bool:
    """Whether the model was made for translation, or for everything."""
    return model.sizes.tasks is None or Task.TRANSLATE in model.sizes.tasks


def random_twin(folder: Path, model: Path) -> Gemma3n:
    """A general model of the same size with random weights: as slow, and never at a loss for more.

    It writes until the limit of its length or a loop, so it takes at least as long as a real one.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("config.json", "generation_config.json", "tokenizer.model"):
        shutil.copy(model / name, folder / name)
    raw = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    dtype = getattr(torch, raw.get("torch_dtype", "float32"))
    save_file(random_tensors(raw, dtype=dtype), folder / "model.safetensors", {"format": "pt"})
    return Gemma3n.open(folder)


def agreement(translator: GemmaTranslator, found: list[tuple[str, str]]) -> float:
    """Share of segments whose clauses came to exactly what the whole gives, translated at once."""
    same = 0
    for words, meant in found:
        *_, whole = translator.translate(Request(words, SPANISH))
        same += whole == meant
    return same / max(1, len(found))
