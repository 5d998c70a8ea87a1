"""Our prompts against the chat template, rendered by transformers and cut into ids here."""

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2.exceptions import TemplateError
from transformers.utils.chat_template_utils import render_jinja_template

from engine.config import ModelConfig, parse_config
from engine.datatypes import Modality
from engine.errors import NestlingError
from engine.prompt import Media, Message, chat_prompt, next_turn
from engine.tokenizer import Tokenizer
from tests.checkpoints import tiny_config, tokenizer_bytes

TEMPLATE = (Path(__file__).parents[2] / "assets" / "chat_template.jinja").read_text("utf-8")
TYPES = {Modality.AUDIO: "audio", Modality.VISION: "image"}

# Free of special pieces: the template prints them as they are, which is the hole ours has not.
TEXTS = st.text(st.sampled_from("ab é€\n\t 1.<"), max_size=12)
MEDIA = st.builds(
    Media, st.sampled_from([Modality.AUDIO, Modality.VISION]), st.integers(min_value=1, max_value=3)
)
CONTENTS = st.lists(TEXTS | MEDIA, max_size=4).map(tuple)


@pytest.fixture(scope="module")
def config() -> ModelConfig:
    return parse_config(tiny_config(vision=True))


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory: pytest.TempPathFactory) -> Tokenizer:
    folder = tmp_path_factory.mktemp("tokenizer")
    (folder / "tokenizer.model").write_bytes(tokenizer_bytes())
    return Tokenizer(folder)


def rendered(messages: list[Message], *, plain: bool = False) -> str:
    def content(message: Message) -> Any:
        if plain and all(isinstance(part, str) for part in message.content):
            return "".join(str(part) for part in message.content)
        return [
            {"type": "text", "text": part}
            if isinstance(part, str)
            else {"type": TYPES[part.modality]}
            for part in message.content
        ]

    conversation = [{"role": message.role, "content": content(message)} for message in messages]
    (text,), _ = render_jinja_template(
        [conversation], chat_template=TEMPLATE, add_generation_prompt=True, bos_token="<bos>"
    )
    return str(text)


def cut(text: str, tokenizer: Tokenizer, config: ModelConfig, messages: list[Message]) -> list[int]:
    """What the reference's processor does: expand the placeholders, split at specials, tokenise."""
    media = [part for message in messages for part in message.content if isinstance(part, Media)]
    for part in media:
        kind = TYPES[part.modality]
        name = f"<{kind}_soft_token>"
        soft = f"<{kind}_soft>" * part.tokens
        text = text.replace(name, f"\n\n<start_of_{kind}>{soft}<end_of_{kind}>\n\n", 1)
    specials = {
        "<bos>": config.bos_token_id,
        "<start_of_turn>": tokenizer.id_of("<start_of_turn>"),
        "<end_of_turn>": tokenizer.id_of("<end_of_turn>"),
        "<start_of_audio>": config.boa_token_id,
        "<audio_soft>": config.audio_token_id,
        "<end_of_audio>": config.eoa_token_id,
        "<start_of_image>": config.boi_token_id,
        "<image_soft>": config.image_token_id,
        "<end_of_image>": config.eoi_token_id,
    }
    ids: list[int] = []
    for run in re.split("(" + "|".join(specials) + ")", text):
        ids += [specials[run]] if run in specials else tokenizer.encode(run)
    return ids


@settings(max_examples=60)
@given(
    system=st.none() | TEXTS,
    contents=st.lists(CONTENTS, min_size=1, max_size=4),
    role=st.sampled_from(["assistant", "model"]),
)
def test_prompts_are_the_template_s(
    tokenizer: Tokenizer,
    config: ModelConfig,
    system: str | None,
    contents: list[tuple[str | Media, ...]],
    role: str,
) -> None:
    messages = [] if system is None else [Message("system", (system,))]
    messages += [
        Message(role if index % 2 else "user", content) for index, content in enumerate(contents)
    ]
    expected = cut(rendered(messages), tokenizer, config, messages)
    assert chat_prompt(tokenizer, config, messages) == expected


def test_plain_strings_render_as_lists_do() -> None:
    messages = [Message("system", (" be kind ",)), Message("user", (" hi\n",))]
    assert rendered(messages, plain=True) == rendered(messages)
    assert rendered(messages) == (
        "<bos><start_of_turn>user\n be kind \n\nhi<end_of_turn>\n<start_of_turn>model\n"
    )


def test_a_turn_behind_a_kept_answer_is_what_rendering_all_would_give(
    tokenizer: Tokenizer, config: ModelConfig
) -> None:
    """The answer's own ids are kept, so it is compared where tokenising it again changes none."""
    first, answer, second = (
        Message("user", ("hello",)),
        Message("model", ("world",)),
        Message("user", ("how are you?", Media(Modality.AUDIO, 2))),
    )
    whole = chat_prompt(tokenizer, config, [first, answer, second])
    kept = chat_prompt(tokenizer, config, [first]) + tokenizer.encode("world")
    assert kept + next_turn(tokenizer, config, second, kept[-1]) == whole
    kept.append(tokenizer.id_of("<end_of_turn>"))
    assert kept + next_turn(tokenizer, config, second, kept[-1]) == whole


@pytest.mark.parametrize("roles", [["model"], ["user", "user"], ["system", "model"]])
def test_both_refuse_turns_out_of_order(
    tokenizer: Tokenizer, config: ModelConfig, roles: list[str]
) -> None:
    messages = [Message(role, ("x",)) for role in roles]
    with pytest.raises(TemplateError):
        rendered(messages)
    with pytest.raises(NestlingError, match="user and model in turn"):
        chat_prompt(tokenizer, config, messages)
