"""The family's chat format, and nothing of it anywhere else: turns to ids.

A conversation becomes runs of text with special ids between them. Each run is tokenised whole, so
that neighbouring newlines merge as they did in training, and special pieces typed into it stay
text. Source: spec/text.md 9.3 and 9.5.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from engine.config import ModelConfig
from engine.datatypes import Languages, Modality
from engine.errors import ErrorKind, NestlingError
from engine.tokenizer import Tokenizer

START_OF_TURN = "<start_of_turn>"
END_OF_TURN = "<end_of_turn>"

# Google's wording for recognition with a general Gemma 3n: ai.google.dev/gemma, "Audio".
TRANSCRIBE_INSTRUCTION = (
    "Transcribe the following speech segment in its original language. Follow these specific "
    "instructions for formatting the answer:\n"
    "* Only output the transcription, with no newlines.\n"
    "* When transcribing numbers, write the digits, i.e. write 1.7 and not one point seven, and "
    "write 3 instead of three."
)

# Ours: Google has published no wording for text.
TRANSLATE_INSTRUCTION = (
    "Translate the following text from {source} into {target}. Only output the translation, with "
    "no explanation and no newlines."
)
_ANY_SOURCE = TRANSLATE_INSTRUCTION.replace(" from {source}", "")

# Google's wording for speech: the developer guide of Gemma 3n, "Audio" (spec/text.md 9.5).
SPEECH_INSTRUCTION = (
    "Transcribe the following speech segment in {source}, then translate it into {target}:"
)
_ITS_LANGUAGE = "its original language"

# Ours: in English whatever the condition is written in, for one of two known words.
CONDITION_QUESTION = (
    "Look at the picture. Is this true now: {condition}\nAnswer with one word, yes or no."
)
_STATED = re.compile(r"^(there (is|are)|(i|you) (can )?see|it shows) ", re.IGNORECASE)

_AROUND_MEDIA = "\n\n"

_Run = str | int  # text, or the id of a special piece


@dataclass(frozen=True, slots=True)
class Media:
    """The place of a picture or of a clip in a message: `tokens` soft tokens.

    before: text right before it, which is not trimmed.
    """

    modality: Modality
    tokens: int
    before: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """What one side says.

    role: "user", "model" (or "assistant"), or "system", which only the first message may be.
    content: texts and media in order. Each text is trimmed; of a system message only the first
        counts, as it is.
    """

    role: str
    content: tuple[str | Media, ...]


def chat_prompt(
    tokenizer: Tokenizer, config: ModelConfig, messages: Sequence[Message]
) -> list[int]:
    """Ids of a conversation, begin-of-sequence first, up to where the model shall go on.

    Soft tokens are the id of their modality, repeated.

    Errors: BAD_INPUT if users and the model do not take turns, or for media the model lacks.
    """
    chat = list(messages)
    system = ""
    if chat and chat[0].role == "system":
        system = "".join(part for part in chat.pop(0).content[:1] if isinstance(part, str)) + "\n\n"
    runs: list[_Run] = [config.bos_token_id]
    for index, message in enumerate(chat):
        if (message.role == "user") != (index % 2 == 0):
            raise NestlingError(
                ErrorKind.BAD_INPUT,
                f"message {index + 1} of the conversation is by {message.role!r}: expected user "
                "and model in turn, the user first",
            )
        runs += _turn(tokenizer, config, message, system if index == 0 else "")
    return _ids(tokenizer, [*runs, *_answer(tokenizer)])


def next_turn(
    tokenizer: Tokenizer, config: ModelConfig, message: Message, last_id: int
) -> list[int]:
    """Ids that go on after an answer whose ids are in the cache, up to the next answer.

    last_id: of the cache. The end of the answer is added unless it is there.

    Errors: BAD_INPUT for media the model lacks.
    """
    end = tokenizer.id_of(END_OF_TURN)
    closing: list[_Run] = [] if last_id == end else [end]
    turn = _turn(tokenizer, config, message, "")
    return _ids(tokenizer, [*closing, "\n", *turn, *_answer(tokenizer)])


def transcribe_prefix(
    tokenizer: Tokenizer, config: ModelConfig, instruction: str = TRANSCRIBE_INSTRUCTION
) -> list[int]:
    """Ids before the soft tokens of a clip: a user's turn, up to and with begin-of-audio."""
    start = tokenizer.id_of(START_OF_TURN)
    text = f"user\n{instruction.strip()}{_AROUND_MEDIA}"
    return _ids(tokenizer, [config.bos_token_id, start, text, config.boa_token_id])


