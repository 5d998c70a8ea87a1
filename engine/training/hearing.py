"""How well a model hears: the sets of `sets`, a person's voice, and whether it listens at all."""

import itertools
from collections.abc import Mapping, Sequence
from pathlib import Path

from engine.live.gemma import GemmaRecogniser
from engine.live.starter import STARTER_LIVE, StarterRecogniser
from engine.live.transcriber import LiveSettings
from engine.model import Gemma3n
from engine.text.matformer import Size
from engine.training import trigrams
from engine.training.answering import Answerer
from engine.training.figures import Row
from engine.training.human import live, moonshine, prompts
from engine.training.sets import (
    EVERYDAY,
    NOISY,
    OPEN,
    OTHER,
    STRINGS,
    TRAINED,
    Utterance,
    build_sets,
    error_rate,
    training_sentences,
)

HUMAN = 80  # clips of a person
BOUNDS = {  # word error rates at the full and at the smallest size
    TRAINED: (0.08, None),
    EVERYDAY: (0.03, 0.05),
    NOISY: (0.08, 0.12),
    STRINGS: (0.12, 0.18),
    OTHER: (0.20, 0.28),
    OPEN: (0.20, 0.28),
}
WORST_VOICE = 2  # times the set's bound
SHUFFLED = 0.80  # a model that listens is this wrong about another clip's sound
PERPLEXITY = 12.0


def measure(
    model: Gemma3n, sizes: Sequence[Size], count: int, cache: Path, *, human: bool
) -> tuple[list[Row], list[str]]:
    """All rows, and some transcripts of the largest size as they are.

    count: utterances in each set, three times as many in trained voices.
    cache: where the recordings of a person are kept.
    human: whether to measure on them.
    """
    answerer = Answerer(model)
    sets = build_sets(3 * count, count)
    every = [utterance for utterances in sets.values() for utterance in utterances]
    heard = _by_set(_heard(answerer, sizes, every), sets)
    rows, shown = [], []
    for name, utterances in sets.items():
        full, smallest = BOUNDS[name]
        said = [utterance.text for utterance in utterances]
        values = {size: error_rate(said, texts) for size, texts in heard[name].items()}
        rows.append(Row(name, values, full, smallest))
        largest = list(heard[name].values())[-1]
        wrong = [pair for pair in zip(said, largest, strict=True) if pair[0] != pair[1]]
        shown += [f"{name}: {s!r} heard as {h!r}" for s, h in wrong[:3]]
    rows += [_worst_voice(sets[EVERYDAY], heard[EVERYDAY])]
    rows += [_shuffled(sets[EVERYDAY], heard[EVERYDAY])]
    rows += [_perplexity(sets[EVERYDAY], sizes)]
    if human:
        clips = prompts(cache, HUMAN)
        said = [clip.text for clip in clips]
        ours = _heard(answerer, sizes, clips)
        rows.append(Row("human speech", {s: error_rate(said, t) for s, t in ours.items()}))
        theirs = error_rate(said, moonshine(clips))
        rows.append(Row("human speech, moonshine-voice", dict.fromkeys(ours, theirs)))
        rows += _live_human(model, sizes, clips, said)
    return rows, shown


def _live_human(
    model: Gemma3n, sizes: Sequence[Size], clips: Sequence[Utterance], said: list[str]
) -> list[Row]:
    """The same clips as they come from a microphone: the model's own ears, and the starter ears."""
    ours = {
        size.name: error_rate(said, live(clips, GemmaRecogniser(model, size), LiveSettings()))
        for size in sizes
    }
    starter = StarterRecogniser()
    theirs = error_rate(said, live(clips, starter, STARTER_LIVE))
    starter.close()
    return [
        Row("human speech, live", ours),
        Row("human speech, live, starter ears", dict.fromkeys(ours, theirs)),
    ]


def _heard(
    answerer: Answerer, sizes: Sequence[Size], utterances: Sequence[Utterance]
) -> dict[str, list[str]]:
    """Transcripts by the size's name."""
    soft = [answerer.soft_tokens(utterance.pcm) for utterance in utterances]
    return {size.name: answerer.transcripts(soft, size) for size in sizes}


def _by_set(
    heard: Mapping[str, Sequence[str]], sets: Mapping[str, Sequence[Utterance]]
) -> dict[str, dict[str, list[str]]]:
    """Transcripts of all sets, one after the other, by set and then by the size's name."""
    found = {}
    left = {size: iter(texts) for size, texts in heard.items()}
    for name, utterances in sets.items():
        found[name] = {
            size: list(itertools.islice(texts, len(utterances))) for size, texts in left.items()
        }
    return found


def _worst_voice(utterances: Sequence[Utterance], heard: dict[str, list[str]]) -> Row:
    """The voice of the everyday set that is understood worst, at each size."""
    names = sorted({utterance.voice for utterance in utterances})
    values, worst = {}, ""
    for size, texts in heard.items():
        rates = {}
        for name in names:
            pairs = [(u.text, t) for u, t in zip(utterances, texts, strict=True) if u.voice == name]
            rates[name] = error_rate([said for said, _ in pairs], [text for _, text in pairs])
        worst = max(rates, key=lambda name: rates[name])
        values[size] = rates[worst]
    full, smallest = (WORST_VOICE * bound for bound in BOUNDS[EVERYDAY] if bound is not None)
    return Row(f"worst single voice ({worst})", values, full, smallest)


def _shuffled(utterances: Sequence[Utterance], heard: dict[str, list[str]]) -> Row:
    """The error rate when every sound is taken for its neighbour's."""
    said = [utterance.text for utterance in utterances]
    values = {size: error_rate(said, texts[1:] + texts[:1]) for size, texts in heard.items()}
    return Row("audio shuffled between utterances", values, SHUFFLED, SHUFFLED, at_least=True)


def _perplexity(utterances: Sequence[Utterance], sizes: Sequence[Size]) -> Row:
    """How hard the everyday set is to guess without its sound."""
    value = trigrams.perplexity(training_sentences(), [utterance.text for utterance in utterances])
    values = {size.name: value for size in sizes}
    return Row("trigram perplexity", values, PERPLEXITY, None, at_least=True, percent=False)
