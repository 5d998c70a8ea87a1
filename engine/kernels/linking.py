"""From LLVM's object file to machine code that can be mapped anywhere: no linker is needed.

Kernels call nothing outside themselves, so that an object's code and constants, laid side by side,
want only the distances between them. Source: System V ABI, AMD64 supplement, 4.4 (relocation);
ELF-64 object file format 1.5.
"""

import struct
from dataclasses import dataclass

_HEADER = struct.Struct("<16sHHIQQQIHHHHHH")
_SECTION = struct.Struct("<IIQQQQIIQQ")
_SYMBOL = struct.Struct("<IBBHQQ")
_RELOCATION = struct.Struct("<QQq")
_PROGBITS, _SYMBOLS, _RELOCATIONS = 1, 2, 4
_ALLOCATED = 2
_ABSOLUTE_32_PC, _PLT_32 = 2, 4
_FUNCTION = 2


@dataclass(frozen=True, slots=True)
class _Section:
    kind: int
    flags: int
    offset: int
    size: int
    link: int
    info: int
    align: int


def linked(image: bytes) -> tuple[bytes, dict[str, int]]:
    """Code with its constants, and where each function begins in it.

    Errors: ValueError for an object that needs more than distances within itself.
    """
    header = _HEADER.unpack_from(image)
    first, count = header[6], header[12]
    sections = []
    for index in range(count):
        _, kind, flags, _, offset, size, link, info, align, _ = _SECTION.unpack_from(
            image, first + index * _SECTION.size
        )
        sections.append(_Section(kind, flags, offset, size, link, info, align))
    out = bytearray()
    places: dict[int, int] = {}
    for index, section in enumerate(sections):
        if section.kind == _PROGBITS and section.flags & _ALLOCATED:
            out += bytes(-len(out) % max(1, section.align))
            places[index] = len(out)
            out += image[section.offset : section.offset + section.size]
    table = next(section for section in sections if section.kind == _SYMBOLS)
    names = sections[table.link]
    symbols = [
        _SYMBOL.unpack_from(image, table.offset + at) for at in range(0, table.size, _SYMBOL.size)
    ]
    for section in sections:
        if section.kind != _RELOCATIONS or section.info not in places:
            continue
        for at in range(section.offset, section.offset + section.size, _RELOCATION.size):
            offset, info, addend = _RELOCATION.unpack_from(image, at)
            symbol, kind = symbols[info >> 32], info & 0xFFFFFFFF
            if symbol[3] not in places or kind not in (_ABSOLUTE_32_PC, _PLT_32):
                name = _text(image, names.offset + symbol[0])
                raise ValueError(f"a relocation of kind {kind} against {name!r}")
            here = places[section.info] + offset
            struct.pack_into("<i", out, here, places[symbol[3]] + symbol[4] + addend - here)
    functions = {
        _text(image, names.offset + name): places[section] + value
        for name, kind, _, section, value, _ in symbols
        if kind & 15 == _FUNCTION and section in places
    }
    return bytes(out), functions


def _text(image: bytes, start: int) -> str:
    return image[start : image.index(0, start)].decode("ascii")