def transcribe_suffix(tokenizer: Tokenizer, config: ModelConfig) -> list[int]:
    """Ids behind the soft tokens of a clip: from end-of-audio to where the transcript begins."""
    end = tokenizer.id_of(END_OF_TURN)
    return _ids(tokenizer, [config.eoa_token_id, _AROUND_MEDIA, end, "\n", *_answer(tokenizer)])


def condition_question(condition: str, instruction: str | None = None) -> str:
    """Whether a condition holds in the picture, to be answered yes or no.

    instruction: a small model's own wording, with {condition} for what may be seen ("a red
        circle"); None = one for general models.
    """
    stated = condition.strip()
    if instruction is not None:
        stated = _STATED.sub("", stated).rstrip(" .!?")
    return (instruction or CONDITION_QUESTION).replace("{condition}", stated)


def translate_prompt(
    tokenizer: Tokenizer,
    config: ModelConfig,
    text: str,
    languages: Languages,
    instruction: str | None = None,
) -> list[int]:
    """Ids of a text to be translated, up to where the translation begins.

    instruction: of a model with its own; {source} and {target} in it stand for the languages.
    """
    wording = instruction or (TRANSLATE_INSTRUCTION if languages.source else _ANY_SOURCE)
    asked = _filled(wording, languages)
    message = Message("user", (f"{asked}\n\n{text.strip()}",))
    return chat_prompt(tokenizer, config, [message])


def speech_translate_prompt(
    tokenizer: Tokenizer, config: ModelConfig, tokens: int, languages: Languages
) -> list[int]:
    """Ids of a sound of `tokens` soft tokens to be written down and translated, up to the answer.

    Errors: BAD_INPUT if the model does not hear.
    """
    asked = _filled(SPEECH_INSTRUCTION, languages)
    message = Message("user", (asked, Media(Modality.AUDIO, tokens)))
    return chat_prompt(tokenizer, config, [message])


def speech_translate_answer(transcript: str, target: str) -> str:
    """What the model has answered before the translation of a speech begins."""
    return f"{transcript.strip()}\n{target}:"


def _filled(wording: str, languages: Languages) -> str:
    source = languages.source or _ITS_LANGUAGE
    return wording.replace("{source}", source).replace("{target}", languages.target)


def _turn(tokenizer: Tokenizer, config: ModelConfig, message: Message, before: str) -> list[_Run]:
    role = "model" if message.role == "assistant" else message.role
    runs: list[_Run] = [tokenizer.id_of(START_OF_TURN), f"{role}\n{before}"]
    for part in message.content:
        runs += [part.strip()] if isinstance(part, str) else _media(config, part)
    return [*runs, tokenizer.id_of(END_OF_TURN), "\n"]


def _answer(tokenizer: Tokenizer) -> list[_Run]:
    return [tokenizer.id_of(START_OF_TURN), "model\n"]


def _media(config: ModelConfig, media: Media) -> list[_Run]:
    if media.modality is Modality.AUDIO and config.audio is not None:
        begin, soft, end = config.boa_token_id, config.audio_token_id, config.eoa_token_id
    elif media.modality is Modality.VISION and config.vision is not None:
        begin, soft, end = config.boi_token_id, config.image_token_id, config.eoi_token_id
    else:
        raise NestlingError(
            ErrorKind.BAD_INPUT,
            f"the message holds {media.modality.value}, which this model does not take in: "
            "send text, or open the folder of a whole model",
        )
    return [media.before + _AROUND_MEDIA, begin, *[soft] * media.tokens, end, _AROUND_MEDIA]


def _ids(tokenizer: Tokenizer, runs: Sequence[_Run]) -> list[int]:
    ids: list[int] = []
    text = ""
    for run in runs:
        if isinstance(run, str):
            text += run
            continue
        ids += tokenizer.encode(text)
        ids.append(run)
        text = ""
    return ids + tokenizer.encode(text)
