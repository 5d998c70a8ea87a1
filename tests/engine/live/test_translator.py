"""The translator in slices against plain greedy decoding; nothing that was shown is taken back."""

from dataclasses import replace
from itertools import pairwise

import pytest
import torch

from engine.audio.tower import AudioTower
from engine.datatypes import Languages
from engine.errors import ErrorKind, NestlingError
from engine.live.gemma import text_logits
from engine.live.translator import (
    FREE_TOKENS,
    TOKENS_PER_TOKEN,
    GemmaTranslator,
    Request,
    Sound,
    _shown,
)
from engine.model import Gemma3n
from engine.prompt import speech_translate_answer, speech_translate_prompt, translate_prompt
from tests.checkpoints import tiny_config, write_checkpoint

GERMAN = Languages("German", "English")


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    """A general model whose rings forget soon; random, so every answer goes to its limit."""
    folder = tmp_path_factory.mktemp("general")
    return Gemma3n.open(
        write_checkpoint(folder, tiny_config(max_position_embeddings=2048)), dtype=torch.float64
    )


@pytest.fixture
def translator(model):
    return GemmaTranslator(model, model.sizes.largest)


@torch.inference_mode()
def slices(translator, request):
    return list(translator.translate(request))


@torch.inference_mode()
def plain(model, ids, text, soft=None):
    """The ids of a translation by whole forwards, without cache or slices."""
    written = []
    allowed = text_logits(model)
    limit = FREE_TOKENS + TOKENS_PER_TOKEN * len(model.tokenizer.encode(text))
    while len(written) < limit:
        whole = torch.tensor([ids + written])
        embeds = model.embed(whole)
        if soft is not None:
            embeds[whole == model.config.audio_token_id] = soft
        hidden = model.text(embeds, whole, size=model.sizes.largest)
        choice = int((model.text.logits(hidden[:, -1:])[0, 0] + allowed).argmax())
        if choice in model.config.eos_token_ids:
            break
        written.append(choice)
    return model.tokenizer.decode(written)


def begins(text, shown):
    """Whether what was shown stands at the beginning of a whole answer."""
    return _shown(text, unfinished=False).startswith(shown)


def test_slices_give_what_plain_greedy_decoding_gives(model, translator):
    for text in ("the quick brown fox", "hello world, how are you today?"):
        *_, last = slices(translator, Request(text, GERMAN))
        ids = translate_prompt(model.tokenizer, model.config, text, GERMAN)
        assert last
        assert begins(plain(model, ids, text), last)


def test_a_translation_only_grows_and_comes_in_small_slices(translator):
    shown = slices(translator, Request("the lazy dog", GERMAN))
    assert len(shown) > 5
    assert shown[0] == ""  # the prompt alone is more than one slice
    for before, after in zip(shown, shown[1:], strict=False):
        assert after.startswith(before)


def test_the_cache_changes_no_translation(model, translator):
    requests = [
        Request("hello world", GERMAN),
        Request("hello world, how are you?", GERMAN),
        Request("pears", Languages("French")),
        Request("hello world", GERMAN),
    ]
    for request in requests:
        fresh = GemmaTranslator(model, model.sizes.largest)
        assert slices(translator, request)[-1] == slices(fresh, request)[-1]


def test_a_request_that_is_left_does_not_disturb_the_next(model, translator):
    with torch.inference_mode():
        work = translator.translate(Request("7 pears and 12 apples", GERMAN))
        for _ in range(6):
            next(work)
        work.close()
    request = Request("7 pears are fine", GERMAN)
    fresh = GemmaTranslator(model, model.sizes.largest)
    assert slices(translator, request)[-1] == slices(fresh, request)[-1]


def test_what_is_given_stays_and_is_gone_on_with(model, translator):
    request = Request("hello world, how are you?", GERMAN, given="hallo")
    ids = translate_prompt(model.tokenizer, model.config, request.text, GERMAN)
    ids += model.tokenizer.encode("hallo")
    assert begins(plain(model, ids, request.text), slices(translator, request)[-1])


