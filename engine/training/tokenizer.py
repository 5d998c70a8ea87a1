"""The bundled model's tokenizer: trained here, with the settings of the family's.

Made in two rounds. The first learns everyday English alone, so that most of its words are one
piece each; the second learns everything that is read and written, and what it has beyond the first
is appended behind, with merges that come later. English keeps its short spelling that way, and a
model of the first round's pieces can grow into the second's.
"""

import io
import itertools
import random
import struct
from collections.abc import Iterable, Iterator
from pathlib import Path

import sentencepiece

from engine.training import wordnet
from engine.training.grammar import sentences, vocabulary
from engine.training.knowledge.items import Kind, common_nouns, drawn
from engine.training.knowledge.later import EVERY_INTENT
from engine.training.knowledge.phrasings import typed
from engine.training.knowledge.small_talk import DECLINED
from engine.training.parallel.grammar import entries
from engine.training.parallel.sentences import parallel

FIRST_PIECES = 1536
PIECES = 4096
VOCABULARY_WEIGHT = 40  # repetitions that make most words of the grammar one piece
_SECOND_ROUND = 6144  # pieces from which those that the first lacks are taken, in order

_SPECIAL = ["<mask>", "<start_of_turn>", "<end_of_turn>", "<start_of_image>", "<start_of_audio>"]
_NEWLINES = ["\n", "\n\n", "\n\n\n", "\n\n\n\n"]


def _english() -> Iterator[str]:
    """Every word has a space before it, the first one too, as in the model's transcripts."""
    for sentence in itertools.islice(sentences(0, held_out=False), 20_000):
        yield " " + sentence
    for word in vocabulary():
        yield from itertools.repeat(" " + word, VOCABULARY_WEIGHT)
    yield from (" " + sentence for sentence in wordnet.examples()[::10])
    yield from ("Transcribe:", "user", "model") * 200


def _everything() -> Iterator[str]:
    """Translations, questions and answers, the meanings of words, and open English."""
    for meaning in itertools.islice(parallel(0, held_out=False), 20_000):
        yield meaning.english
        yield from meaning.translations.values()
    for words in entries().values():
        for entry in words:
            yield from itertools.repeat(f" {entry.es} {entry.zh}", VOCABULARY_WEIGHT)
    rng = random.Random("tokenizer")
    for asked in (drawn(rng) for _ in range(20_000)):
        yield typed(asked.question, rng)
        if asked.kind is Kind.SUM:
            yield asked.answer
    for answer in (*(intent.answer for intent in EVERY_INTENT), DECLINED):
        yield from itertools.repeat(answer, VOCABULARY_WEIGHT)
    for answer in common_nouns().values():
        yield from itertools.repeat(answer, 4)
    yield from (" " + sentence for sentence in wordnet.plain_examples()[::3])
    yield from ("Translate into Spanish:", "Translate into Chinese:") * 200


def train_tokenizer(path: Path) -> None:
    """Write `tokenizer.model`; the same texts give the same file."""
    first = _trained(_english(), FIRST_PIECES)
    path.write_bytes(grown(first, second_round(), PIECES))


def second_round() -> bytes:
    """A model of everything that is read and written."""
    return _trained(_everything(), _SECOND_ROUND)


def _trained(texts: Iterable[str], pieces: int) -> bytes:
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(texts),
        model_writer=model,
        model_type="bpe",
        vocab_size=pieces,
        character_coverage=1.0 if pieces > FIRST_PIECES else 0.9999,
        byte_fallback=True,
        split_digits=True,
        add_dummy_prefix=False,
        remove_extra_whitespaces=False,
        normalization_rule_name="identity",
        allow_whitespace_only_pieces=True,
        max_sentence_length=4096,
        pad_id=0,
        eos_id=1,
        bos_id=2,
        unk_id=3,
        pad_piece="<pad>",
        eos_piece="<eos>",
        bos_piece="<bos>",
        unk_piece="<unk>",
        control_symbols=_SPECIAL,
        user_defined_symbols=_NEWLINES,
        num_threads=1,
        minloglevel=2,
    )
    return model.getvalue()


def grown(first: bytes, second: bytes, pieces: int) -> bytes:
    """`first` with the pieces of `second` that it lacks, single characters before all others,
    up to `pieces` in all.

    A model file is a message of protocol buffers whose pieces are a repeated field: appending
    them to the file appends them to the list.
    """
    one, two = (
        sentencepiece.SentencePieceProcessor(model_proto=model) for model in (first, second)
    )
    had = {one.id_to_piece(index) for index in range(one.get_piece_size())}
    score = min(one.get_score(index) for index in range(one.get_piece_size()))
    new = [two.id_to_piece(index) for index in range(two.get_piece_size())]
    new = sorted((piece for piece in new if piece not in had), key=lambda piece: len(piece) > 1)
    model = first
    for piece in new[: pieces - len(had)]:
        score -= 1.0
        text = piece.encode()
        entry = b"\x0a" + _varint(len(text)) + text + b"\x15" + struct.pack("<f", score)
        model += b"\x0a" + _varint(len(entry)) + entry
    return model


def _varint(value: int) -> bytes:
    """A length as protocol buffers write it."""
    data = bytearray()
    while value > 127:
        data.append(value & 127 | 128)
        value >>= 7
    return bytes([*data, value])
