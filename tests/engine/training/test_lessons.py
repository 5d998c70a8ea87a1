"""Tokenizer and typed lessons: the tokenizer's second round is small here, the rest is real."""

import re
from pathlib import Path

import pytest
import sentencepiece

from engine.config import parse_config
from engine.tokenizer import Tokenizer
from engine.training import tokenizer as tokenizers
from engine.training.knowledge.small_talk import DECLINED
from engine.training.lessons import DRILL, Lessons
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
    assert lessons.lessons(3, 512) == lessons.lessons(3, 512)
    drawn = [lesson for number in range(150) for lesson in lessons.lessons(number, 256)]
    read = [trained.decode(lesson.ids) for lesson in drawn]
    answers = [trained.decode([wanted for _, wanted in lesson.targets]) for lesson in drawn]
    assert any("Translate into Chinese:\n\n" in text for text in read)
    assert any(len(answer) > 2 and DECLINED.startswith(answer) for answer in answers)
    assert any(text.count("user\n") > 1 for text in read)
    for lesson in drawn:  # what is to come next comes next, but for the end
        behind = [wanted for place, wanted in lesson.targets if place + 1 < len(lesson.ids)]
        assert behind == [lesson.ids[place + 1] for place, _ in lesson.targets[: len(behind)]]


def test_the_lessons_of_a_step_are_about_as_long_and_fill_it(trained: Tokenizer) -> None:
    lessons = Lessons(trained, parse_config(raw_config()), seed=1)
    for number in range(5):
        taught = lessons.lessons(number, 1024)
        longest = max(lesson.padded for lesson in taught)
        assert len(taught) == max(1, 1024 // longest) or longest == taught[0].padded
        assert longest * len(taught) <= max(1024, longest)


def test_drilled_sums_are_right_and_as_answers_write_them(trained: Tokenizer) -> None:
    lessons = Lessons(trained, parse_config(raw_config()), seed=1)
    drawn = [lesson for number in range(60) for lesson in lessons.lessons(number, 256)]
    end = trained.id_of("<end_of_turn>")
    drills = [lesson for lesson in drawn if lesson.kind == "drill"]
    assert drills
    for lesson in drills:
        ends = [place for place, one in enumerate(lesson.ids) if one == end]
        starts = [1, *(place + 1 for place in ends)]
        sums = [
            re.fullmatch(r" ?(\d+) \+ (\d+) = (\d+)", trained.decode(lesson.ids[start:stop]))
            for start, stop in zip(starts, ends, strict=False)
        ]
        assert len(sums) == DRILL
        for found in sums:
            assert found is not None
            assert int(found[1]) + int(found[2]) == int(found[3])
        learnt = trained.decode([wanted for _, wanted in lesson.targets if wanted != end])
        assert learnt.replace(" ", "") == "".join(found[3] for found in sums if found)
