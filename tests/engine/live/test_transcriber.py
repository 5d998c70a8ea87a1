"""The live policy, with sound that spells its words (scripted.py) in place of a model."""

import itertools
import json

import numpy as np
import pytest

from engine.datatypes import CHUNK_SAMPLES, SAMPLE_RATE, AudioChunk
from engine.live.metrics import StepLog
from engine.live.segments import GateSettings
from engine.live.transcriber import LiveSettings, Transcriber
from tests.engine.live.scripted import (
    ScriptedDetector,
    ScriptedRecogniser,
    chunks,
    render,
    sentence,
)


def spell(count):
    """Words of four letters, none alike: the guards take text that compresses well for a loop."""
    letters = np.random.default_rng(7).choice(list("abcdefghijklmnopqrstuvwxyz"), (400, 4))
    return ["".join(word) for word in letters[:count]]


def run(pcm, words, settings=None, **options):
    recogniser = ScriptedRecogniser(words)
    transcriber = Transcriber(
        recogniser,
        settings=settings,
        detector=ScriptedDetector(),
        clock=lambda: 0.0,
        **options,
    )
    updates = [update for chunk in chunks(pcm) for update in transcriber.feed(chunk)]
    return updates + transcriber.finish(), transcriber, recogniser


def finals(updates):
    return [update.segment for update in updates if update.segment.final]


def test_every_word_is_written_once_and_in_order():
    words = sentence(spell(8), 0.5) + sentence(spell(16)[8:], 4.5)
    updates, _, _ = run(render(words, 8), words)
    assert [segment.text for segment in finals(updates)] == [
        " ".join(spell(8)),
        " ".join(spell(16)[8:]),
    ]
    assert [segment.index for segment in finals(updates)] == [0, 1]


@pytest.mark.parametrize("tentative", [True, False])
@pytest.mark.parametrize("repeated", [6, 8, 14])
def test_what_is_said_after_laughter_is_written(tentative, repeated):
    said = ["ha"] * repeated + spell(12) + ["no"] * repeated + spell(24)[12:]
    words = sentence(said, 0.5)
    updates, _, _ = run(render(words, 20), words, LiveSettings(tentative=tentative))
    written = ["ha"] * 5 + spell(12) + ["no"] * 5 + spell(24)[12:]
    assert [segment.text.split() for segment in finals(updates)] == [written]


@pytest.mark.parametrize("tentative", [True, False])
def test_words_are_heard_about_when_they_are_said(tentative):
    """Also where one decoding brings all of them, as in a file or after a lag."""
    words = sentence(spell(8), 0.5) + sentence(spell(40)[8:], 4.5)
    updates, _, _ = run(render(words, 16), words, LiveSettings(tentative=tentative))
    heard = [word.heard_s for segment in finals(updates) for word in segment.words]
    errors = np.subtract(heard, [word.end_s for word in words])
    assert np.abs(errors).max() < 1.0


def test_confirmed_words_only_grow_at_the_end():
    words = sentence(spell(60), 0.5, gap_s=0.02)
    updates, _, _ = run(render(words, 22), words)
    for before, after in itertools.pairwise(updates):
        if before.segment.index == after.segment.index:
            assert after.segment.words[: len(before.segment.words)] == before.segment.words
            assert not before.segment.final


def test_the_last_word_is_not_confirmed_while_it_may_still_grow():
    words = sentence(spell(8), 0.5, word_s=0.6)
    updates, _, _ = run(render(words, 7), words)
    for update in updates:
        segment = update.segment
        if not segment.final:
            assert all(word.text in spell(8) for word in segment.words), segment
            spoken = [word for word in words if word.start_s < segment.end_s]
            assert len(segment.words) < len(spoken)


def test_stopping_in_the_middle_of_a_word_keeps_it():
    words = sentence(spell(5), 0.5)
    pcm = render(words, 3)[: round((words[-1].end_s - 0.05) * SAMPLE_RATE)]
    updates, _, _ = run(pcm, words)
    (segment,) = finals(updates)
    assert segment.text.split()[:4] == spell(4)
    assert segment.text.split()[4].startswith(spell(5)[4][:3])
    assert segment.end_s == pcm.size / SAMPLE_RATE


def test_stopping_at_once_writes_nothing():
    words = sentence(spell(1), 0.5)
    _, transcriber, _ = run(np.zeros(0, np.float32), words)
    assert transcriber.finish() == []


def test_a_segment_that_closes_and_opens_within_one_chunk_keeps_its_words():
    """The new segment's voice was once taken for that of the old, whose words were dropped."""
    settings = LiveSettings(gate=GateSettings(pause_s=0.1, pre_roll_s=0.0))
    words = sentence(spell(20), 0.5, gap_s=0.18)
    updates, _, _ = run(render(words, 10), words, settings)
    assert len(finals(updates)) > 10
    assert " ".join(segment.text for segment in finals(updates)).split() == spell(20)


