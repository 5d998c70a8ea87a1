"""The Gemma recogniser against plain greedy decoding without cache, draft or stream, in fp64.

These are identities: they hold for any weights, and are taken on the bundled model's.
"""

from dataclasses import replace

import numpy as np
import pytest
import torch

from engine.datatypes import CHUNK_SAMPLES, SAMPLE_RATE, Task
from engine.live.gemma import FREE_TOKENS, TOKENS_PER_S, GemmaRecogniser, text_logits
from engine.model import Gemma3n
from engine.prompt import transcribe_prefix, transcribe_suffix
from engine.text.beam import LENGTH_POWER
from engine.text.cache import REWIND_TOKENS
from engine.training.answering import Answerer
from engine.writing import joined, units


@pytest.fixture(scope="module")
def model(nano_folder):
    """Greedy, also at the end of a segment."""
    opened = Gemma3n.open(nano_folder, dtype=torch.float64)
    opened.sizes = replace(opened.sizes, beams=1)
    return opened


@pytest.fixture
def searching(model, monkeypatch):
    """The same, with several ways side by side at the end of a segment."""
    monkeypatch.setattr(model, "sizes", replace(model.sizes, beams=4))
    return model


def plain_greedy(model, size, pcm, forced=(), final=False):
    """Transcript ids by whole forwards over the whole prompt; also the choice to stop early."""
    tokenizer, config = model.tokenizer, model.config
    instruction = model.sizes.tasks[Task.TRANSCRIBE]
    tower = model.audio_tower()
    _, soft = tower.feed(tower.initial_state(), torch.from_numpy(pcm), final=final)
    before = torch.tensor([transcribe_prefix(tokenizer, config, instruction)])
    sound = torch.full((1, soft.shape[0]), config.audio_token_id)
    written = list(forced)
    forbidden = [i for i in tokenizer.special_ids if i not in config.eos_token_ids]
    while len(written) < FREE_TOKENS + pcm.size * TOKENS_PER_S // SAMPLE_RATE:
        after = torch.tensor([transcribe_suffix(tokenizer, config) + written])
        embeds = torch.cat([model.embed(before), soft[None], model.embed(after)], 1)
        hidden = model.text(embeds, torch.cat([before, sound, after], 1), size=size)
        logits = model.text.logits(hidden[:, -1:])[0, 0, : tokenizer.size]
        logits[forbidden] = -torch.inf
        choice = int(logits.argmax())
        if choice in config.eos_token_ids:
            break
        written.append(choice)
    return tuple(written)


def started(model, size=None):
    recogniser = GemmaRecogniser(model, size or model.sizes.largest)
    recogniser.reset()
    return recogniser


@pytest.mark.parametrize("position", [0, -1])
@torch.inference_mode()
def test_live_decoding_is_plain_greedy_decoding(model, speech, position):
    size = model.sizes.sizes[position]
    recogniser = started(model, size)
    committed, forced = 0, ()
    for end in range(2 * CHUNK_SAMPLES, 8 * CHUNK_SAMPLES, 2 * CHUNK_SAMPLES):
        recogniser.feed(speech[end - 2 * CHUNK_SAMPLES : end - 700])
        recogniser.feed(speech[end - 700 : end])
        hypothesis = recogniser.decode(committed)
        assert recogniser.ids == plain_greedy(model, size, speech[:end], forced)
        text = model.tokenizer.decode(recogniser.ids)
        assert hypothesis.words == tuple(text.split())
        # the next decoding is forced to begin with all words but the last
        committed = max(committed, len(hypothesis.words) - 1)
        forced = next(
            recogniser.ids[:count]
            for count in range(len(recogniser.ids) + 1)
            if len(model.tokenizer.decode(recogniser.ids[:count]).split()) == committed
            and model.tokenizer.decode(recogniser.ids[:count]).split()[-1:]
            == list(hypothesis.words[:committed][-1:])
        )


@torch.inference_mode()
def test_decoding_again_without_new_sound_takes_one_forward(model, speech):
    recogniser = started(model)
    recogniser.feed(speech, final=True)
    first = recogniser.decode(0)
    again = recogniser.decode(0)
    assert again.words == first.words
    assert again.forwards == 1