def test_a_sound_is_heard_again_and_its_transcript_read(model, translator):
    tower: AudioTower = model.audio_tower()
    with torch.inference_mode():
        _, soft = tower.feed(tower.initial_state(), torch.randn(16000) * 0.1, final=True)
    sound = Sound("one", (soft[None, :3], soft[None, 3:]), "hello world")
    request = Request("hello world", GERMAN, sound=sound)
    ids = speech_translate_prompt(model.tokenizer, model.config, len(soft), GERMAN)
    ids += model.tokenizer.encode(speech_translate_answer("hello world", "German"))
    expected = plain(model, ids, request.text, soft)
    assert begins(expected, slices(translator, request)[-1])
    again = Request("hello", GERMAN, sound=Sound("one", (soft[None, :3],), "hello"))
    fresh = GemmaTranslator(model, model.sizes.largest)
    assert slices(translator, again)[-1] == slices(fresh, again)[-1]


def test_a_full_stop_is_held_back_while_the_sentence_goes_on(translator, monkeypatch):
    pieces = iter("Es. regnet.")
    monkeypatch.setattr(type(translator._model.tokenizer), "stream", lambda self: Written(pieces))
    shown = slices(translator, Request("it is raining today", GERMAN, unfinished=True))
    assert "Es. r" in shown
    assert shown[-1] == "Es. regnet"


class Written:
    """A detokenizer that writes what it is told, then nothing more."""

    def __init__(self, pieces):
        self.pieces = pieces

    def push(self, index):
        return next(self.pieces, "")


def test_a_translation_is_one_line_without_control_characters(translator, monkeypatch):
    pieces = iter("Es\r  \x00reg\tnet\u2028\u2029 .")
    monkeypatch.setattr(type(translator._model.tokenizer), "stream", lambda self: Written(pieces))
    shown = slices(translator, Request("it is raining today", GERMAN))
    assert shown[-1] == "Es reg net ."
    for before, after in zip(shown, shown[1:], strict=False):
        assert after.startswith(before)


@pytest.mark.parametrize(
    "text", ["می\u200cخواهم", "র\u200d্যাব", "\U0001f468\u200d\U0001f469\u200d\U0001f467"]
)
def test_joiners_belong_to_the_spelling(text):
    assert _shown(text, unfinished=False) == text


def scripted(translator, monkeypatch, text):
    """Lets it write this text, whatever it is to translate."""
    choices = iter([*translator._model.tokenizer.encode(text), *translator._stop_ids])
    vocabulary = translator._model.config.text.vocab_size

    def logits(hidden):
        return torch.nn.functional.one_hot(torch.tensor([[next(choices)]]), vocabulary).double()

    monkeypatch.setattr(translator._model.text, "logits", logits)


@pytest.mark.parametrize("end", [" y vamos a ganar", ""])
@torch.inference_mode()
def test_a_phrase_that_is_said_often_is_translated_as_often(translator, monkeypatch, end):
    said = "si se puede si se puede si se puede si se puede" + end
    scripted(translator, monkeypatch, said)
    source = "yes we can yes we can yes we can yes we can and we will win"
    assert slices(translator, Request(source, GERMAN))[-1] == said


@pytest.mark.parametrize("source", ["yes", "yes we can do it all the same if we really want to"])
@torch.inference_mode()
def test_a_loop_without_end_is_shown_no_longer_than_people_speak(translator, monkeypatch, source):
    scripted(translator, monkeypatch, "y " + "se puede " * 80)
    shown = slices(translator, Request(source, GERMAN))
    assert max(line.count("puede") for line in shown) <= 3
    assert all(after.startswith(before) for before, after in pairwise(shown))


@pytest.mark.parametrize("lower_case", [True, False])
def test_a_model_taught_small_letters_reads_the_text_in_them(model, monkeypatch, lower_case):
    monkeypatch.setattr(model, "sizes", replace(model.sizes, lower_case=lower_case))
    translator = GemmaTranslator(model, model.sizes.largest)
    loud, quiet = (
        slices(translator, Request(text, GERMAN))[-1] for text in ("Where IS It", "where is it")
    )
    assert (loud == quiet) is lower_case


def test_a_text_that_the_model_cannot_hold_is_refused(translator):
    with pytest.raises(NestlingError) as caught:
        slices(translator, Request("fox " * 3000, GERMAN))
    assert caught.value.kind is ErrorKind.CONTEXT_FULL
