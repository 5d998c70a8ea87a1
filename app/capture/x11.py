"""The windows of an X11 desktop, by name: a few requests through libxcb, which Qt needs anyway.

Qt shows the picture of a window but cannot list those of other programs. Knows no Qt.
"""

import ctypes
import ctypes.util
import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

_ANY_TYPE = 0
_VIEWABLE = 2  # xcb_map_state_t
_TEXT_BYTES = 4096


@dataclass(frozen=True, slots=True)
class Window:
    """A window with a title. number: what X calls it."""

    number: int
    title: str


class _Cookie(ctypes.Structure):
    _fields_ = (("sequence", ctypes.c_uint),)


class _PropertyReply(ctypes.Structure):
    _fields_ = (
        ("response_type", ctypes.c_uint8),
        ("format", ctypes.c_uint8),
        ("sequence", ctypes.c_uint16),
        ("length", ctypes.c_uint32),
        ("type", ctypes.c_uint32),
        ("bytes_after", ctypes.c_uint32),
        ("value_len", ctypes.c_uint32),
    )


class _AtomReply(ctypes.Structure):
    _fields_ = (
        ("response_type", ctypes.c_uint8),
        ("pad0", ctypes.c_uint8),
        ("sequence", ctypes.c_uint16),
        ("length", ctypes.c_uint32),
        ("atom", ctypes.c_uint32),
    )


class _AttributesReply(ctypes.Structure):
    _fields_ = (
        ("response_type", ctypes.c_uint8),
        ("backing_store", ctypes.c_uint8),
        ("sequence", ctypes.c_uint16),
        ("length", ctypes.c_uint32),
        ("visual", ctypes.c_uint32),
        ("window_class", ctypes.c_uint16),
        ("gravities", ctypes.c_uint8 * 2),
        ("backing", ctypes.c_uint32 * 2),
        ("save_under", ctypes.c_uint8),
        ("map_is_installed", ctypes.c_uint8),
        ("map_state", ctypes.c_uint8),
        ("override_redirect", ctypes.c_uint8),
    )


class _TreeReply(ctypes.Structure):
    _fields_ = (
        ("response_type", ctypes.c_uint8),
        ("pad0", ctypes.c_uint8),
        ("sequence", ctypes.c_uint16),
        ("length", ctypes.c_uint32),
        ("root", ctypes.c_uint32),
        ("parent", ctypes.c_uint32),
        ("children_len", ctypes.c_uint16),
    )


class _Screen(ctypes.Structure):
    _fields_ = (("root", ctypes.c_uint32),)


class _ScreenIterator(ctypes.Structure):
    _fields_ = (
        ("data", ctypes.POINTER(_Screen)),
        ("rem", ctypes.c_int),
        ("index", ctypes.c_int),
    )


@cache
def _library() -> ctypes.CDLL | None:
    name = ctypes.util.find_library("xcb") or "libxcb.so.1"
    try:
        xcb = ctypes.CDLL(name)
    except OSError:
        return None
    pointer, u32, u16, u8 = ctypes.c_void_p, ctypes.c_uint32, ctypes.c_uint16, ctypes.c_uint8
    for function, result, arguments in (
        ("xcb_connect", pointer, (ctypes.c_char_p, pointer)),
        ("xcb_connection_has_error", ctypes.c_int, (pointer,)),
        ("xcb_disconnect", None, (pointer,)),
        ("xcb_get_setup", pointer, (pointer,)),
        ("xcb_setup_roots_iterator", _ScreenIterator, (pointer,)),
        ("xcb_intern_atom", _Cookie, (pointer, u8, u16, ctypes.c_char_p)),
        ("xcb_get_property", _Cookie, (pointer, u8, u32, u32, u32, u32, u32)),
        ("xcb_get_property_value", pointer, (pointer,)),
        ("xcb_get_window_attributes", _Cookie, (pointer, u32)),
        ("xcb_query_tree", _Cookie, (pointer, u32)),
        ("xcb_query_tree_children", ctypes.POINTER(u32), (pointer,)),
    ):
        getattr(xcb, function).restype = result
        getattr(xcb, function).argtypes = arguments
    for reply, kind in (
        ("xcb_intern_atom_reply", _AtomReply),
        ("xcb_get_property_reply", _PropertyReply),
        ("xcb_get_window_attributes_reply", _AttributesReply),
        ("xcb_query_tree_reply", _TreeReply),
    ):
        getattr(xcb, reply).restype = ctypes.POINTER(kind)
        # The last argument takes an error that would have to be freed; none is asked for.
        getattr(xcb, reply).argtypes = (pointer, _Cookie, pointer)
    return xcb


