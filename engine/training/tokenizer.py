"""The bundled model's tokenizer: trained here, with the settings of the family's."""

import io
import itertools
from collections.abc import Iterator
from pathlib import Path

import sentencepiece

from engine.training import wordnet
from engine.training.grammar import sentences, vocabulary

PIECES = 1536
VOCABULARY_WEIGHT = 40  # repetitions that make most words of the grammar one piece

_SPECIAL = ["<mask>", "<start_of_turn>", "<end_of_turn>", "<start_of_image>", "<start_of_audio>"]
_NEWLINES = ["\n", "\n\n", "\n\n\n", "\n\n\n\n"]


def _texts() -> Iterator[str]:
    """Every word has a space before it, the first one too, as in the model's transcripts."""
    for sentence in itertools.islice(sentences(0, held_out=False), 20_000):
        yield " " + sentence
    for word in vocabulary():
        yield from itertools.repeat(" " + word, VOCABULARY_WEIGHT)
    yield from (" " + sentence for sentence in wordnet.examples()[::10])
    yield from ("Transcribe:", "user", "model") * 200


def train_tokenizer(path: Path) -> None:
    """Write `tokenizer.model`; the same texts give the same file."""
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=_texts(),
        model_writer=model,
        model_type="bpe",
        vocab_size=PIECES,
        character_coverage=0.9999,
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
    path.write_bytes(model.getvalue())
