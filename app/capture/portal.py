"""One picture of the screen through the desktop's portal, where only that may see it (Wayland).

The desktop shows a dialog of its own in which a person chooses what is seen, or refuses. It hands
over a file, which is read and deleted at once: it was made for us, and nobody asked to keep it.
Interface: org.freedesktop.portal.Screenshot, version 2 (flatpak.github.io/xdg-desktop-portal).

jeepney, since PySide cannot read the dictionary in the portal's answer. It waits in a thread.
"""

import contextlib
import logging
import threading
import uuid
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from urllib.parse import unquote, urlsplit

log = logging.getLogger(__name__)

SERVICE = "org.freedesktop.portal.Desktop"
PATH = "/org/freedesktop/portal/desktop"
SCREENSHOT = "org.freedesktop.portal.Screenshot"
REQUEST = "org.freedesktop.portal.Request"
GRANTED, REFUSED = 0, 1  # of Request.Response
CALL_SECONDS = 10.0  # until the portal has taken the request; the person may take longer
LOOK_SECONDS = 0.25  # between looks whether the answer is still wanted


class Refusal(StrEnum):
    """Why there is no picture."""

    REFUSED = "refused"  # by the person
    ABSENT = "absent"  # there is no portal, or it does not work


class PortalRequest:
    """One request, from asking to the answer.

    Args:
        report: called once in the request's thread, with the picture's file, which is then the
            receiver's to delete, or with why there is none. Not at all after `give_up`.
        address: of the message bus; None: the session's.
    """

    def __init__(
        self, report: Callable[[Path | Refusal], None], address: str | None = None
    ) -> None:
        self._report = report
        self._address = address or "SESSION"
        self._unwanted = threading.Event()
        self._thread = threading.Thread(target=self._run, name="screen portal", daemon=True)
        self._thread.start()

    def give_up(self) -> None:
        """The answer is not wanted any more."""
        self._unwanted.set()

    def _run(self) -> None:
        answer: Path | Refusal = Refusal.ABSENT
        try:
            answer = self._ask()
        except Exception as error:  # noqa: BLE001 - a thread's border
            # No bus, no portal, a portal that breaks off: unrelated types, and one meaning.
            log.info("the screen's portal does not answer: %r", error)
        if not self._unwanted.is_set():
            self._report(answer)
        elif isinstance(answer, Path):
            with contextlib.suppress(OSError):
                answer.unlink()

    def _ask(self) -> Path | Refusal:
        from jeepney import DBusAddress, MatchRule, new_method_call
        from jeepney.bus_messages import message_bus
        from jeepney.io.blocking import Proxy, open_dbus_connection

        with open_dbus_connection(self._address) as connection:
            # All answers to us: portals before version 0.9 do not use the token's path.
            rule = MatchRule(type="signal", interface=REQUEST, member="Response")
            Proxy(message_bus, connection, timeout=CALL_SECONDS).AddMatch(rule)
            with connection.filter(rule, bufsize=8) as answers:
                token = f"nestling_{uuid.uuid4().hex}"
                options = {
                    "handle_token": ("s", token),
                    "interactive": ("b", True),
                    "modal": ("b", True),
                }
                portal = DBusAddress(PATH, SERVICE, SCREENSHOT)
                call = new_method_call(portal, "Screenshot", "sa{sv}", ("", options))
                reply = connection.send_and_get_reply(call, timeout=CALL_SECONDS)
                if reply.header.message_type.name == "error":
                    log.info("no portal: %s", reply.body)
                    return Refusal.ABSENT
                (request,) = reply.body
                while not self._unwanted.is_set():
                    with contextlib.suppress(TimeoutError):
                        answer = connection.recv_until_filtered(answers, timeout=LOOK_SECONDS)
                        if answer.header.fields.get(_PATH_FIELD) == request:
                            return _read(*answer.body)
        return Refusal.REFUSED


_PATH_FIELD = 1  # of a message's header, in the D-Bus specification


def _read(response: int, results: dict[str, tuple[str, object]]) -> Path | Refusal:
    _, uri = results.get("uri", ("s", ""))
    file = Path(unquote(urlsplit(str(uri)).path))
    if response == GRANTED and file.is_file():
        return file
    log.info("the portal answered %d", response)
    return Refusal.REFUSED if response == REFUSED else Refusal.ABSENT
