"""What becomes of a question before it is answered: a condition is asked for, sound put into words.

Knows no cache and no pipe.
"""

import hashlib
from collections.abc import Callable, Generator, Sequence
from dataclasses import replace

from engine.datatypes import Modality, Task, Turn, bounded
from engine.ears import Ears
from engine.errors import ErrorKind, NestlingError
from engine.live.gemma import GemmaRecogniser
from engine.live.recogniser import Recogniser
from engine.live.starter import STARTER_WHOLE_CLIP
from engine.live.transcriber import LiveSettings
from engine.live.whole_clip import WHOLE_CLIP, words_of
from engine.model import Gemma3n
from engine.opened import Opened
from engine.prompt import condition_question
from engine.protocol import Event, Heard

_LISTENING = "a question"  # holds what hears it


def worded(model: Gemma3n, turns: Sequence[Turn]) -> tuple[Turn, ...]:
    """Turns whose last states a condition, as the question whether it holds."""
    if not turns:
        return ()
    made_for = model.sizes.tasks or {}
    text = condition_question(turns[-1].text, made_for.get(Task.SEE))
    return (*turns[:-1], replace(turns[-1], text=text))


def put_in_words(
    opened: Opened, ears: Ears, turns: Sequence[Turn], *, starter: bool, stop: Callable[[], bool]
) -> Generator[Event, None, tuple[Turn, ...] | None]:
    """Turns with words in place of sound, if the model is a demonstration; None if stopped.

    A demonstration answers words alone: taught to answer sound as well, it had none of fifty
    questions right. What is heard is remembered, so that a conversation stays what it was. The
    words of a last turn that is sound alone are told: Heard; before that Tower... if the ears are
    on their way.
    starter: with the starter ears where the model allows it. stop: asked for each 160 ms of sound.

    Errors: BAD_INPUT where the last turn is sound alone without a word; MISSING_LIBRARY.
    """
    if not turns or not opened.model.sizes.demonstration:
        return tuple(turns)
    unheard = [turn for turn in turns if turn.audio is not None and not _known(opened, turn)]
    if unheard:
        ready = yield from _hear(opened, ears, unheard, starter=starter, stop=stop)
        if not ready:
            return None
    last = turns[-1]
    if last.audio is not None and not last.text.strip():
        said = opened.said[_name(last)]
        if not said and not last.images:
            raise NestlingError(
                ErrorKind.BAD_INPUT,
                "No words were heard in the question: ask again, closer to the microphone, or "
                "type it.",
            )
        if said:
            yield Heard(last.id, said)
    return tuple(_in_words(opened, turn) for turn in turns)


def _hear(
    opened: Opened, ears: Ears, turns: Sequence[Turn], *, starter: bool, stop: Callable[[], bool]
) -> Generator[Event, None, bool]:
    """Remember what is said in the sound of turns. Returns: whether it was not stopped."""
    if starter and opened.allows_starter:
        with ears.held() as hearing:
            return _heard(opened, turns, hearing, STARTER_WHOLE_CLIP, stop)
    yield from opened.towers.load(Modality.AUDIO, stop)
    if Modality.AUDIO not in opened.towers.loaded:
        return False
    opened.towers.hold(Modality.AUDIO, _LISTENING)
    try:
        # Not the one that a recording may be using.
        own = GemmaRecogniser(opened.model, opened.size)
        return _heard(opened, turns, own, WHOLE_CLIP, stop)
    finally:
        opened.towers.unhold(Modality.AUDIO, _LISTENING)


def _heard(
    opened: Opened,
    turns: Sequence[Turn],
    recogniser: Recogniser,
    settings: LiveSettings,
    stop: Callable[[], bool],
) -> bool:
    for turn in turns:
        assert turn.audio is not None
        said = words_of(bounded(turn.audio), recogniser, settings, stop)
        if said is None:
            return False
        opened.said[_name(turn)] = said
    return True


def _in_words(opened: Opened, turn: Turn) -> Turn:
    """A turn with what is said in its sound behind its text, and no sound."""
    if turn.audio is None:
        return turn
    text = "\n\n".join(filter(None, (turn.text.strip(), opened.said[_name(turn)])))
    return replace(turn, text=text, audio=None)


def _known(opened: Opened, turn: Turn) -> bool:
    return _name(turn) in opened.said


def _name(turn: Turn) -> str:
    """What tells a turn's sound from another's."""
    assert turn.audio is not None
    return hashlib.blake2b(turn.audio.tobytes(), digest_size=16).hexdigest()
