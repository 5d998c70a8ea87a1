"""Looking in the window: camera, screen, questions about what is seen, and "tell me when …".

One object of the composition root; it connects sources, watch, conversation and widgets.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QTextEdit

from app.capture import screen
from app.capture.camera import CameraState
from app.capture.camera_controller import READ_BY_QT, CameraController
from app.capture.camera_sources import PictureSource, SourceKind
from app.capture.microphone import CaptureState
from app.capture.moment import SoundMemory
from app.capture.scene import Sensitivity
from app.look_actions import LookActions
from app.models.sightings import SightingModel
from app.picture_intake import PictureIntake
from app.picture_keeping import PictureKeeping
from app.settings.choices import PictureDetail
from app.source_chooser import SourceChooser
from app.watching import Answer, Sighting, Watch
from app.widgets.camera_mark import CameraMark
from app.widgets.looking_panel import LookingPanel
from engine.datatypes import CameraFrame, Rgb, Seeing, Task
from engine.errors import ErrorKind, NestlingError

if TYPE_CHECKING:
    from app.application import Application

SEEING = {
    PictureDetail.QUICK: Seeing(pixels=256),
    PictureDetail.AUTO: Seeing(budget_s=2.0),
    PictureDetail.FINE: Seeing(pixels=768),
}
CAMERA_KINDS = (ErrorKind.NO_CAMERA, ErrorKind.CAMERA_LOST, ErrorKind.NO_SCREEN)


class Looking(QObject):
    """Installs the camera's place, and does what its buttons and keys say.

    State: the newest frame, while something is looked at; how it is turned. Both are gone when it
    is turned off.

    Signals:
        frame_shown(CameraFrame): the frame that a question would be about now.
    """

    frame_shown = Signal(object)

    def __init__(self, program: Application) -> None:
        super().__init__(program)
        self._program, self._window = program, program.window
        self._chat, self._state = program.chat, program.state
        self.frame: CameraFrame | None = None
        self._turns = 0  # quarter turns to the right
        self.sound = SoundMemory()
        self.actions = LookActions(program.theme, self)
        self.actions.add_menu(self._window.menuBar())
        self.camera = CameraController(self)
        self.watch = Watch(program.bridge, self)
        self.sightings = SightingModel(self)
        self.panel = LookingPanel(self.actions, self.sightings, program.theme, self._window)
        self._window.side.add(self.panel)
        self.panel.hide()
        self.mark = CameraMark(self.actions["off"], self._state, program.theme, self._window)
        self._window.marks.insertWidget(1, self.mark)
        self.chooser = SourceChooser(self._window, program.theme, self)
        self.keeping = PictureKeeping(self._window, self)
        self.intake = PictureIntake(self._chat.page, self._chat.page.composer.edit, self)
        self._chat.page.composer.set_live_picture(self.picture)
        self._connect()
        self._apply_settings(frozenset({"picture_detail"}))
        self._list_sources()
        self._show_state(CameraState.OFF)
        self._show_model()

    def _connect(self) -> None:
        camera, panel, watch, actions = self.camera, self.panel, self.watch, self.actions
        camera.frame_arrived.connect(self._take_frame)
        camera.state_changed.connect(self._show_state)
        camera.cameras_changed.connect(self._list_sources)
        camera.failed.connect(self._program.say)
        camera.recovered.connect(self._recovered)
        panel.picker.opening.connect(self._list_sources)
        panel.picker.chosen.connect(self._chosen)
        panel.picker.asked.connect(self.chooser.ask)
        self.chooser.chosen.connect(self.turn_on)
        self.chooser.failed.connect(self._program.say)
        self.keeping.told.connect(self._program.say)
        panel.asked.connect(self.ask)
        panel.watch_asked.connect(self.tell_when)
        panel.watch_left.connect(watch.stop)
        panel.keep_asked.connect(self._keep_sighting)
        watch.running_changed.connect(self._watch_changed)
        watch.counted.connect(self._counted)
        watch.sighted.connect(self._sighted)
        self.intake.taken.connect(self._attach)
        self.intake.failed.connect(self._program.say)
        for name, slot in {
            "panel": self._show_panel,
            "camera": self._toggle,
            "off": self.turn_off,
            "ask": self._go_to_question,
            "watch": self._toggle_watch,
            "moment": self.ask_moment,
            "attach_frame": self._attach_frame,
            "attach_file": self._attach_file,
            "keep": self._keep,
            "mirror": self._mirror,
            "turn": self._turn,
        }.items():
            actions[name].triggered.connect(slot)
        self._state.model_changed.connect(self._show_model)
        self._window.language_changed.connect(self._retranslate)
        self._program.capture.chunk_captured.connect(self.sound.hear)
        self._program.capture.state_changed.connect(self._capture_changed)
        self._program.settings.changed.connect(self._apply_settings)
        self._program.ending.connect(self._close)

    # --- what is looked at -----------------------------------------------------------------------

    @Slot(object)
    def turn_on(self, source: PictureSource) -> None:
        """Look at this from now on, because a person asked for it; a watch ends."""
        self.watch.stop()
        self.frame, self._turns = None, 0
        self.panel.preview.clear()
        self.panel.picker.set_current(source)
        self._window.banner.clear(*CAMERA_KINDS)
        self._show_panel(True)
        self.camera.start(source)

    @Slot()
    def turn_off(self) -> None:
        """See nothing any more, at once; the watch ends with it."""
        self.camera.stop()
        self._window.banner.clear(*CAMERA_KINDS)

    def picture(self) -> Rgb | None:
        """What is seen now, uint8[H, W, 3]; None while nothing is, or none of it can be asked."""
        live = self.camera.state in (CameraState.ON, CameraState.ENDED)
        return self.frame.rgb if self.frame is not None and live and not self._obstacle() else None

    @Slot()
    def _toggle(self) -> None:
        source = self.panel.picker.current
        if self.camera.source is not None:
            self.turn_off()
        elif source is not None:
            self.turn_on(source)
        else:
            self._show_panel(True)
            self._program.say(
                ErrorKind.NO_CAMERA,
                self.tr("No camera is connected. Connect one, or choose a screen or an address."),
            )
        self._show_state(self.camera.state)

    @Slot(object)
    def _chosen(self, source: PictureSource) -> None:
        if self.camera.source is not None:  # who looks at one thing and chooses another goes over
            self.turn_on(source)

    @Slot()
    def _list_sources(self) -> None:
        self.camera.refresh()
        asks = screen.is_wayland()
        screens = (self.chooser.portal_source(),) if asks else screen.screens()
        self.panel.picker.set_sources((*self.camera.cameras, *screens))

    @Slot(object)
    def _take_frame(self, frame: CameraFrame) -> None:
        frame = _turned(frame, self._turns)
        self._show_frame(frame)
        self.watch.look(frame)

    def _show_frame(self, frame: CameraFrame) -> None:
        self.frame = frame
        self.panel.preview.show_frame(frame)
        self.frame_shown.emit(frame)
        if self._chat.page.isVisible():
            self._chat.page.composer.note_live_picture()

    @Slot(object)
    def _show_state(self, state: CameraState) -> None:
        source = self.camera.source
        on = source is not None
        is_screen = source is not None and source.kind in READ_BY_QT
        is_file = source is not None and source.kind is SourceKind.FILE
        if not on:
            self.watch.stop()
            self.frame = None
            self.panel.preview.clear()
        else:
            words = self.tr("SCREEN IN VIEW") if is_screen else self.tr("CAMERA ON")
            if is_file:
                words = self.tr("VIDEO")
            notice = self._notice(state, is_screen)
            self.panel.preview.set_words(words, notice, veiled=state is not CameraState.ENDED)
        if state is CameraState.ENDED and self.watch.running:
            words = self.tr("The video is over, and the watch for “{what}” ends with it.")
            self._program.say(None, words.format(what=self.watch.condition))
            self.watch.finish()
        label = source.label if source else ""
        self._state.set_camera(label, is_screen=is_screen, is_file=is_file)
        self.panel.set_on(on)
        self.actions["camera"].setChecked(on)
        self.actions["camera"].setText(self.tr("&Off") if on else self.tr("&Look"))
        for name in ("off", "keep", "turn", "attach_frame"):
            self.actions[name].setEnabled(on)
        self._chat.page.composer.note_live_picture()

    def _notice(self, state: CameraState, is_screen: bool) -> str:
        match state:
            case CameraState.STARTING:
                return self.tr("Waiting for the first picture…")
            case CameraState.RECOVERING:
                return self.tr("No picture comes; trying again…")
            case CameraState.ENDED if is_screen:
                return ""  # a single picture is all that the portal gives
            case CameraState.ENDED:
                return self.tr("The video is over; this was its last picture.")
            case _:
                return ""

    @Slot()
    def _retranslate(self) -> None:
        """Name everything in the language of the window."""
        self.actions.retranslate()
        self._show_model()
        self._show_state(self.camera.state)

    @Slot()
    def _recovered(self) -> None:
        self._window.banner.clear(*CAMERA_KINDS)

    # --- questions about it ----------------------------------------------------------------------

    @Slot(str)
    def ask(self, question: str) -> None:
        """Ask about the picture that is seen now; the conversation shows both."""
        rgb = self.picture()
        if rgb is None:
            self._say_no_picture()
        elif self._asked(lambda: self._program.conversation.ask(question, images=(rgb,))):
            self.panel.question.clear()

    def _say_no_picture(self) -> None:
        words = self._obstacle() or self.tr("There is no picture yet to ask about.")
        self._program.say(ErrorKind.NO_CAMERA, words)

    @Slot()
    def ask_moment(self) -> None:
        """One question of what was heard in the last seconds, what is seen, what is marked, and
        the pictures beside the question."""
        audio, rgb, marked = self.sound.sound(), self.picture(), self._marked()
        composer = self._chat.page.composer
        pictures = (*composer.attached, *(() if rgb is None else (rgb,)))
        if audio is None and not pictures and not marked:
            self._program.say(
                None,
                self.tr(
                    "There is nothing to ask about: neither is anything heard nor looked at, and "
                    "no text is marked."
                ),
            )
            return
        question = composer.edit.toPlainText().strip() or self.tr("What is this about?")
        if marked:
            question += "\n\n" + "\n".join("> " + line for line in marked.splitlines())
        if self._asked(lambda: self._chat.ask(question, images=pictures, audio=audio)):
            composer.clear()

    def _asked(self, ask: Callable[[], object]) -> bool:
        try:
            ask()
        except NestlingError as error:
            self._program.say(error.kind, error.message)
            return False
        held = self._window.focusWidget()
        self._window.pages.show_page("conversation")
        if held is not None and held.isVisible():
            held.setFocus()  # the next question is asked from where this one was
        self._chat.page.view.follow()
        return True

    def _marked(self) -> str:
        """The text that is marked: where the focus is, else in the page that is in sight."""
        focus = QApplication.focusWidget()
        if isinstance(focus, QLineEdit):
            return focus.selectedText()
        composer = self._chat.page.composer.edit
        views = (focus, self._window.view)
        for view in views:
            if isinstance(view, QTextEdit | QPlainTextEdit) and view is not composer:
                text = view.createMimeDataFromSelection().text().strip()  # as it is copied
                if text and (view is focus or view.isVisible()):
                    return text
        if self._chat.page.isVisible():
            return str(self._chat.page.view.marking.text()).strip()
        return ""

    @Slot(object)
    def _capture_changed(self, state: CaptureState) -> None:
        if state in (CaptureState.STOPPED, CaptureState.PAUSED):
            self.sound.forget()

    @Slot()
    def _go_to_question(self) -> None:
        self._show_panel(True)
        self.panel.question.setFocus(Qt.FocusReason.ShortcutFocusReason)

    @Slot()
    def _show_model(self) -> None:
        self.panel.set_obstacle(self._obstacle())

    def _obstacle(self) -> str:
        """Why nothing can be asked about pictures; "": it can."""
        model = self._state.model
        if model is None or Task.SEE in model.tasks:
            return ""
        return self.tr(
            "{name} cannot see: open the folder of a general Gemma 3n model (E2B or E4B) to ask "
            "about pictures."
        ).format(name=model.name)

    # --- tell me when ----------------------------------------------------------------------------

    @Slot(str)
    def tell_when(self, condition: str) -> None:
        """Watch for this; a watch for something else ends."""
        if self.picture() is None:
            self._say_no_picture()
        elif self.camera.state is CameraState.ENDED:
            self._program.say(
                None,
                self.tr(
                    "No other picture will come from here, so there is nothing to wait for; ask "
                    "about the one that is there."
                ),
            )
        elif condition:
            self.sightings.clear()
            chosen = self._program.settings.values.watch_sensitivity
            self.watch.start(condition, Sensitivity(chosen.value))

    @Slot()
    def _toggle_watch(self) -> None:
        if self.watch.running:
            self.watch.stop()
        elif self.panel.watch.isEnabled():
            self.tell_when(self.panel.question.text().strip())
        else:
            self._go_to_question()
        self.actions["watch"].setChecked(self.watch.running)

    @Slot()
    def _watch_changed(self) -> None:
        self.panel.set_watch(self.watch.condition)
        self.actions["watch"].setChecked(self.watch.running)

    @Slot()
    def _counted(self) -> None:
        counts = self.watch.counts
        self.panel.set_counts(counts.seen, counts.skipped, counts.asked, counts.late)

    @Slot(object)
    def _sighted(self, sighting: Sighting) -> None:
        condition = self.watch.condition
        words = {
            Answer.YES: self.tr("Now: {what}"),
            Answer.NO: self.tr("No longer: {what}"),
            Answer.UNCLEAR: self.tr("No clear answer: {what}"),
        }[sighting.answer].format(what=condition)
        self.sightings.put(sighting, words)
        if sighting.answer is Answer.YES:
            self._program.say(None, words)
            QApplication.alert(self._window)

    # --- pictures into the question, and to a file -----------------------------------------------

    @Slot(object)
    def _attach(self, rgb: Rgb) -> None:
        self._window.pages.show_page("conversation")
        self._window.banner.clear(ErrorKind.BAD_PICTURE)
        self._chat.page.composer.attach_picture(rgb)

    @Slot()
    def _attach_frame(self) -> None:
        rgb = self.picture()
        if rgb is not None:
            self._attach(rgb)
            self._chat.page.composer.edit.setFocus()

    @Slot()
    def _attach_file(self) -> None:
        self._window.pages.show_page("conversation")
        self.intake.choose()

    @Slot()
    def _keep(self) -> None:
        if self.frame is not None:
            self.keeping.ask(self.frame.rgb)

    @Slot(int)
    def _keep_sighting(self, row: int) -> None:
        rgb = self.sightings.picture(row)
        if rgb is not None:
            self.keeping.ask(rgb)

    # --- the place of it all ---------------------------------------------------------------------

    @Slot(bool)
    def _show_panel(self, visible: bool) -> None:
        """Show or hide the place; what is looked at is never out of sight."""
        shown = visible or self.camera.source is not None
        self.panel.setVisible(shown)
        self.actions["panel"].setChecked(shown)

    @Slot(object)
    def _apply_settings(self, names: frozenset[str]) -> None:
        if names & {"picture_detail", "pan_and_scan"}:
            values = self._program.settings.values
            looked_at = replace(SEEING[values.picture_detail], pan_and_scan=values.pan_and_scan)
            self._program.bridge.seeing = looked_at

    @Slot(bool)
    def _mirror(self, mirrored: bool) -> None:
        self.panel.preview.mirrored = mirrored
        self.panel.preview.update()

    @Slot()
    def _turn(self) -> None:
        self._turns = (self._turns + 1) % 4
        if self.frame is not None:  # the next one may never come
            self._show_frame(_turned(self.frame, 1))

    @Slot()
    def _close(self) -> None:
        """The window closes: let go of everything."""
        self.chooser.close()
        self.watch.stop()
        self.camera.close()


def _turned(frame: CameraFrame, quarters: int) -> CameraFrame:
    """A frame turned to the right."""
    if not quarters:
        return frame
    return replace(frame, rgb=np.ascontiguousarray(np.rot90(frame.rgb, -quarters)))
