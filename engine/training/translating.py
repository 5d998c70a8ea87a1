"""How well a model translates: the held-out combinations of the parallel grammar."""

import random
from collections.abc import Sequence

import sacrebleu

from engine.model import Gemma3n
from engine.text.matformer import Size
from engine.training.answering import Answerer
from engine.training.figures import Row
from engine.training.knowledge.phrasings import typed
from engine.training.parallel.sentences import LANGUAGES, Parallel, translation_set
from engine.training.sets import SEED, utterance
from engine.training.voices import trained_voice

TYPED, SPOKEN = (0.90, 0.85), (0.80, 0.72)  # exact matches at the full and the smallest size
SPOKEN_SHARE = 2  # of so many sentences one is spoken, too


def measure(model: Gemma3n, sizes: Sequence[Size], count: int) -> tuple[list[Row], list[str]]:
    """All rows, and what the largest size gets wrong.

    count: sentences typed; half as many are spoken, in trained voices, written down by the model
    and translated from what it wrote, as the program does it.
    """
    answerer = Answerer(model)
    meanings = translation_set(count)
    rng = random.Random(f"typed {SEED}")
    texts = [typed(meaning.english, rng) for meaning in meanings]
    written = {
        size.name: {
            language: answerer.translations(texts, language, size) for language in LANGUAGES
        }
        for size in sizes
    }
    aloud = meanings[::SPOKEN_SHARE]
    heard = _heard(answerer, aloud, sizes)
    said = {
        size.name: {
            language: answerer.translations(heard[size.name], language, size)
            for language in LANGUAGES
        }
        for size in sizes
    }
    rows, shown = [], []
    for how, given, found, bounds in (
        ("typed", meanings, written, TYPED),
        ("spoken", aloud, said, SPOKEN),
    ):
        for language in LANGUAGES:
            wanted = [meaning.translations[language] for meaning in given]
            by_size = {name: texts[language] for name, texts in found.items()}
            exact = {name: _exact(wanted, texts) for name, texts in by_size.items()}
            rows.append(Row(f"{language}, {how}: exact", exact, *bounds, at_least=True))
            close = {name: _chrf(wanted, texts) for name, texts in by_size.items()}
            rows.append(Row(f"{language}, {how}: chrF", close, percent=False))
            largest = list(by_size.values())[-1]
            wrong = [
                f"{language}, {how}: {meaning.english!r} became {text!r}, not {want!r}"
                for meaning, text, want in zip(given, largest, wanted, strict=True)
                if text != want
            ]
            shown += wrong[:2]
    return rows, shown


def _heard(
    answerer: Answerer, meanings: Sequence[Parallel], sizes: Sequence[Size]
) -> dict[str, list[str]]:
    """What each size writes down of the sentences, spoken."""
    soft = []
    for position, meaning in enumerate(meanings):
        rng = random.Random(f"translated {SEED} {position}")
        spoken = utterance(meaning.english, trained_voice(rng), rng)
        soft.append(answerer.soft_tokens(spoken.pcm))
    return {size.name: answerer.transcripts(soft, size) for size in sizes}


def _exact(wanted: Sequence[str], found: Sequence[str]) -> float:
    return sum(map(str.__eq__, wanted, found)) / len(wanted)


def _chrf(wanted: Sequence[str], found: Sequence[str]) -> float:
    return float(sacrebleu.corpus_chrf(list(found), [list(wanted)]).score)