@pytest.mark.parametrize("gap_s", [0.02, 0.06, 0.12, 0.3])
@pytest.mark.parametrize("tentative", [True, False])
def test_unbroken_speech_is_neither_cut_nor_repeated_at_a_seam(gap_s, tentative):
    count = round(100 / (0.25 + gap_s))
    words = sentence(spell(count), 0.5, gap_s=gap_s)
    updates, _, _ = run(render(words, 101.5), words, LiveSettings(tentative=tentative))
    segments = finals(updates)
    assert len(segments) >= 4
    assert " ".join(segment.text for segment in segments).split() == spell(count)
    assert all(segment.end_s - segment.start_s <= 28.0 for segment in segments)
    for before, after in itertools.pairwise(segments):
        assert before.end_s == after.start_s


def test_a_cut_lies_within_the_last_three_seconds():
    words = sentence(spell(150), 0.5)
    segment = finals(run(render(words, 40), words)[0])[0]
    assert 25.0 <= segment.end_s - segment.start_s <= 28.0


def test_live_and_whole_clip_have_the_same_segments():
    words = sentence(spell(100), 0.5) + sentence(spell(120)[100:], 40.0)
    pcm = render(words, 50)
    live, whole = (
        finals(run(pcm, words, LiveSettings(tentative=tentative))[0]) for tentative in (True, False)
    )
    assert [(s.start_s, s.end_s, s.text) for s in live] == [
        (s.start_s, s.end_s, s.text) for s in whole
    ]


def test_without_tentative_text_a_segment_is_decoded_once():
    words = sentence(spell(8), 0.5) + sentence(spell(16)[8:], 4.5)
    updates, _, recogniser = run(render(words, 8), words, LiveSettings(tentative=False))
    assert recogniser.decodes == 2
    assert all(update.segment.final for update in updates)


def test_speech_is_kept_from_before_the_detector_fires():
    words = sentence(spell(4), 2.0)
    (segment,) = finals(run(render(words, 5), words)[0])
    assert 1.6 < segment.start_s <= 1.7  # 300 ms before the first window with voice


def test_pre_roll_never_takes_sound_that_the_last_segment_had():
    words = sentence(spell(4), 0.5) + sentence(spell(8)[4:], 0.5 + 4 * 0.31 + 0.7)
    first, second = finals(run(render(words, 6), words)[0])
    assert second.start_s >= first.end_s
    assert (first.text, second.text) == (" ".join(spell(4)), " ".join(spell(8)[4:]))


def test_a_gap_closes_the_segment_and_is_marked():
    words = sentence(spell(12), 0.3)
    pcm = render(words, 6)
    transcriber = Transcriber(
        ScriptedRecogniser(words), detector=ScriptedDetector(), clock=lambda: 0.0
    )
    before, after = pcm[: 10 * CHUNK_SAMPLES], pcm[10 * CHUNK_SAMPLES :]
    updates = [update for chunk in chunks(before) for update in transcriber.feed(chunk)]
    for chunk in chunks(after, before.size + SAMPLE_RATE):
        updates += transcriber.feed(chunk)
    first, second = finals(updates + transcriber.finish())
    assert first.end_s == before.size / SAMPLE_RATE
    assert (first.gap_before_s, second.gap_before_s) == (0.0, 1.0)
    assert second.start_s == before.size / SAMPLE_RATE + 1.0
    assert transcriber.metrics().dropped_s == 1.0


def test_a_gap_in_silence_marks_the_next_segment():
    words = sentence(spell(4), 0.5)
    transcriber = Transcriber(
        ScriptedRecogniser(words), detector=ScriptedDetector(), clock=lambda: 0.0
    )
    silence = np.zeros(CHUNK_SAMPLES, np.float32)
    for start in (0, 2 * CHUNK_SAMPLES, 4 * CHUNK_SAMPLES):
        assert transcriber.feed(AudioChunk(silence, start, 0.0)) == []
    sound = chunks(render(words, 3), 5 * CHUNK_SAMPLES)
    (segment,) = finals([update for chunk in sound for update in transcriber.feed(chunk)])
    assert segment.gap_before_s == 0.32


def test_sound_that_comes_twice_is_refused():
    transcriber = Transcriber(ScriptedRecogniser([]), detector=ScriptedDetector())
    chunk = AudioChunk(np.zeros(CHUNK_SAMPLES, np.float32), 0, 0.0)
    transcriber.feed(chunk)
    with pytest.raises(ValueError, match="after sound up to 2560"):
        transcriber.feed(chunk)


def test_every_change_carries_the_time_of_the_last_sample_behind_it():
    words = sentence(spell(8), 0.5)
    updates, _, _ = run(render(words, 5), words)
    for update in updates:
        # chunks() captures a chunk at its end on the stream's own clock
        assert update.captured_at >= update.segment.end_s - 1e-9
        assert update.captured_at - update.segment.end_s <= CHUNK_SAMPLES / SAMPLE_RATE
    assert len({update.captured_at for update in updates}) == len(updates)