def windows(display: str | None = None) -> tuple[Window, ...]:
    """Windows in sight with a title, except this process's own, the topmost last.

    display: as in $DISPLAY, which is the default. Nothing where there is no X server.
    """
    xcb = _library()
    if xcb is None:
        return ()
    connection = xcb.xcb_connect(display.encode() if display else None, None)
    try:
        if xcb.xcb_connection_has_error(connection):
            return ()
        return tuple(_Desktop(xcb, connection).windows())
    finally:
        xcb.xcb_disconnect(connection)


class _Desktop:
    """One connection to an X server."""

    def __init__(self, xcb: ctypes.CDLL, connection: int) -> None:
        self._xcb, self._connection = xcb, connection
        setup = xcb.xcb_get_setup(connection)
        self._root = int(xcb.xcb_setup_roots_iterator(setup).data.contents.root)
        self._free = ctypes.CDLL(None).free
        self._free.argtypes = (ctypes.c_void_p,)

    def windows(self) -> Iterator[Window]:
        listed = self._numbers(self._root, "_NET_CLIENT_LIST_STACKING")
        for number in listed or self._children():
            title = self._title(number)
            if title and self._in_sight(number) and self._process(number) != os.getpid():
                yield Window(number, title)

    def _title(self, number: int) -> str:
        for name in ("_NET_WM_NAME", "WM_NAME"):
            text = self._property(number, name).decode("utf-8", "replace").strip("\0 ")
            if text:
                return text
        return ""

    def _process(self, number: int) -> int:
        return next(iter(self._numbers(number, "_NET_WM_PID")), 0)

    def _numbers(self, number: int, name: str) -> list[int]:
        data = self._property(number, name)
        return list(memoryview(data[: len(data) // 4 * 4]).cast("I"))

    def _property(self, number: int, name: str) -> bytes:
        xcb = self._xcb
        cookie = xcb.xcb_intern_atom(self._connection, 1, len(name), name.encode())
        atom = self._taken(xcb.xcb_intern_atom_reply, cookie)
        if atom is None or not atom[0].atom:
            self._drop(atom)
            return b""
        cookie = xcb.xcb_get_property(
            self._connection, 0, number, atom[0].atom, _ANY_TYPE, 0, _TEXT_BYTES // 4
        )
        self._drop(atom)
        reply = self._taken(xcb.xcb_get_property_reply, cookie)
        if reply is None:
            return b""
        size = reply[0].value_len * reply[0].format // 8
        data = ctypes.string_at(xcb.xcb_get_property_value(reply), size) if size else b""
        self._drop(reply)
        return data

    def _in_sight(self, number: int) -> bool:
        cookie = self._xcb.xcb_get_window_attributes(self._connection, number)
        reply = self._taken(self._xcb.xcb_get_window_attributes_reply, cookie)
        seen = reply is not None and reply[0].map_state == _VIEWABLE
        self._drop(reply)
        return seen

    def _children(self) -> list[int]:
        """Without a window manager: all that lies on the root window."""
        cookie = self._xcb.xcb_query_tree(self._connection, self._root)
        reply = self._taken(self._xcb.xcb_query_tree_reply, cookie)
        if reply is None:
            return []
        found = self._xcb.xcb_query_tree_children(reply)[: reply[0].children_len]
        self._drop(reply)
        return list(found)

    def _taken(self, function: Any, cookie: _Cookie) -> Any:
        """A reply, which must be dropped; None where the window is gone."""
        return function(self._connection, cookie, None) or None

    def _drop(self, reply: Any) -> None:
        if reply is not None:
            self._free(reply)
