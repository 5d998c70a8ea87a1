"""What the doctor shows to a model: a text, a spoken sentence and a picture, all of them ours."""

from functools import cache
from pathlib import Path

import soundfile

from engine.datatypes import Role, SamplingParams, Seeing, Turn
from engine.protocol import Token
from engine.session import Session
from engine.vision.pictures import read_picture

_FOLDER = Path(__file__).resolve().parents[2] / "assets" / "doctor"
SPOKEN = _FOLDER / "spoken.flac"
_SAID = "the meeting with sarah is on monday at nine"
COLOUR = "red"
_QUESTION = "What colour is the circle?"
_ANSWER_TOKENS = 12
_PIXELS = 256  # a side: the quickest of the three sizes, and it needs no more


@cache
def text() -> str:
    """English prose of about 200 words."""
    return (_FOLDER / "text.txt").read_text(encoding="utf-8").strip()


def spoken_s() -> float:
    """Length of the spoken sentence, seconds."""
    return float(soundfile.info(SPOKEN).duration)


def word_error_rate(heard: str) -> float:
    """Wrong words for each word of the spoken sentence, case and punctuation aside."""
    said, found = _words(_SAID), _words(heard)
    edits = list(range(len(found) + 1))
    for count, word in enumerate(said, 1):
        before, edits[0] = edits[0], count
        for place, other in enumerate(found, 1):
            changed = before + (word != other)
            before = edits[place]
            edits[place] = min(changed, before + 1, edits[place - 1] + 1)
    return edits[-1] / len(said)


def answer_about_picture(session: Session) -> str:
    """What a model says of the picture's colour."""
    question = Turn(0, Role.USER, _QUESTION, images=(read_picture(_FOLDER / "picture.png"),))
    params = SamplingParams(temperature=0.0, max_tokens=_ANSWER_TOKENS)
    events = session.ask((question,), params, seeing=Seeing(_PIXELS))
    return "".join(event.piece for event in events if isinstance(event, Token))


def _words(text: str) -> list[str]:
    spoken = "".join(sign if sign.isalnum() or sign == "'" else " " for sign in text.casefold())
    return spoken.replace("9", "nine").split()
