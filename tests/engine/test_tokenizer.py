"""Text to ids and back: typed specials stay text, characters survive any cut between bytes."""

import io
import re
from pathlib import Path

import pytest
import sentencepiece
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import ErrorKind, NestlingError
from engine.tokenizer import Tokenizer
from tests.checkpoints import CONTROL_PIECES, USER_PIECES, tokenizer_bytes

SPECIALS = ["<pad>", "<eos>", "<bos>", "<unk>", *CONTROL_PIECES, *USER_PIECES[:2]]

# Without U+2581, which is how a space is written inside pieces, and without NUL's kin: surrogates.
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\u2581"))
TYPED = st.lists(st.sampled_from([*SPECIALS, "<", ">", "<start_of_", "turn>", "a", " "])).map(
    "".join
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tokenizer")
    (folder / "tokenizer.model").write_bytes(tokenizer_bytes())
    return folder


@pytest.fixture(scope="module")
def tokenizer(folder: Path) -> Tokenizer:
    return Tokenizer(folder)


@pytest.fixture(scope="module")
def reference() -> sentencepiece.SentencePieceProcessor:
    processor = sentencepiece.SentencePieceProcessor()
    processor.LoadFromSerializedProto(tokenizer_bytes())
    return processor


@given(TEXTS)
def test_any_text_comes_back(tokenizer: Tokenizer, text: str) -> None:
    assert tokenizer.decode(tokenizer.encode(text)) == text


@given(TYPED)
def test_typed_specials_come_back_as_text_and_never_as_special_ids(
    tokenizer: Tokenizer, text: str
) -> None:
    ids = tokenizer.encode(text)
    assert not tokenizer.special_ids & set(ids)
    assert tokenizer.decode(ids) == text


@given(TEXTS)
def test_ordinary_text_is_tokenised_as_the_vocabulary_has_it(
    tokenizer: Tokenizer, reference: sentencepiece.SentencePieceProcessor, text: str
) -> None:
    if not any(special in text for special in SPECIALS):
        assert tokenizer.encode(text) == reference.encode(text)


@given(st.lists(st.integers(0, 351)))
def test_decoding_agrees_with_sentencepiece_on_any_ids(
    tokenizer: Tokenizer, reference: sentencepiece.SentencePieceProcessor, ids: list[int]
) -> None:
    ids = [index for index in ids if index < tokenizer.size and index not in tokenizer.special_ids]
    # Broken UTF-8 is one mark here, as Unicode advises, and one for each byte there.
    marks = re.compile("\ufffd+")
    assert marks.sub("?", tokenizer.decode(ids)) == marks.sub("?", reference.decode(ids))


@given(TEXTS)
def test_piece_by_piece_is_the_whole_text_and_never_half_a_character(
    tokenizer: Tokenizer, text: str
) -> None:
    stream = tokenizer.stream()
    said = ""
    for index in tokenizer.encode(text):
        said += stream.push(index)
        assert text.startswith(said)
    assert stream.flush() == ""
    assert said == text


def test_a_character_appears_with_its_last_byte(tokenizer: Tokenizer) -> None:
    stream = tokenizer.stream()
    ids = tokenizer.encode("€")
    assert [stream.push(index) for index in ids] == ["", "", "€"]


def test_half_a_character_at_the_end_is_marked_and_forgotten(tokenizer: Tokenizer) -> None:
    stream = tokenizer.stream()
    assert stream.push(tokenizer.encode("€")[0]) == ""
    assert stream.flush() == "\ufffd"
    assert stream.push(tokenizer.encode("a")[0]) == "a"


def test_half_a_character_before_other_text_is_marked(tokenizer: Tokenizer) -> None:
    stream = tokenizer.stream()
    stream.push(tokenizer.encode("€")[0])
    assert stream.push(tokenizer.encode("a")[0]) == "\ufffda"


def test_specials_and_ids_behind_the_vocabulary_have_no_text(tokenizer: Tokenizer) -> None:
    specials = sorted(tokenizer.special_ids - {tokenizer.id_of("<unk>")})
    assert tokenizer.decode([*specials, tokenizer.size, 999_999]) == ""
    assert tokenizer.decode([tokenizer.id_of("<unk>")]) == "\ufffd"


def test_html_pieces_and_newline_runs_are_ordinary(tokenizer: Tokenizer) -> None:
    assert tokenizer.encode("<b>") == [tokenizer.id_of("<b>")]
    assert tokenizer.encode("\n\n\n") == [tokenizer.id_of("\n\n\n")]


def test_half_a_surrogate_pair_is_replaced(tokenizer: Tokenizer) -> None:
    assert tokenizer.decode(tokenizer.encode("a\ud83d")) == "a\ufffd"
    assert tokenizer.decode(tokenizer.encode("\ud83d\ude00")) == "😀"


def test_special_ids_are_found_by_name(tokenizer: Tokenizer) -> None:
    assert [tokenizer.id_of(piece) for piece in ("<pad>", "<eos>", "<bos>", "<unk>")] == [
        0,
        1,
        2,
        3,
    ]
    assert {tokenizer.id_of(piece) for piece in SPECIALS} == tokenizer.special_ids


def test_a_piece_that_does_not_exist_is_one_sentence(tokenizer: Tokenizer) -> None:
    with pytest.raises(NestlingError, match="no piece '<tool>'") as caught:
        tokenizer.id_of("<tool>")
    assert caught.value.kind is ErrorKind.BAD_MODEL


def test_a_missing_tokenizer_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(NestlingError, match="has no readable tokenizer.model") as caught:
        Tokenizer(tmp_path)
    assert caught.value.kind is ErrorKind.BAD_MODEL


@pytest.mark.parametrize("content", [b"", b"not a model", tokenizer_bytes()[:-2000]])
def test_a_broken_tokenizer_is_one_sentence(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "tokenizer.model").write_bytes(content)
    with pytest.raises(NestlingError, match="is not a sentencepiece model"):
        Tokenizer(tmp_path)


def test_trained_pieces_in_brackets_are_ordinary(tmp_path: Path) -> None:
    """Only user-defined brackets are special: a vocabulary may well have learnt "[i]"."""
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(["a[i]b[i]c[i]"] * 50),
        model_writer=model,
        model_type="bpe",
        vocab_size=300,
        hard_vocab_limit=False,
        byte_fallback=True,
        add_dummy_prefix=False,
        split_by_unicode_script=False,
        user_defined_symbols=["[multimodal]"],
        minloglevel=2,
    )
    (tmp_path / "tokenizer.model").write_bytes(model.getvalue())
    tokenizer = Tokenizer(tmp_path)
    trained = tokenizer.id_of("[i]")
    assert tokenizer.encode("[i]") == [trained]
    assert tokenizer.decode([trained]) == "[i]"
    assert tokenizer.id_of("[multimodal]") not in tokenizer.encode("[multimodal]")
