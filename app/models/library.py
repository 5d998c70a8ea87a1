"""The models that are here or can be had, and how far each has come. Views read it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from PySide6.QtCore import QObject, Signal

from engine.errors import ErrorKind


class Here(StrEnum):
    """What of a model is on the disk."""

    ABSENT = "absent"
    PARTIAL = "partial"
    READY = "ready"


class Step(StrEnum):
    """What is being done with a model."""

    NONE = "none"
    STARTING = "starting"
    CHECKING = "checking"
    ARRIVING = "arriving"
    WAITING = "waiting"
    ASKING = "asking"  # for a token
    STOPPING = "stopping"
    REMOVING = "removing"


@dataclass(frozen=True, slots=True)
class Model:
    """One model.

    here, total, memory, published, senses: bytes; here, of an absent one: what a removal that was
    cut off has left; memory is what text takes at least, published with weights as published,
    senses is for hearing and seeing besides; 0: unknown. rate: bytes a second. seconds_left:
    None: unknown. reason, wait_s: why and how long it waits. kind, message: what ended it, and
    the engine's own words for it.
    token_page: where a token is made; token_refused: the last one was not accepted.
    """

    name: str
    repo: str = ""
    page: str = ""
    folder: str = ""
    state: Here = Here.ABSENT
    here: int = 0
    total: int = 0
    memory: int = 0
    published: int = 0
    senses: int = 0
    step: Step = Step.NONE
    rate: float = 0.0
    seconds_left: float | None = None
    reason: str = ""
    wait_s: float = 0.0
    kind: ErrorKind | None = None
    message: str = ""
    token_page: str = ""
    token_refused: bool = False

    @property
    def title(self) -> str:
        """For people."""
        return self.name if "/" in self.name else f"Gemma 3n {self.name}"

    @property
    def missing(self) -> int:
        """Bytes to fetch."""
        return max(0, self.total - self.here)


class Library(QObject):
    """All of them.

    State: `models` in their order; `folder`, `free` and `machine_memory` (bytes), `host` and
    `address` of the server; `fault`: why they could not be listed; `opened`: the folder of the
    model in use; `may_open`: whether another can be opened now.
    Signals:
        listed(): `models` are others, or anything else than one of them.
        moved(str): this model has come further.
    """

    listed = Signal()
    moved = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.models: dict[str, Model] = {}
        self.folder = self.host = self.address = self.fault = self.opened = ""
        self.free = self.machine_memory = 0
        self.may_open = True

    def show_listing(self, state: dict[str, Any]) -> None:
        """Take over what `models list --json` says; what is being done goes on."""
        self.folder, self.host, self.address = state["folder"], state["host"], state["address"]
        self.free, self.machine_memory, self.fault = state["free"], state["machine_memory"], ""
        fresh = {}
        for fields in state["models"]:
            name = fields["name"]
            known = self.models.get(name, Model(name))
            fields = {field: value for field, value in fields.items() if hasattr(known, field)}
            fresh[name] = replace(known, **{**fields, "state": Here(fields["state"])})
        for name, model in self.models.items():
            if model.step is not Step.NONE or model.kind is not None:
                fresh.setdefault(name, model)
        self.models = fresh
        self.listed.emit()

    def show_fault(self, sentence: str) -> None:
        """The models could not be listed."""
        self.fault = sentence
        self.listed.emit()

    def show_opened(self, folder: str, *, may_open: bool) -> None:
        """Which one is in use."""
        if (folder, may_open) != (self.opened, self.may_open):
            self.opened, self.may_open = folder, may_open
            self.listed.emit()

    def move(self, name: str, **fields: Any) -> None:
        """Change what is known of one."""
        known = name in self.models
        self.models[name] = replace(self.models.get(name, Model(name)), **fields)
        if known:
            self.moved.emit(name)
        else:
            self.listed.emit()
