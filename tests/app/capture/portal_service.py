"""A desktop's portal in a process of its own: answers as told on its command line."""

import shutil
import sys
from pathlib import Path

from jeepney import DBusAddress, new_method_return, new_signal
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import Proxy, open_dbus_connection

from app.capture.portal import PATH, REQUEST, SERVICE

_SENDER_FIELD = 7


def main() -> None:
    """address, response (0 granted, 1 refused, 2 broken off), picture, folder, "token" or "own":
    which request path is used; portals before version 0.9 used one of their own."""
    address, response, picture, folder, path = sys.argv[1:]
    with open_dbus_connection(address) as bus:
        Proxy(message_bus, bus, timeout=10).RequestName(SERVICE)
        print("ready", flush=True)
        count = 0
        while True:
            call = bus.receive()
            if call.header.message_type.name != "method_call":
                continue
            _, options = call.body
            assert options["interactive"] == ("b", True)
            sender = call.header.fields[_SENDER_FIELD][1:].replace(".", "_")
            token = options["handle_token"][1] if path == "token" else "own"
            request = f"{PATH}/request/{sender}/{token}"
            bus.send(new_method_return(call, "o", (request,)))
            count += 1
            shot = Path(folder) / f"Screen shot {count}.png"
            shutil.copy(picture, shot)
            results = {"uri": ("s", shot.as_uri())} if response == "0" else {}
            emitter = DBusAddress(request, interface=REQUEST)
            bus.send(new_signal(emitter, "Response", "ua{sv}", (int(response), results)))


if __name__ == "__main__":
    main()
