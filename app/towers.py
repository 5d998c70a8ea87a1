"""Hearing and seeing come and go: what of it is shown, what a person frees, how long they idle."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from app.models.memory import EARS, TOWERS, Presence

if TYPE_CHECKING:
    from app.application import Application
    from engine.protocol import Tower


class Towers(QObject):
    """Connects the towers of the worker with the memory panel, the status strip and a setting."""

    def __init__(self, program: Application) -> None:
        super().__init__(program)
        self._bridge, self._settings = program.bridge, program.settings
        self._memory, self._state = program.memory, program.state
        self._bridge.ready.connect(self._send_idle_time)
        self._bridge.tower_changed.connect(self._changed)
        self._bridge.worker_died.connect(self._all_gone)
        self._settings.changed.connect(self._settings_changed)
        program.window.memory.release_asked.connect(self._release)

    @Slot(str)
    def _release(self, part: str) -> None:
        from engine.datatypes import Modality

        if part == EARS:
            self._bridge.release_ears()
            return
        self._bridge.release(Modality(part))

    @Slot(object)
    def _changed(self, tower: Tower) -> None:
        presence = Presence(tower.state.value)
        self._memory.set_presence(tower.modality.value, presence, tower.fraction)
        coming = presence is Presence.LOADING
        self._state.set_coming(tower.modality.value if coming else "", tower.fraction)

    @Slot()
    def _all_gone(self) -> None:
        """The worker is dead."""
        for part in TOWERS:
            self._memory.set_presence(part, Presence.ABSENT)
        self._state.set_coming("")

    @Slot()
    def _send_idle_time(self) -> None:
        self._bridge.set_idle_release(self._settings.values.idle_release_s)

    @Slot(object)
    def _settings_changed(self, names: frozenset[str]) -> None:
        if "idle_release_s" in names:
            self._send_idle_time()
