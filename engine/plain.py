"""Frozen dataclasses as JSON types with arrays put aside, and back.

Light: NumPy only. Knows no message.
"""

import dataclasses
import types
import typing
from collections.abc import Callable
from typing import Any

import numpy as np


def plain(value: Any, arrays: list[np.ndarray[Any, Any]]) -> Any:
    """Turn a value into JSON types; arrays are put aside and replaced by their index."""
    if isinstance(value, np.ndarray):
        arrays.append(value)
        return len(arrays) - 1
    if dataclasses.is_dataclass(value):
        return {f.name: plain(getattr(value, f.name), arrays) for f in dataclasses.fields(value)}
    if isinstance(value, tuple):
        return [plain(item, arrays) for item in value]
    if isinstance(value, dict):
        return {key: plain(item, arrays) for key, item in value.items()}
    return value


def build(kind: Any, value: Any, arrays: list[np.ndarray[Any, Any]]) -> Any:
    """Rebuild a value of the annotated type from JSON types."""
    origin, args = typing.get_origin(kind), typing.get_args(kind)
    if origin in (typing.Union, types.UnionType):
        if value is None:
            return None
        (kind,) = [arg for arg in args if arg is not type(None)]
        return build(kind, value, arrays)
    if origin is tuple:
        return tuple(build(args[0], item, arrays) for item in value)
    if origin is dict:
        return {key: build(args[1], item, arrays) for key, item in value.items()}
    if origin is np.ndarray:
        return arrays[value]
    if dataclasses.is_dataclass(kind):
        hints = typing.get_type_hints(kind)
        make: Callable[..., Any] = typing.cast(Callable[..., Any], kind)
        return make(**{name: build(hints[name], item, arrays) for name, item in value.items()})
    return kind(value)
