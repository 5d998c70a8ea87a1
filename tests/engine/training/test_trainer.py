"""Training on a model of a few thousand weights and on clips of noise: no synthesiser needed."""

from pathlib import Path

import numpy as np
import pytest
import torch

from engine.config import ModelConfig, parse_config
from engine.training.augment import Augmenter
from engine.training.batches import Batch, Batches, Mixture
from engine.training.corpus import Clip, Kind
from engine.training.lessons import Lesson
from engine.training.nano import Nano, raw_config
from engine.training.trainer import Objective, Prompt, Trainer, prompt_ids

END, AUDIO = (raw_config()[name] for name in ("eoa_token_id", "audio_token_id"))
PROMPT = Prompt((2, 5, 20, 8), (END, 6, 21), AUDIO, 6, 3, 0)
MIXTURE = Mixture(
    8, 3.0, 0.4, opened=0.1, asked=0.3, cut=0.4, joined=0.3, longest_joined_s=6.0, silent=0.2
)
LESSONS = [
    Lesson("sum", [2, 5, 400, 6, 500, 501], [(3, 500), (4, 501), (5, 6)]),
    Lesson("word", [2, 5, 401, 402, 6, 502], [(4, 502), (5, 6)]),
]
OBJECTIVE = Objective(1.0, 0.3, 0.3, dropped=0.25)


class NoiseCorpus:
    """Stands in for Corpus: clips of noise with made-up words."""

    def __init__(self) -> None:
        rng = np.random.default_rng(0)
        self._noise = rng.standard_normal(160_000).astype(np.float32) * 0.1
        texts = ["one", "two three", "four five six", "a big red bus"] * 10
        self.clips = [
            Clip(
                offset=100 * position,
                length=6000 * len(text.split()),
                text=text,
                voice="noise",
                kind=list(Kind)[position % 4],
                word_ends=tuple(0.3 * (word + 1) for word in range(len(text.split()))),
            )
            for position, text in enumerate(texts)
        ]

    def pcm(self, clip: Clip) -> np.ndarray:
        return self._noise[clip.offset : clip.offset + clip.length]


def micro_config() -> ModelConfig:
    raw = raw_config()
    # As wide as the smallest matrix that Muon trains; others are AdamW's.
    raw["text_config"] |= {"hidden_size": 32, "hidden_size_per_layer_input": 8, "head_dim": 8}
    raw["text_config"] |= {"laurel_rank": 4}
    raw["audio_config"] |= {"hidden_size": 32, "conf_num_hidden_layers": 1}
    raw["audio_config"] |= {"conf_num_attention_heads": 2, "sscp_conv_channel_size": [2, 2]}
    return parse_config(raw)


def encode(text: str) -> list[int]:
    return [300 + sum(map(ord, word)) % 1000 for word in text.split()]


@pytest.fixture(scope="module")
def batches() -> Batches:
    return Batches(NoiseCorpus(), encode, Augmenter([]), seed=3)  # type: ignore[arg-type]


def _trainer() -> Trainer:
    return Trainer(Nano(micro_config(), seed=1), PROMPT, seed=1)


def _run(trainer: Trainer, batches: Batches, until: int) -> None:
    while trainer.step < until:
        if trainer.step % 3 == 2:
            trainer.teach(LESSONS, 1e-3)
        else:
            trainer.train(batches.batch(trainer.step, MIXTURE), OBJECTIVE, 1e-3)


def test_a_run_that_goes_on_from_a_checkpoint_makes_the_same_model(
    batches: Batches, tmp_path: Path
) -> None:
    whole = _trainer()
    _run(whole, batches, 6)
    first = _trainer()
    _run(first, batches, 3)
    first.save(tmp_path / "state.pt")
    resumed = _trainer()
    resumed.load(tmp_path / "state.pt")
    _run(resumed, batches, 6)
    for name, value in whole.model.state_dict().items():
        assert torch.equal(value, resumed.model.state_dict()[name]), name


def test_every_weight_of_the_model_learns(batches: Batches) -> None:
    trainer = _trainer()
    before = {name: value.clone() for name, value in trainer.model.named_parameters()}
    _run(trainer, batches, 8)
    stayed = [
        name for name, value in trainer.model.named_parameters() if torch.equal(value, before[name])
    ]
    assert stayed == []


def test_the_same_number_gives_the_same_batch(batches: Batches) -> None:
    one, two = (batches.batch(17, MIXTURE) for _ in range(2))
    assert torch.equal(one.mel, two.mel)
    assert one.texts == two.texts


def test_a_cut_clip_says_only_words_that_ended_before_the_cut(batches: Batches) -> None:
    mixture = Mixture(8, seconds=20.0, cut=1.0)
    drawn: list[Batch] = [batches.batch(number, mixture) for number in range(20)]
    full = {"one", "two three", "four five six", "a big red bus"}
    cut = {text for batch in drawn for text in batch.texts} - full
    assert cut
    assert all(any(whole.startswith(text) for whole in full) for text in cut)


def test_what_stands_before_the_transcript_is_the_prompt() -> None:
    assert prompt_ids(PROMPT, 2) == [2, 5, 20, 8, AUDIO, AUDIO, END, 6, 21]


def test_typed_lessons_are_learnt() -> None:
    trainer = _trainer()
    first = trainer.teach(LESSONS, 1e-2)["taught"]
    for _ in range(30):
        last = trainer.teach(LESSONS, 1e-2)["taught"]
    assert last < first / 4
