"""The small parts of the window: what they show, in words as well as in colour."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from app.capture.sources import Source
from app.i18n import Speech
from app.models.live import FileProgress, LiveState, Phase
from app.models.memory import MemoryModel, Usage
from app.settings.choices import Language
from app.settings.choices import Theme as Choice
from app.settings.store import SettingsStore
from app.theme import Theme
from app.widgets.banner import Banner, Weight
from app.widgets.level_meter import LevelMeter
from app.widgets.listening_mark import ListeningMark
from app.widgets.memory_panel import MemoryPanel
from app.widgets.microphone_picker import MicrophonePicker
from app.widgets.size_picker import SizePicker, params_text
from app.widgets.status_strip import StatusStrip
from engine.datatypes import SizeInfo
from engine.errors import ErrorKind
from tests.app.window_fakes import SIZES, metrics, model

USB = Source("usb", "USB headset", False, False)
DESK = Source("desk", "Desk microphone", False, True)
SPEAKER = Source("speaker", "Speakers", True, False)


@pytest.fixture
def state(qapp: object) -> LiveState:
    return LiveState()


# --- the level meter ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("peak", "words"),
    [(0.0, "No sound"), (0.002, "Very quiet"), (0.2, "Good level"), (0.99, "Too loud")],
)
def test_the_level_stands_in_words(theme: Theme, qtbot: QtBot, peak: float, words: str) -> None:
    meter = LevelMeter(theme)
    qtbot.addWidget(meter)
    meter.show()
    meter.set_level(peak)
    qtbot.waitUntil(lambda: meter.words == words)
    assert words in meter.toolTip()
    assert meter.accessibleDescription() == words


def test_the_meter_grows_with_the_interface(theme: Theme, qtbot: QtBot) -> None:
    """It stayed a thread of 8 pixels beside letters twice as large."""

    def thickness() -> int:
        image = meter.grab().toImage()
        column = [image.pixelColor(70, y).name() for y in range(image.height())]
        return column.count(theme.tones.sunken)

    meter = LevelMeter(theme)
    qtbot.addWidget(meter)
    meter.show()
    before, thin = meter.sizeHint(), thickness()
    theme.apply(Choice.LIGHT, 200)
    assert meter.sizeHint() == 2 * before
    meter.adjustSize()
    assert thickness() == 2 * thin


def test_the_meter_rests_when_nothing_is_heard(theme: Theme, qtbot: QtBot) -> None:
    meter = LevelMeter(theme)
    qtbot.addWidget(meter)
    meter.set_level(0.5)
    assert not meter.moving
    meter.show()
    meter.set_level(0.5)
    assert meter.moving
    meter.set_level(0.0)
    qtbot.waitUntil(lambda: not meter.moving)
    meter.set_level(0.5)
    meter.hide()
    assert not meter.moving


# --- the listening mark ---------------------------------------------------------------------------


def test_the_mark_says_listening_only_while_the_microphone_is_open(
    state: LiveState, theme: Theme, qtbot: QtBot
) -> None:
    mark = ListeningMark(state, theme)
    qtbot.addWidget(mark)
    shown = {}
    state.set_file(FileProgress("talk.mp3"))
    for phase in Phase:
        state.set_phase(phase)
        shown[phase] = mark.text
        assert mark.property("listening") is (phase is Phase.LISTENING)
        assert mark.accessibleDescription() == mark.text
        mark.grab()
    assert shown[Phase.LISTENING] == "Listening · 0:00"
    assert shown[Phase.IDLE] == "Not listening"
    assert len(set(shown.values())) == len(Phase)


def test_the_mark_says_when_it_waits_for_sound(
    state: LiveState, theme: Theme, qtbot: QtBot
) -> None:
    mark = ListeningMark(state, theme)
    qtbot.addWidget(mark)
    state.set_phase(Phase.LISTENING)
    state.set_microphone("USB headset", waiting=True)
    assert "waiting for sound" in mark.text
    assert mark.toolTip() == "Hearing USB headset"
    state.set_phase(Phase.IDLE)
    assert mark.toolTip() == ""


def test_the_clock_leaves_pauses_out(state: LiveState, monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr("app.models.live.monotonic", lambda: now)
    state.set_phase(Phase.LISTENING)
    now = 110.0
    state.set_phase(Phase.PAUSED)
    now = 500.0
    state.set_phase(Phase.LISTENING)
    now = 505.0
    assert state.listened_s == 15.0
    state.set_phase(Phase.STOPPING)
    state.set_phase(Phase.IDLE)
    state.set_phase(Phase.LISTENING)
    assert state.listened_s == 0.0


# --- the microphone picker ------------------------------------------------------------------------


def items(picker: MicrophonePicker) -> list[str]:
    return [picker.itemText(index) for index in range(picker.count())]


@pytest.fixture
def picker(settings: SettingsStore, theme: Theme, qtbot: QtBot) -> MicrophonePicker:
    made = MicrophonePicker(settings, theme)
    qtbot.addWidget(made)
    return made


def test_microphones_have_the_servers_names(picker: MicrophonePicker) -> None:
    assert items(picker) == ["System's choice (no microphone found)"]
    picker.set_sources([DESK, USB, SPEAKER])
    assert items(picker) == [
        "System's choice (Desk microphone)",
        "Desk microphone",
        "USB headset",
        "Speakers (what the computer plays)",
    ]
    picker.set_sources([USB])
    assert items(picker) == ["System's choice", "USB headset"]


def test_a_choice_is_kept_while_it_is_unplugged(
    picker: MicrophonePicker, settings: SettingsStore, qtbot: QtBot
) -> None:
    picker.set_sources([DESK, USB])
    with qtbot.waitSignal(picker.chosen) as caught:
        picker.setCurrentIndex(2)
        picker.activated.emit(2)
    assert caught.args == ["usb"]
    assert settings.values.microphone == "usb"
    picker.set_sources([DESK])
    assert picker.currentData() == "usb"
    assert "not connected" in picker.currentText()
    picker.set_sources([DESK, USB])
    assert picker.currentText() == "USB headset"


def test_another_microphone_than_the_chosen_one_is_shown_as_heard(
    picker: MicrophonePicker, settings: SettingsStore
) -> None:
    settings.change(microphone="usb")
    picker.set_sources([DESK, USB])
    picker.set_heard(DESK)
    assert "Desk microphone (heard now)" in items(picker)
    picker.set_heard(USB)
    assert not any("heard now" in text for text in items(picker))
    picker.set_heard(None)
    assert picker.currentData() == "usb"
    settings.change(microphone="")
    assert picker.currentText() == "System's choice (Desk microphone)"
    picker.set_heard(USB)
    assert picker.currentText() == "System's choice (USB headset)"


# --- the size slider ------------------------------------------------------------------------------


@pytest.fixture
def sizes(state: LiveState, qtbot: QtBot) -> SizePicker:
    made = SizePicker(state)
    qtbot.addWidget(made)
    return made


def test_the_slider_says_what_a_size_costs(sizes: SizePicker, state: LiveState) -> None:
    assert not sizes.slider.isEnabled()
    assert "being loaded" in sizes.words
    state.set_model(model())
    assert sizes.slider.isEnabled()
    assert sizes.slider.maximum() == 2
    assert sizes.slider.value() == 2
    assert "12 layers" in sizes.words
    assert "7.9M" in sizes.words
    assert "Score 88.5" in sizes.words
    state.set_size("small")
    assert "9 layers" in sizes.words
    assert "39 %" in sizes.words
    assert "small" in sizes.slider.accessibleDescription()


def test_a_size_without_a_score_claims_none(sizes: SizePicker, state: LiveState) -> None:
    state.set_model(model(size="mixed"))
    assert "Score" not in sizes.words


def test_choosing_a_size_asks_for_it_once_and_says_when_it_holds(
    sizes: SizePicker, state: LiveState, qtbot: QtBot
) -> None:
    state.set_model(model())
    with qtbot.waitSignal(sizes.chosen) as caught:
        sizes.slider.setValue(0)
    assert caught.args == ["small"]
    assert "next utterance" in sizes.words
    with qtbot.assertNotEmitted(sizes.chosen):
        state.set_wanted_size("small")
        state.set_size("small")
    assert "next utterance" not in sizes.words
    sizes.step(1)
    assert sizes.slider.value() == 1


def test_one_size_is_no_choice_and_says_so(sizes: SizePicker, state: LiveState) -> None:
    state.set_model(model(sizes=SIZES[-1:]))
    assert not sizes.slider.isEnabled()
    assert "one size" in sizes.words
    sizes.step(-1)
    assert sizes.slider.value() == 0


def test_without_a_model_there_is_no_size(sizes: SizePicker, state: LiveState) -> None:
    state.set_missing()
    assert sizes.words == "No model."


def test_effective_parameters_read_as_gemma_3n_counts_them() -> None:
    assert params_text(7_912_345) == "7.9M"
    assert params_text(1_910_000_000) == "E1.9B"
    assert params_text(3_980_000_000) == "E4.0B"


def test_both_sliders_show_the_same(state: LiveState, qtbot: QtBot) -> None:
    one, other = SizePicker(state), SizePicker(state)
    qtbot.addWidget(one)
    qtbot.addWidget(other)
    one.chosen.connect(state.set_wanted_size)
    state.set_model(model(sizes=(*SIZES, SizeInfo("huge", 9_000_000, 14, None, 2))))
    one.slider.setValue(0)
    assert other.slider.value() == 0
    assert other.words == one.words


# --- memory, status -------------------------------------------------------------------------------


def test_memory_shows_the_sum_and_paints_every_part(theme: Theme, qtbot: QtBot) -> None:
    memory = MemoryModel()
    panel = MemoryPanel(memory, theme)
    qtbot.addWidget(panel)
    empty = panel.grab().toImage()
    memory.put({"text": Usage(30_000_000, 10_000_000), "ple": Usage(0, 5_000_000)})
    assert any("45 MB" in label.text() for label in panel.findChildren(QLabel))
    assert panel.grab().toImage() != empty
    before = panel.list.height()
    theme.apply(Choice.LIGHT, 200)
    assert panel.list.height() > before


def test_the_strip_shows_lag_load_and_losses_while_listening(
    state: LiveState, qtbot: QtBot
) -> None:
    strip = StatusStrip(state)
    qtbot.addWidget(strip)
    assert strip.model.text() == "Loading the model…"
    state.set_loading(0.5)
    assert "50 %" in strip.model.text()
    state.set_model(model())
    assert strip.model.text() == "nano (demonstration)"
    assert strip.size_name.text() == "full"
    assert strip.lag.isHidden()
    state.set_phase(Phase.LISTENING)
    state.set_metrics(metrics(lag=0.44, load=0.31))
    assert (strip.lag.text(), strip.load.text(), strip.dropped.text()) == (
        "Lag 0.4 s",
        "Load 0.31",
        "Lost 0.0 s",
    )
    assert strip.lag.property("role") == "muted"
    state.set_metrics(metrics(lag=5.0, load=1.5, dropped=2.0))
    for label in (strip.lag, strip.load, strip.dropped):
        assert label.property("role") == "danger"
        assert label.toolTip()


def test_the_strip_speaks_the_language_of_the_window(
    state: LiveState, speech: Speech, qtbot: QtBot
) -> None:
    strip = StatusStrip(state)
    qtbot.addWidget(strip)
    state.set_model(model())
    state.set_phase(Phase.LISTENING)
    state.set_metrics(metrics(lag=0.44))
    speech.take(Language.GERMAN)
    strip.retranslate()
    assert strip.lag.text() == "Verzug 0,4 s"


@pytest.mark.parametrize("dropped", [0.0, 2.0])
def test_after_stop_the_strip_says_only_what_was_lost(
    state: LiveState, qtbot: QtBot, dropped: float
) -> None:
    """ "Lag 0.4 s" stayed in sight, and load and cadence, as if something were still computed."""
    strip = StatusStrip(state)
    qtbot.addWidget(strip)
    state.set_model(model())
    state.set_phase(Phase.LISTENING)
    state.set_metrics(metrics(lag=0.44, dropped=dropped))
    state.set_phase(Phase.STOPPING)
    assert not strip.lag.isHidden()
    state.set_phase(Phase.IDLE)
    assert [label.isHidden() for label in (strip.lag, strip.cadence, strip.load)] == [True] * 3
    assert strip.dropped.isHidden() == (dropped == 0)
    state.set_phase(Phase.LISTENING)
    assert not strip.lag.isHidden()


def test_the_strip_says_how_often_words_are_renewed(state: LiveState, qtbot: QtBot) -> None:
    strip = StatusStrip(state)
    qtbot.addWidget(strip)
    state.set_model(model())
    assert strip.cadence.isHidden()
    state.set_phase(Phase.LISTENING)
    state.set_metrics(replace(metrics(), every_s=1.28))
    assert strip.cadence.text() == "Words every 1.3 s"
    state.set_metrics(replace(metrics(), every_s=None))
    assert strip.cadence.text() == "Words at pauses"


def test_the_strip_says_when_there_is_no_model(state: LiveState, qtbot: QtBot) -> None:
    strip = StatusStrip(state)
    qtbot.addWidget(strip)
    state.set_missing()
    assert strip.model.text() == "No model"


# --- the banner -----------------------------------------------------------------------------------


@pytest.fixture
def banner(theme: Theme, qtbot: QtBot) -> Banner:
    parent = QWidget()
    qtbot.addWidget(parent)
    made = Banner(theme, parent)
    parent.show()
    made.keep_parent = parent  # type: ignore[attr-defined]
    return made


def test_the_weightiest_sentence_is_shown_and_the_others_wait(banner: Banner) -> None:
    assert not banner.isVisible()
    banner.show_message(ErrorKind.DISK, "the disk is full")
    banner.show_message(ErrorKind.MICROPHONE_MOVED, "moved")
    assert banner.text == "the disk is full"
    banner.clear(ErrorKind.DISK)
    assert banner.text == "moved"
    banner.clear(ErrorKind.MICROPHONE_MOVED)
    assert not banner.isVisible()


def test_the_newest_sentence_of_a_kind_counts(banner: Banner) -> None:
    banner.show_message(ErrorKind.WORKER_DIED, "first")
    banner.show_message(ErrorKind.WORKER_DIED, "second")
    banner.show_message(ErrorKind.NO_MICROPHONE, "third")
    assert banner.text == "third"
    banner.clear(ErrorKind.NO_MICROPHONE)
    assert banner.text == "second"
    banner.clear(ErrorKind.WORKER_DIED)
    assert banner.text == ""


def test_weights_differ_by_shape_too(banner: Banner) -> None:
    seen = {}
    for kind in (None, ErrorKind.NO_MICROPHONE, ErrorKind.INTERNAL):
        banner.show_message(kind, "sentence")
        assert banner.message is not None
        seen[banner.message.weight] = banner.property("role")
        assert banner.accessibleName() == "sentence"
        banner.clear(kind)
    assert seen == {weight: f"banner-{weight.value}" for weight in Weight}


def test_a_sentence_can_be_dismissed_or_acted_on(banner: Banner, qtbot: QtBot) -> None:
    done: list[int] = []
    banner.show_message(ErrorKind.DISK, "full", "Try again", lambda: done.append(1))
    assert banner.action.isVisible()
    qtbot.mouseClick(banner.action, Qt.MouseButton.LeftButton)
    assert done == [1]
    assert not banner.isVisible()
    banner.show_message(None, "saved")
    assert not banner.action.isVisible()
    qtbot.mouseClick(banner.dismiss, Qt.MouseButton.LeftButton)
    assert not banner.isVisible()