def test_an_update_is_sent_only_when_the_text_changes():
    words = sentence(["long"], 0.5, word_s=4.0)
    updates, _, recogniser = run(render(words, 6), words)
    texts = [(u.segment.text, u.segment.tentative, u.segment.final) for u in updates]
    assert len(set(texts)) == len(texts)
    assert recogniser.decodes > len(texts)


def test_noise_that_the_detector_takes_for_a_short_voice_writes_nothing():
    words = sentence(["click"], 1.0, word_s=0.1)
    updates, transcriber, _ = run(render(words, 4), words)
    assert updates == []
    assert transcriber.metrics().shown_words == 0


def test_with_the_gate_off_everything_is_heard():
    words = sentence(["click"], 1.0, word_s=0.1)
    transcriber = Transcriber(ScriptedRecogniser(words), use_vad=False, clock=lambda: 0.0)
    updates = [u for chunk in chunks(render(words, 4)) for u in transcriber.feed(chunk)]
    (segment,) = finals(updates + transcriber.finish())
    assert (segment.start_s, segment.end_s, segment.text) == (0.0, 4.0, "click")


def test_encoding_several_chunks_at_once_changes_no_final_text():
    words = sentence(spell(110), 0.5) + sentence(spell(120)[110:], 40.0)
    pcm = render(words, 45)
    texts = {
        steps: [s.text for s in finals(run(pcm, words, LiveSettings(chunks_per_step=steps))[0])]
        for steps in (1, 3, 16)
    }
    assert texts[1] == texts[3] == texts[16]
    assert " ".join(texts[1]).split() == spell(120)


def test_when_behind_it_decodes_less_but_hears_everything():
    words = sentence(spell(80), 0.5)
    pcm = render(words, 26)
    recogniser = ScriptedRecogniser(words)
    late = Transcriber(recogniser, detector=ScriptedDetector(), clock=lambda: 1000.0)
    updates = [u for chunk in chunks(pcm) for u in late.feed(chunk)] + late.finish()
    assert finals(updates)[0].text.split() == spell(80)
    assert recogniser.decodes < 10
    assert late.metrics().dropped_s == 0.0
    assert late.metrics().lag_s > 900


def test_a_slow_machine_renews_text_as_often_as_it_can_and_says_so():
    """Each decoding takes 0.3 s: at 0.32 s between two that were nearly all of the time."""
    words = sentence(spell(80), 0.5)
    recogniser = ScriptedRecogniser(words)
    now = 0.0

    def decode(committed):
        nonlocal now
        now += 0.3
        return ScriptedRecogniser.decode(recogniser, committed)

    recogniser.decode = decode
    transcriber = Transcriber(recogniser, detector=ScriptedDetector(), clock=lambda: now)
    said = []
    for chunk in chunks(render(words, 26)):
        now = max(now, chunk.captured_at)
        transcriber.feed(chunk)
        said.append(transcriber.metrics().every_s)
    assert said[0] == 0.32
    assert said[-1] == 0.64
    assert set(said) == {0.32, 0.64}
    assert transcriber.metrics().lag_s < 1.5


def test_chunks_that_piled_up_are_decoded_as_one():
    words = sentence(spell(8), 0.5)
    recogniser = ScriptedRecogniser(words)
    transcriber = Transcriber(recogniser, detector=ScriptedDetector(), clock=lambda: 0.0)
    sound = list(chunks(render(words, 2.4)))
    heard = []
    for chunk in sound[:-1]:
        assert transcriber.feed(chunk, more=True) == []
        heard.append(recogniser.heard.size)
    assert transcriber.in_segment
    assert recogniser.decodes == 0
    assert len(set(heard)) <= len(heard) / 4 + 1  # several chunks encoded at once
    (update,) = transcriber.feed(sound[-1])
    assert update.segment.tentative.split()[:5] == spell(5)
    assert recogniser.decodes == 1


def test_the_step_log_is_one_json_object_a_line(tmp_path):
    words = sentence(spell(8), 0.5)
    path = tmp_path / "steps.jsonl"
    with StepLog(path) as log:
        run(render(words, 5), words, log=log)
    lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    assert {line["kind"] for line in lines} == {"step", "segment"}
    (segment,) = [line for line in lines if line["kind"] == "segment"]
    assert segment["text"] == " ".join(spell(8))
    assert 0 < segment["average_lagging_s"] < 2.5
    assert segment["average_lagging_with_compute_s"] >= segment["average_lagging_s"]


def test_the_longest_length_is_a_setting():
    words = sentence(spell(60), 0.5)
    settings = LiveSettings(gate=GateSettings(longest_s=10.0))
    segments = finals(run(render(words, 20), words, settings)[0])
    assert all(segment.end_s - segment.start_s <= 10.0 for segment in segments)
    assert " ".join(segment.text for segment in segments).split() == spell(60)
