"""Tokenizer and typed lessons: the tokenizer's second round is small here, the rest is real."""

from pathlib import Path

import pytest
import sentencepiece

from engine.config import parse_config
from engine.tokenizer import Tokenizer
from engine.training import tokenizer as tokenizers
from engine.training.knowledge.small_talk import DECLINED
from engine.training.lessons import Lessons
from engine.training.nano import raw_config
from engine.training.tokenizer import grown


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Tokenizer:
    folder = tmp_path_factory.mktemp("pieces")
    first = tokenizers._trained([" the cat is here", " where is the dog"] * 50, 300)
    second = tokenizers._trained(["dónde está el gato", "我的狗在哪里", "12 + 3 = 15"] * 50, 320)
    (folder / "first.model").write_bytes(first)
    (folder / "tokenizer.model").write_bytes(grown(first, second, 340))
    return Tokenizer(folder)


def test_a_grown_tokenizer_keeps_its_ids_and_spellings_and_reads_more(
    trained: Tokenizer, tmp_path: Path
) -> None:
    first = tokenizers._trained([" the cat is here", " where is the dog"] * 50, 300)
    before = sentencepiece.SentencePieceProcessor(model_proto=first)
    assert 300 < trained.size <= 340
    for text in (" the cat", " where is the dog is here"):
        assert trained.encode(text) == before.encode(text)
    for text in ("dónde está el gato", "我的狗在哪里", "12 + 3 = 15"):
        ids = trained.encode(text)
        assert trained.decode(ids) == text
        assert len(ids) < len(before.encode(text))


def test_lessons_are_the_same_for_the_same_number_and_of_both_tasks(trained: Tokenizer) -> None:
    lessons = Lessons(trained, parse_config(raw_config()), seed=1)
    assert lessons.lessons(3, 8) == lessons.lessons(3, 8)
    drawn = [lesson for number in range(40) for lesson in lessons.lessons(number, 4)]
    prompts = [trained.decode(lesson.prompt) for lesson in drawn]
    answers = [trained.decode(lesson.answer) for lesson in drawn]
    assert any("Translate into Chinese:\n\n" in prompt for prompt in prompts)
    assert any(answer == DECLINED for answer in answers)
    assert all(prompt.endswith("model\n") for prompt in prompts)
    assert any(prompt.count("user\n") > 1 for prompt in prompts)
