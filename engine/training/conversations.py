"""Conversations about a picture, in ids and as the decoder's inputs."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from engine.config import ModelConfig
from engine.datatypes import Modality
from engine.prompt import Media, Message, chat_prompt
from engine.text.attention import Forks
from engine.tokenizer import Tokenizer
from engine.training.nano import Nano
from engine.training.pictures.questions import Question, Topic
from engine.training.pictures.views import UNMARKED
from engine.vision.tower import VisionTower

TURNS = 6  # questions about one picture, one after the other
_LENGTH_STEP, _WANTED_STEP = 16, 8  # multiples that rows and their answers are filled up to


@dataclass(frozen=True, slots=True)
class Chat:
    """What is said about one picture, in ids.

    labels: what is to be written at each id, -100 = nothing that is learnt; ways: of `Forks`.
    """

    ids: list[int]
    labels: list[int]
    ways: list[int]


class Chats:
    """Makes conversations.

    Args:
        tokenizer: of the model.
        config: of the model, with both towers.
    """

    def __init__(self, tokenizer: Tokenizer, config: ModelConfig) -> None:
        self._tokenizer, self._config = tokenizer, config
        self._end = tokenizer.id_of("<end_of_turn>")

    def apart(self, asked: Sequence[Question]) -> Chat:
        """Questions about a picture, each as if it were the first: no answer hints at another."""
        first = self.about(asked[:1])
        begun = first.ids.index(self._config.image_token_id)
        begun += self._config.vision_soft_tokens_per_image
        ids, labels = first.ids[:begun], first.labels[:begun]
        ways = [0] * begun
        for way, question in enumerate(asked, 1):
            one = first if way == 1 else self.about([question])
            ids += one.ids[begun:]
            labels += one.labels[begun:]
            ways += [way] * (len(one.ids) - begun)
        return Chat(ids, labels, ways)

    def about(self, asked: Sequence[Question]) -> Chat:
        """The first questions about a picture, in turns."""
        picture = Media(Modality.VISION, self._config.vision_soft_tokens_per_image)
        messages: list[Message] = []
        ids: list[int] = []
        labels: list[int] = []
        for position, question in enumerate(asked[:TURNS]):
            said = (question.text.lower(),)  # as the engine gives it to the model
            messages.append(Message("user", said if position else (picture, *said)))
            before = chat_prompt(self._tokenizer, self._config, messages)
            answer = self._written(question)
            labels += [UNMARKED] * (len(before) - 1 - len(labels)) + [*answer, self._end]
            ids = [*before, *answer]
            messages.append(Message("model", (question.answer,)))
        return Chat(ids, labels[: len(ids)], [0] * len(ids))

    def _written(self, question: Question) -> list[int]:
        """An answer in ids. What is printed is spelled: a word that was never met can be, too."""
        spelled = question.topic is Topic.WORDS
        parts = question.answer if spelled else (question.answer,)
        return [index for part in parts for index in self._tokenizer.encode(part)]

    def padded(self, chats: Sequence[Chat]) -> tuple[Tensor, Forks, Tensor, Tensor]:
        """Ids [B, T], their ways, places [B, W] where something is to be written, and what.

        Lengths are few, since the first product of a shape is slow. Rows of positions are filled
        up with their first, which is then not learnt again.
        """
        pad = self._config.pad_token_id
        longest = _up(max(len(chat.ids) for chat in chats), _LENGTH_STEP)
        ids = torch.tensor([chat.ids + [pad] * (longest - len(chat.ids)) for chat in chats])
        ways = [chat.ways + chat.ways[-1:] * (longest - len(chat.ids)) for chat in chats]
        places = [
            [place for place, label in enumerate(chat.labels) if label != UNMARKED]
            for chat in chats
        ]
        most = _up(max(map(len, places)), _WANTED_STEP)
        want = torch.tensor([[*row, *row[:1] * (most - len(row))] for row in places])
        targets = torch.tensor(
            [
                [chat.labels[place] for place in row] + [UNMARKED] * (most - len(row))
                for chat, row in zip(chats, places, strict=True)
            ]
        )
        return ids, Forks.of(torch.tensor(ways)), want, targets

    def embedded(self, model: Nano, eyes: VisionTower, ids: Tensor, seen: Tensor) -> Tensor:
        """Decoder inputs [B, T, D]: soft tokens in their places, the tower's own ids by its rows.

        seen: [B, tokens, D] of each row's picture.
        """
        vision, place = self._config.vision, self._config.image_token_id
        assert vision is not None
        embeds = model.language_model.embed(ids)
        first = vision.vocab_offset
        own = (ids >= first) & (ids < first + vision.vocab_size) & (ids != place)
        embeds = embeds.masked_scatter(own[..., None], eyes.embed_vision.hard(ids[own]))
        return embeds.masked_scatter((ids == place)[..., None], seen.flatten(0, 1))


def _up(length: int, step: int) -> int:
    return -(-length // step) * step
