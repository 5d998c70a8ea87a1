"""One model on the page of models: what it is, what it takes, how far it has come, what to do."""

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.models.library import Here, Library, Model, Step
from app.models.memory import bytes_text
from app.moments import left_text
from app.widgets.flow_layout import FlowLayout
from engine.errors import ErrorKind

_PERMILLE = 1000
_BUSY = (Step.STARTING, Step.CHECKING, Step.ARRIVING, Step.WAITING, Step.ASKING)


class ModelCard(QFrame):
    """Shows one model of the library, and says what a person wants with it.

    Signals, each with the model's name:
        get_asked, stop_asked, drop_asked, open_asked. answered(str, str): with the token.
        page_asked(str): the address of a page for the browser.
    """

    get_asked = Signal(str)
    stop_asked = Signal(str)
    drop_asked = Signal(str)
    open_asked = Signal(str)
    answered = Signal(str, str)
    page_asked = Signal(str)

    def __init__(self, library: Library, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._library, self.name = library, name
        self.setProperty("role", "card")
        self.setObjectName(f"model_{name}")
        self.title = self._label("heading")
        self.mark = self._label("value")
        self.takes = self._label("muted")
        self.lacks = self._label("danger")
        self.state = self._label("")
        self.trouble = self._label("danger")
        self.detail = self._label("muted")
        self.progress = QProgressBar(self)
        self.progress.setRange(0, _PERMILLE)
        self.progress.setTextVisible(False)
        self.token = QLineEdit(self)
        self.token.setEchoMode(QLineEdit.EchoMode.Password)
        self.get, self.stop = self._button("primary"), self._button("")
        self.drop, self.open = self._button("danger"), self._button("primary")
        self.page, self.token_page = self._button(""), self._button("")
        self.give = self._button("primary")
        self.get.clicked.connect(self._get)
        self.stop.clicked.connect(self._stop)
        self.drop.clicked.connect(self._drop)
        self.open.clicked.connect(self._open)
        self.page.clicked.connect(self._show_page)
        self.token_page.clicked.connect(self._show_token_page)
        self.give.clicked.connect(self._answer)
        self.token.returnPressed.connect(self._answer)
        self.token.textChanged.connect(self.show_model)
        self._compose()
        self.show_model()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language of the window."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.show_model()

    @property
    def model(self) -> Model:
        """What it shows."""
        return self._library.models.get(self.name, Model(self.name))

    @Slot()
    def show_model(self) -> None:
        """Say everything as it is now, in the language of the window."""
        model = self.model
        asking = model.step is Step.ASKING
        busy = model.step in _BUSY
        ready = model.state is Here.READY and model.step is Step.NONE
        in_use = ready and model.folder == self._library.opened
        idle = model.step is Step.NONE
        partial = model.state is Here.PARTIAL or (busy and model.here > 0)
        self.title.setText(model.title)
        self.mark.setText(
            self.tr("in use") if in_use else self.tr("on this computer") if ready else ""
        )
        self.takes.setText(self._takes(model))
        _say(self.lacks, "" if ready else self._lacks(model))
        _say(self.state, "" if ready else self._state(model))
        _say(self.trouble, self._trouble(model))
        needed = model.kind is ErrorKind.TOKEN and not model.token_refused
        if (role := "" if needed else "danger") != self.trouble.property("role"):
            self.trouble.setProperty("role", role)
            self.trouble.style().polish(self.trouble)
        # The engine's own words, in English, where they say more than ours.
        explained = model.kind in (ErrorKind.TOKEN, ErrorKind.LICENCE)
        _say(self.detail, "" if explained else model.message)
        self.progress.setVisible(not ready and (busy or partial) and model.total > 0)
        if asking:
            self.progress.setVisible(partial)
        self.progress.setValue(_PERMILLE * model.here // max(model.total, 1))
        self.progress.setAccessibleName(self.tr("Progress of {name}").format(name=model.title))
        self._name_buttons(partial=partial, busy=busy)
        self.token.setVisible(asking)
        self.token_page.setVisible(asking)
        self.give.setVisible(asking)
        self.give.setEnabled(bool(self.token.text().strip()))
        self.get.setVisible(idle and not ready)
        self.stop.setVisible(busy)
        self.drop.setVisible((idle and (ready or partial or model.here > 0)) or (busy and partial))
        self.drop.setEnabled(not in_use)
        self.open.setVisible(ready and not in_use)
        self.open.setEnabled(self._library.may_open)
        self.page.setVisible(bool(model.page) and ((idle and not ready) or asking))

    # --- words -----------------------------------------------------------------------------------

    def _name_buttons(self, *, partial: bool, busy: bool) -> None:
        self.get.setText(self.tr("Continue") if partial else self.tr("Download"))
        self.stop.setText(self.tr("Pause") if partial else self.tr("Cancel"))
        self.drop.setText(self.tr("Cancel…") if busy else self.tr("Delete…"))
        self.open.setText(self.tr("Open"))
        self.page.setText(self.tr("Its page and terms"))
        self.token_page.setText(self.tr("Make a token"))
        self.give.setText(self.tr("Go on"))
        self.token.setPlaceholderText(self.tr("Token: hf_…"))
        self.token.setAccessibleName(self.tr("Token"))
        title = self.model.title
        for button in (self.get, self.stop, self.drop, self.open, self.page, self.token_page):
            button.setAccessibleName(f"{button.text().rstrip('…')}: {title}")

    def _takes(self, model: Model) -> str:
        parts = []
        if model.total:
            parts.append(self.tr("{size} on the disk").format(size=bytes_text(model.total)))
        if model.memory and not model.published:
            parts.append(
                self.tr(
                    "{memory} of memory to read and write, {senses} more to hear and see"
                ).format(memory=bytes_text(model.memory), senses=bytes_text(model.senses))
            )
        elif model.memory:
            parts.append(
                self.tr(
                    "{memory} of memory to read and write ({published} with weights as "
                    "published), {senses} more to hear and see"
                ).format(
                    memory=bytes_text(model.memory),
                    published=bytes_text(model.published),
                    senses=bytes_text(model.senses),
                )
            )
        return self.tr("; ").join(parts)

    def _lacks(self, model: Model) -> str:
        """What this computer has too little of."""
        library, lacks = self._library, []
        if library.free and model.missing > library.free:
            lacks.append(
                self.tr("The disk has only {free} free.").format(free=bytes_text(library.free))
            )
        if library.machine_memory and model.memory > library.machine_memory:
            lacks.append(
                self.tr("This computer has {memory} of memory: it would be very slow.").format(
                    memory=bytes_text(library.machine_memory)
                )
            )
        return " ".join(lacks)

    def _state(self, model: Model) -> str:
        so_far = self.tr("{here} of {total}").format(
            here=bytes_text(model.here), total=bytes_text(model.total)
        )
        match model.step:
            case Step.STARTING:
                return self.tr("Asking {host}…").format(host=self._library.host)
            case Step.CHECKING:
                return self.tr("Checking what has arrived before…")
            case Step.ARRIVING:
                rate = ""
                if model.rate:
                    rate = self.tr("{rate} a second").format(rate=bytes_text(round(model.rate)))
                left = left_text(model.seconds_left)
                return " · ".join(part for part in (so_far, rate, left) if part)
            case Step.WAITING:
                return self.tr("{why} It goes on by itself in {seconds} s.").format(
                    why=self._why(model.reason), seconds=round(model.wait_s)
                )
            case Step.STOPPING:
                return self.tr("Stopping…")
            case Step.REMOVING:
                return self.tr("Deleting…")
        if model.here and model.state is Here.PARTIAL:
            return self.tr("Paused: {so_far} are here.").format(so_far=so_far)
        if model.here:
            here = bytes_text(model.here)
            return self.tr("{here} of a removed model are left.").format(here=here)
        return ""

    def _why(self, reason: str) -> str:
        return {
            "connection": self.tr("There is no connection, or it broke off."),
            "stalled": self.tr("Nothing arrives any more."),
            "rate_limit": self.tr("The server asks for patience."),
            "server": self.tr("The server has a fault."),
            "proxy": self.tr("The proxy of this computer’s settings does not let it through."),
        }.get(reason, "")

    def _trouble(self, model: Model) -> str:
        host = self._library.host
        match model.kind:
            case None:
                return ""
            case ErrorKind.TOKEN if model.token_refused:
                return self.tr(
                    "{host} does not accept this token. Make a new one (kind: read) and paste it "
                    "here."
                ).format(host=host)
            case ErrorKind.TOKEN:
                return self.tr(
                    "{host} gives this model only to people who accepted its terms and say who "
                    "they are. Open its page, log in and accept the terms; then make a token "
                    "(kind: read) and paste it here. It is kept in the system’s keyring and sent "
                    "to {host} alone."
                ).format(host=host)
            case ErrorKind.LICENCE:
                return self.tr(
                    "The terms of this model must be accepted first: open its page, log in, accept "
                    "them, then continue. A fine-grained token must also allow reading public "
                    "gated repositories."
                )
            case ErrorKind.NETWORK:
                return self.tr(
                    "{host} cannot be reached or does not do its part. Check the connection, then "
                    "continue; what has arrived is kept."
                ).format(host=host)
            case ErrorKind.DISK:
                return self.tr(
                    "The disk is full or cannot be written. Make room or choose another folder, "
                    "then continue; what has arrived is kept."
                )
            case ErrorKind.BAD_DOWNLOAD:
                return self.tr(
                    "What {host} sends is not what it announced. Try another network or server, "
                    "then continue."
                ).format(host=host)
            case ErrorKind.BAD_MODEL:
                return self.tr("This is not a model that Nestling can use.")
        return self.tr("That did not work.")

    def fields(self) -> list[QWidget]:
        """What the keyboard goes through, in this order."""
        first = [self.get, self.open, self.token, self.give]
        return [*first, self.stop, self.token_page, self.page, self.drop]

    # --- making ----------------------------------------------------------------------------------

    def _label(self, role: str) -> QLabel:
        label = QLabel(self)
        if role:
            label.setProperty("role", role)
        label.setWordWrap(role not in ("heading", "value"))
        label.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        label.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        return label

    def _button(self, role: str) -> QPushButton:
        button = QPushButton(self)
        button.setAutoDefault(False)  # Enter in a field of the page acts on that field
        if role:
            button.setProperty("role", role)
        return button

    def _compose(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 14, 18, 14)
        layout.setSpacing(8)
        head = QHBoxLayout()
        head.addWidget(self.title)
        head.addStretch(1)
        head.addWidget(self.mark)
        layout.addLayout(head)
        for widget in (self.takes, self.lacks, self.progress, self.state, self.trouble):
            layout.addWidget(widget)
        layout.addWidget(self.detail)
        token = QHBoxLayout()
        token.addWidget(self.token, 1)
        token.addWidget(self.give)
        layout.addLayout(token)
        buttons = FlowLayout(apart=True)
        for button in (self.get, self.open, self.stop, self.token_page, self.page, self.drop):
            buttons.addWidget(button)
        layout.addLayout(buttons)

    # --- what a person wants ---------------------------------------------------------------------

    @Slot()
    def _get(self) -> None:
        self.get_asked.emit(self.name)

    @Slot()
    def _stop(self) -> None:
        self.stop_asked.emit(self.name)

    @Slot()
    def _drop(self) -> None:
        self.drop_asked.emit(self.name)

    @Slot()
    def _open(self) -> None:
        self.open_asked.emit(self.name)

    @Slot()
    def _show_page(self) -> None:
        self.page_asked.emit(self.model.page)

    @Slot()
    def _show_token_page(self) -> None:
        self.page_asked.emit(self.model.token_page)

    @Slot()
    def _answer(self) -> None:
        if (token := self.token.text().strip()) and self.model.step is Step.ASKING:
            self.token.clear()  # not kept in the window a moment longer
            self.answered.emit(self.name, token)


def _say(label: QLabel, text: str) -> None:
    label.setText(text)
    label.setVisible(bool(text))
