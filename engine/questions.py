"""What becomes of a question before it is answered: a condition is asked for, sound put into words.

Knows no cache and no pipe.
"""

from collections.abc import Callable, Generator, Sequence
from dataclasses import replace

from engine.datatypes import Modality, Task, Turn, bounded
from engine.ears import Ears
from engine.errors import ErrorKind, NestlingError
from engine.live.gemma import GemmaRecogniser
from engine.live.recogniser import Recogniser
from engine.live.starter import STARTER_WHOLE_CLIP
from engine.live.transcriber import LiveSettings
from engine.live.whole_clip import WHOLE_CLIP, transcribe_pcm
from engine.model import Gemma3n
from engine.opened import Opened
from engine.prompt import condition_question
from engine.protocol import Event, Heard

_LISTENING = "a question"  # holds what hears it


def worded(model: Gemma3n, turns: Sequence[Turn]) -> tuple[Turn, ...]:
    """Turns whose last states a condition, as the question whether it holds."""
    made_for = model.sizes.tasks or {}
    text = condition_question(turns[-1].text, made_for.get(Task.SEE))
    return (*turns[:-1], replace(turns[-1], text=text))


def wants_words(model: Gemma3n, turn: Turn) -> bool:
    """Whether a turn's sound must be put into words. A demonstration answers words alone: taught
    to answer sound as well, it had none of fifty questions right. A video's sound is no question.
    """
    return model.sizes.demonstration and turn.audio is not None and not turn.is_video


def put_in_words(
    opened: Opened, ears: Ears, turns: Sequence[Turn], *, starter: bool, stop: Callable[[], bool]
) -> Generator[Event, None, tuple[Turn, ...] | None]:
    """Turns with words in place of sound, where the model wants them; None if it was stopped.

    The last turn's words are told: Heard, and before that Tower... if the ears are on their way.
    starter: with the starter ears where the model allows it. stop: asked
    after each stretch of speech.

    Errors: BAD_INPUT where no word is heard and nothing else is asked; MISSING_LIBRARY.
    """
    spoken = [turn for turn in turns if wants_words(opened.model, turn)]
    if not spoken:
        return tuple(turns)
    if starter and opened.allows_starter:
        hearing = ears.hold()
        try:
            found = _all_in_words(spoken, hearing, STARTER_WHOLE_CLIP, stop)
        finally:
            ears.unhold(hearing)
    else:
        yield from opened.towers.load(Modality.AUDIO, stop)
        if Modality.AUDIO not in opened.towers.loaded:
            return None
        opened.towers.hold(Modality.AUDIO, _LISTENING)
        try:
            # Not the one that a recording may be using.
            own = GemmaRecogniser(opened.model, opened.size)
            found = _all_in_words(spoken, own, WHOLE_CLIP, stop)
        finally:
            opened.towers.unhold(Modality.AUDIO, _LISTENING)
            opened.towers.note_use(Modality.AUDIO)
    if found is None:
        return None
    if turns[-1].id in found:
        yield Heard(turns[-1].id, found[turns[-1].id].text)
    return tuple(found.get(turn.id, turn) for turn in turns)


def _all_in_words(
    spoken: Sequence[Turn],
    recogniser: Recogniser,
    settings: LiveSettings,
    stop: Callable[[], bool],
) -> dict[int, Turn] | None:
    """By id."""
    found = {}
    for turn in spoken:
        words = _in_words(turn, recogniser, settings, stop)
        if words is None:
            return None
        found[turn.id] = words
    return found


def _in_words(
    turn: Turn, recogniser: Recogniser, settings: LiveSettings, stop: Callable[[], bool]
) -> Turn | None:
    """A turn with what is said in its sound behind its text, and no sound; None if stopped."""
    assert turn.audio is not None
    said = [turn.text.strip()]
    for segment in transcribe_pcm(bounded(turn.audio), recogniser, settings=settings):
        if stop():
            return None
        said.append(segment.text.strip())
    text = " ".join(filter(None, said))
    if not text:
        raise NestlingError(
            ErrorKind.BAD_INPUT,
            "No words were heard in the question: ask again, closer to the microphone, or type it.",
        )
    return replace(turn, text=text, audio=None)
