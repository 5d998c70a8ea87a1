"""`main.py models …`: list, get, remove, where, token. Each imports what it needs when it runs."""

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.errors import ErrorKind, NestlingError

if TYPE_CHECKING:
    from engine.hub.store import Store
    from engine.hub.telling import Teller

APP_NAME = "nestling"


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Say what `models` understands."""
    models = commands.add_parser("models", help="list, download and remove models")
    place = argparse.ArgumentParser(add_help=False)
    place.add_argument("--folder", metavar="DIR", type=Path, help="of models, instead of the usual")
    server = argparse.ArgumentParser(add_help=False)
    server.add_argument(
        "--server", metavar="URL", default="", help="instead of HF_ENDPOINT or huggingface.co"
    )
    actions = models.add_subparsers(dest="action", metavar="ACTION", required=True)
    listing = actions.add_parser(
        "list", parents=[place, server], help="what is here, and what can be had; asks no server"
    )
    listing.add_argument("--json", action="store_true", help="for programs")
    get = actions.add_parser("get", parents=[place, server], help="download, or go on downloading")
    get.add_argument("name", metavar="NAME", help="E2B, E4B, E2B-4bit, E4B-4bit, or OWNER/NAME")
    get.add_argument(
        "--progress", choices=("text", "json"), default="text", help="json: for programs"
    )
    remove = actions.add_parser("remove", parents=[place], help="delete, also a part of a download")
    remove.add_argument("name", metavar="NAME")
    where = actions.add_parser("where", parents=[place], help="print the folder, or a model's")
    where.add_argument("name", metavar="NAME", nargs="?")
    token = actions.add_parser("token", parents=[server], help="whether a token is kept")
    token.add_argument("--forget", action="store_true", help="take it out of the keyring")
    token.add_argument("--json", action="store_true", help="for programs")


def run(options: argparse.Namespace) -> None:
    """Do one of them. Results go to stdout, everything else to stderr."""
    {"list": _list, "get": _get, "remove": _remove, "where": _where, "token": _token}[
        options.action
    ](options)


def _store(options: argparse.Namespace) -> "Store":
    from engine.hub.store import Store

    if options.folder is not None:
        return Store(options.folder.expanduser().absolute())
    if options.profile is not None:
        return Store(options.profile.expanduser().absolute() / "models")
    import platformdirs

    data = platformdirs.PlatformDirs(APP_NAME, appauthor=False).user_data_dir
    return Store(Path(data) / "models")


def _list(options: argparse.Namespace) -> None:
    state = describe(_store(options), options.server)
    if options.json:
        print(json.dumps(state))
        return
    print(f"Models in {state['folder']} ({_gb(state['free'])} free); server: {state['host']}\n")
    print(f"{'':<28}{'':>22}{'':>12}{'memory':>12}{'as':>12}{'ears,':>10}")
    print(f"{'name':<28}{'here':>22}{'download':>12}{'in 4 bits':>12}{'published':>12}{'eyes':>10}")
    print(f"{'nano':<28}{'comes with Nestling':>22}")
    for model in state["models"]:
        here = {
            "absent": f"{_gb(model['here'])} to remove" if model["here"] else "no",
            "partial": f"{_gb(model['here'])} so far",
            "ready": "yes",
        }[model["state"]]
        figures = (model["total"], model["memory"], model["published"])
        sizes = "".join(f"{_gb(value):>12}" for value in figures)
        print(f"{model['name']:<28}{here:>22}{sizes}{_gb(model['senses']):>10}")


def describe(store: "Store", server: str) -> dict[str, Any]:
    """What `list --json` says: the folder, and each model of the catalogue or on the disk."""
    import psutil

    from engine.hub import catalogue
    from engine.hub.server import address_of, host_of

    address = address_of(server)
    models = []
    for entry in (*catalogue.ENTRIES, *store.others(catalogue.ENTRIES)):
        found = store.find(entry)
        models.append(
            {
                "name": entry.name,
                "repo": entry.repo,
                "page": f"{address}/{entry.repo}",
                "state": found.state.value,
                "folder": str(found.folder),
                "here": found.here,
                "total": found.total,
                "memory": entry.memory_bytes,
                "published": entry.published_bytes,
                "senses": entry.senses_bytes,
            }
        )
    return {
        "folder": str(store.root),
        "free": store.free(),
        "machine_memory": psutil.virtual_memory().total,
        "address": address,
        "host": host_of(address),
        "models": models,
    }


def _get(options: argparse.Namespace) -> None:
    from engine.hub.telling import JsonTeller, TextTeller

    teller: Teller = JsonTeller() if options.progress == "json" else TextTeller()
    try:
        _fetch(options, teller)
    except NestlingError as error:
        teller.fail(error)
        raise
    except KeyboardInterrupt:
        teller.pause(options.name)
        raise


def _fetch(options: argparse.Namespace, teller: "Teller") -> None:
    from engine.hub import catalogue, token
    from engine.hub.download import download
    from engine.hub.events import Arriving, Finished
    from engine.hub.server import Server, address_of

    entry, store = catalogue.find(options.name), _store(options)
    address = address_of(options.server)
    known: str | None = None  # a token is sent when one is asked for, not before
    asked = looked = False
    while True:
        server = Server(address, known)
        try:
            for event in download(entry, store, server):
                if asked and isinstance(event, Arriving | Finished):
                    teller.kept(token.keep(address, known or ""))
                    asked = False
                teller.tell(event)
        except NestlingError as error:
            if asked and error.kind is ErrorKind.LICENCE:  # who asks is known by now
                teller.kept(token.keep(address, known or ""))
            if error.kind is not ErrorKind.TOKEN:
                raise
            if not looked and (found := token.token_for(address)):
                known = found
            else:
                known, asked = token.checked(teller.ask(error, server, entry.repo)), True
            looked = True
        else:
            return


def _remove(options: argparse.Namespace) -> None:
    from engine.hub import catalogue

    freed = _store(options).remove(catalogue.find(options.name))
    print(f"Removed {options.name}: {_gb(freed)} are free again.", file=sys.stderr)


def _where(options: argparse.Namespace) -> None:
    from engine.hub import catalogue
    from engine.hub.store import State

    store = _store(options)
    if options.name is None:
        print(store.root)
        return
    entry = catalogue.find(options.name)
    found = store.find(entry)
    if found.state is not State.READY:
        raise NestlingError(
            ErrorKind.BAD_INPUT,
            f"{entry.name} is not in {store.root}: get it with "
            f"`python3 main.py models get {entry.name}`",
        )
    print(found.folder)


def _token(options: argparse.Namespace) -> None:
    from engine.hub import token
    from engine.hub.server import address_of, host_of

    address = address_of(options.server)
    host = host_of(address)
    if options.forget:
        gone = token.forget(address)
        said = f"The token for {host} is forgotten." if gone else f"No token for {host} was kept."
        state = {"host": host, "forgotten": gone}
    else:
        here = token.looked_up(address) is not None
        said = f"A token for {host} is in the system's keyring." if here else f"None for {host}."
        state = {"host": host, "kept": here}
    print(json.dumps(state) if options.json else said)


def _gb(nbytes: int) -> str:
    from engine.hub.download import gigabytes

    return gigabytes(nbytes) if nbytes else "-"