@torch.inference_mode()
def test_sound_forgotten_at_a_cut_leaves_no_trace(model, speech):
    recogniser = started(model)
    recogniser.feed(speech[:9000])
    recogniser.decode(0)
    recogniser.feed(speech[9000:10_000])
    mark = recogniser.mark()
    recogniser.feed(speech[10_000:20_000])
    recogniser.decode(0)
    recogniser.rewind(mark)
    recogniser.feed(speech[10_000:12_345], final=True)
    recogniser.decode(0)
    size = model.sizes.largest
    assert recogniser.ids == plain_greedy(model, size, speech[:12_345], final=True)


@torch.inference_mode()
def test_a_long_segment_decodes_as_if_heard_at_once(model, speech):
    """20 s may take more text than can be taken back in place; a snapshot must do."""
    pcm = np.tile(speech, -(-20 * SAMPLE_RATE // speech.size))[: 20 * SAMPLE_RATE]
    live, whole = started(model), started(model)
    live.feed(pcm[: 18 * SAMPLE_RATE])
    live.decode(0)
    live.feed(pcm[18 * SAMPLE_RATE :], final=True)
    live.decode(0)
    whole.feed(pcm, final=True)
    whole.decode(0)
    assert live.ids == whole.ids


@torch.inference_mode()
def test_a_reset_forgets_the_segment_and_takes_the_new_size(model, speech):
    smallest, largest = model.sizes.sizes[0], model.sizes.largest
    recogniser = started(model, largest)
    recogniser.feed(speech[:8000])
    recogniser.size = smallest
    recogniser.decode(0)
    assert recogniser.ids == plain_greedy(model, largest, speech[:8000])
    recogniser.reset()
    recogniser.feed(speech[4000:12_000])
    recogniser.decode(0)
    assert recogniser.ids == plain_greedy(model, smallest, speech[4000:12_000])


@torch.inference_mode()
def test_no_sound_is_no_words(model, speech):
    recogniser = started(model)
    assert recogniser.decode(0).words == ()
    recogniser.feed(speech[:1000])
    assert recogniser.decode(0).words == ()


@torch.inference_mode()
def test_no_special_token_is_ever_written(model, speech):
    recogniser = started(model)
    recogniser.feed(speech, final=True)
    recogniser.decode(0)
    assert not set(recogniser.ids) & model.tokenizer.special_ids
    assert all(index < model.config.text.vocab_size_per_layer_input for index in recogniser.ids)


@torch.inference_mode()
def test_the_instruction_is_read_once_and_memory_does_not_grow(model, speech):
    recogniser = started(model)
    before = recogniser.kv_bytes
    for _ in range(3):
        recogniser.reset()
        recogniser.feed(speech[:8000], final=True)
        first = recogniser.decode(0)
    assert recogniser.kv_bytes == before
    assert first.forwards <= len(recogniser.ids) + 1


@pytest.mark.parametrize(
    "text", ["我用 Python 写。然后 hello there", "สวัสดี วันนี้", " plain words, no more "]
)
def test_units_end_with_the_ids_that_complete_them(model, text):
    """What is forced for so many confirmed units holds them, whatever a token spans."""
    ids = model.tokenizer.encode(text)
    words, ends = started(model)._split(ids)
    assert list(words) == units(text)
    assert ends == sorted(ends)
    for count, end in enumerate(ends, 1):
        assert model.tokenizer.decode(ids[:end]).strip().startswith(joined(words[:count]).strip())


def scripted(recogniser, text):
    """Lets it write this text, whatever it hears; what follows is not the model's any more."""
    model = recogniser._model
    written = [*model.tokenizer.encode(text), *model.config.eos_token_ids[:1]]
    forward = recogniser._forward

    def places(embeds, ids, want):
        forward(embeds, ids, want)
        begin = recogniser._sound_length + len(recogniser._suffix_ids)
        begin += sum(sound.shape[1] for sound in recogniser._waiting)
        end = recogniser._cache.length - begin
        return torch.arange(end - want + 1, end + 1)

    recogniser._forward = places
    recogniser._choose = lambda at: torch.tensor([written[min(i, len(written) - 1)] for i in at])


@pytest.mark.parametrize(
    "said",
    [
        "let it go let it go let it go let it go and then we went home",
        "my card is 0000 0000 0000 0000 and the code is 12",
        "it costs 1,000,000,000,000 and more than that",
    ],
)
@torch.inference_mode()
def test_what_is_said_behind_a_repeated_phrase_is_written(model, speech, said):
    recogniser = started(model)
    recogniser.feed(np.concatenate([speech] * 3))
    scripted(recogniser, said)
    assert joined(recogniser.decode(0).words) == said


@torch.inference_mode()
def test_a_loop_without_end_is_cut(model, speech):
    recogniser = started(model)
    recogniser.feed(np.concatenate([speech] * 3))
    scripted(recogniser, "so " + "thank you for it " * 40)
    words = recogniser.decode(0).words
    assert words == ("so", *["thank", "you", "for", "it"] * 3)
    assert recogniser.decode(5).words == words


def surprise(model, pcm, ids):
    """Minus the logarithm of a whole transcript's probability, by its length."""
    tokenizer, config = model.tokenizer, model.config
    tower = model.audio_tower()
    _, soft = tower.feed(tower.initial_state(), torch.from_numpy(pcm), final=True)
    before = torch.tensor([transcribe_prefix(tokenizer, config, "Transcribe:")])
    sound = torch.full((1, soft.shape[0]), config.audio_token_id)
    after = torch.tensor([[*transcribe_suffix(tokenizer, config), *ids]])
    embeds = torch.cat([model.embed(before), soft[None], model.embed(after)], 1)
    hidden = model.text(embeds, torch.cat([before, sound, after], 1))[:, -len(ids) - 1 :]
    log = (model.text.logits(hidden)[0] + text_logits(model)).log_softmax(-1)
    stop = max(log[-1, index] for index in config.eos_token_ids)
    said = sum(log[place, index] for place, index in enumerate(ids))
    return -float(said + stop) / (len(ids) + 1) ** LENGTH_POWER


def nonsense(speech):
    """Speech backwards, from several places: its likeliest words make no likely whole."""
    return [speech[: speech.size - skipped][::-1].copy() for skipped in range(0, 20_000, 4000)]


@torch.inference_mode()
def test_at_the_end_of_a_segment_the_likeliest_whole_is_found(searching, speech):
    better = 0
    for pcm in nonsense(speech):
        recogniser = started(searching)
        recogniser.feed(pcm[:8000])
        recogniser.decode(0)
        assert recogniser.ids == plain_greedy(searching, searching.sizes.largest, pcm[:8000])
        recogniser.feed(pcm[8000:], final=True)
        words = recogniser.decode(0).words
        found = surprise(searching, pcm, recogniser.ids)
        greedy = plain_greedy(searching, searching.sizes.largest, pcm, final=True)
        assert found <= surprise(searching, pcm, greedy) + 1e-9
        better += recogniser.ids != greedy
        assert recogniser.decode(0).words == words, "the search leaves no trace"
    assert better


@torch.inference_mode()
def test_what_is_confirmed_stays_at_the_end_of_a_segment(searching, speech):
    pcm = nonsense(speech)[0]
    for committed in range(3):
        recogniser = started(searching)
        recogniser.feed(pcm[:-1])
        shown = recogniser.decode(0).words
        recogniser.feed(pcm[-1:], final=True)
        assert recogniser.decode(committed).words[:committed] == shown[:committed]


@torch.inference_mode()
def test_clips_are_measured_as_the_program_hears_them(searching, speech):
    clips = [nonsense(speech)[0], speech, speech[: speech.size // 2]]
    answerer = Answerer(searching)
    measured = answerer.transcripts(
        [answerer.soft_tokens(clip) for clip in clips], searching.sizes.largest
    )
    heard = []
    for clip in clips:
        recogniser = started(searching)
        recogniser.feed(clip, final=True)
        heard.append(joined(recogniser.decode(0).words))
    assert measured == heard


@torch.inference_mode()
def test_more_confirmed_text_than_layers_keep_is_gone_on_with(searching, speech):
    """Such a segment ended the recording: its first keys are not there to be searched from."""
    recogniser = started(searching)
    recogniser.feed(np.tile(speech, 8), final=True)
    word = searching.tokenizer.encode(" time")
    kept = searching.config.text.sliding_window + REWIND_TOKENS
    recogniser._ids = word * kept
    recogniser._ends = [len(word) * (place + 1) for place in range(kept)]
    words = recogniser.decode(kept).words
    assert words[:kept] == ("time",) * kept
