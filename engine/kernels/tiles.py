"""Kernels of many input rows: 4-bit weights widened a piece at a time, and matrix products.

With tile registers (AMX) the widened piece stays in the core's own cache and is multiplied there.
A line of packed weights, eight columns of sixteen rows, becomes four rows of a tile.
"""

import llvmlite.ir as ir

from engine.kernels.ir import I8, I16, I64, VOID, Emitter, Value
from engine.kernels.machine import (
    BLOCK_ROWS,
    SHARED,
    TILE_BYTES,
    TILE_CONFIG,
    WIDE_BLOCKS,
    WIDENED_COLUMNS,
    Machine,
)
from engine.kernels.matvec import factors_of, nibbles

_LINE = 64  # bytes: eight columns of a block
_LINES = SHARED // 8
_WIDE = 2 * BLOCK_ROWS  # weights' rows, and inputs, multiplied with each other at once


def emit(module: ir.Module, machine: Machine) -> None:
    """Write all kernels of this file."""
    for kind in ("f32", "bf16"):
        _widen(Emitter(module, f"widen4_{kind}", machine.lanes), kind)
    if machine.tiles:
        _tile(Emitter(module, "tile_inputs", machine.lanes))
        _multiply(Emitter(module, "multiply4_tiles", machine.lanes))


def _numbers(emit: Emitter, line: Value, half: int, scale: Value, zero: Value) -> list[Value]:
    return [emit.fma(column, scale, zero) for column in nibbles(emit, line, half)]


def _widen(emit: Emitter, kind: str) -> None:
    """packed, scales, out, stride, blocks, groups, parts: the weight, turned: [columns, rows].

    stride: bytes from column to column of out.
    """
    packed, scales, out = (emit.pointer() for _ in range(3))
    stride, blocks, groups, parts = (emit.word() for _ in range(4))
    lines = emit.mul(parts, _LINES)
    size = 4 if kind == "f32" else 2
    first, last = emit.share(blocks)
    with emit.loop(first, last) as block, emit.loop(0, groups) as group:
        place = emit.add(emit.mul(block, groups), group)
        factors = emit.at(scales, emit.mul(place, 4 * BLOCK_ROWS))
        for half in range(BLOCK_ROWS // emit.lanes):
            scale, zero = factors_of(emit, factors, half)
            with emit.loop(0, lines) as line:
                address = emit.at(packed, emit.mul(emit.add(emit.mul(place, lines), line), _LINE))
                column = emit.mul(emit.add(emit.mul(group, lines), line), 8)
                begin = emit.mul(emit.add(emit.mul(block, BLOCK_ROWS), half * emit.lanes), size)
                target = emit.at(out, emit.add(begin, emit.mul(column, stride)))
                for index, number in enumerate(_numbers(emit, address, half, scale, zero)):
                    where = emit.at(target, emit.mul(stride, index))
                    emit.store(number if kind == "f32" else narrowed(emit, number), where)
    emit.close()


def narrowed(emit: Emitter, number: Value) -> Value:
    """Floats as bfloat16 bits, 16 in each lane."""
    bits = emit.build.lshr(emit.bf16_bits(number), emit.ints_of(16))
    return emit.build.trunc(bits, ir.VectorType(I16, emit.lanes))


def _tile(emit: Emitter) -> None:
    """x, out, stride, rows, columns: bfloat16 inputs as tiles of 16 rows and 32 columns.

    out: [rows / 32, columns / 32, 2, 16, 32], zeros where there are no more rows.
    stride: bytes from row to row of x.
    """
    build = emit.build
    x, out = emit.pointer(), emit.pointer()
    stride, rows, columns = emit.word(), emit.word(), emit.word()
    steps = emit.div(columns, SHARED)
    wide = emit.div(emit.add(rows, _WIDE - 1), _WIDE)
    first, last = emit.share(emit.mul(wide, steps))
    with emit.loop(first, last) as index:
        block, step = emit.div(index, steps), build.urem(index, steps)
        source = emit.at(x, emit.mul(step, 2 * SHARED))
        target = emit.at(out, emit.mul(index, 2 * TILE_BYTES))
        begin = emit.mul(block, _WIDE)
        there = emit.minimum(emit.const(_WIDE), build.sub(rows, begin))
        with emit.loop(0, there) as row:
            line = emit.load(emit.ints, emit.at(source, emit.mul(emit.add(begin, row), stride)), 0)
            emit.store(line, target, emit.mul(row, 64))
        with emit.loop(there, emit.const(_WIDE)) as row:
            emit.store(emit.ints_of(0), target, emit.mul(row, 64))
    emit.close()


class Tiles:
    """The tile registers: 0..3 sums, 4 and 5 inputs, 6 and 7 weights."""

    def __init__(self, emit: Emitter) -> None:
        self._emit = emit

    def _call(self, name: str, *values: Value) -> None:
        self._emit.intrinsic(f"llvm.x86.{name}", VOID, values)

    def configure(self, settings: Value) -> None:
        """Begin: eight tiles, as the settings at an address say."""
        self._call("ldtilecfg", settings)

    def release(self) -> None:
        """End: whoever comes next pays for no tiles."""
        self._call("tilerelease")

    def clear(self, tile: int) -> None:
        """All zeros."""
        self._call("tilezero", I8(tile))

    def load(self, tile: int, where: Value) -> None:
        """From 1 KiB of memory."""
        self._call("tileloadd64", I8(tile), where, I64(64))

    def store(self, tile: int, where: Value) -> None:
        """To 1 KiB of memory."""
        self._call("tilestored64", I8(tile), where, I64(64))

    def multiply(self, sums: int, inputs: int, weights: int) -> None:
        """sums += inputs x weights, of bfloat16."""
        self._call("tdpbf16ps", I8(sums), I8(inputs), I8(weights))


def _multiply(emit: Emitter) -> None:
    """tiled, packed, scales, out, stride, rows, blocks, groups, parts, room, room bytes.

    tiled: inputs from `tile_inputs`. out: bfloat16, `stride` bytes from row to row. blocks: an
    even number. room: for each thread TILE_CONFIG settings, a widened piece, then sums.
    """
    build = emit.build
    tiled, packed, scales, out = (emit.pointer() for _ in range(4))
    stride, rows, blocks, groups, parts = (emit.word() for _ in range(5))
    room, room_bytes = emit.pointer(), emit.word()
    tiles = Tiles(emit)
    mine = emit.at(room, emit.mul(emit.thread, room_bytes))
    widened = emit.at(mine, emit.const(TILE_CONFIG))
    sums = emit.at(widened, emit.const(2 * WIDENED_COLUMNS * _WIDE * WIDE_BLOCKS))
    columns = emit.mul(groups, emit.mul(parts, SHARED))
    steps = emit.div(columns, SHARED)
    input_blocks = emit.div(emit.add(rows, _WIDE - 1), _WIDE)
    at_once = emit.div(emit.const(WIDENED_COLUMNS // SHARED), parts)  # groups
    tiles.configure(mine)
    first, last = emit.share(emit.div(blocks, 2))
    with emit.loop(first, last, WIDE_BLOCKS) as begin:
        count = emit.minimum(emit.const(WIDE_BLOCKS), build.sub(last, begin))
        with emit.loop(0, groups, at_once) as group:
            part_groups = emit.minimum(at_once, build.sub(groups, group))
            part_steps = emit.mul(part_groups, parts)
            _widen_part(emit, packed, scales, widened, begin, count, group, part_groups, groups,
                        parts)  # fmt: skip
            first_step = emit.mul(group, parts)
            with emit.loop(0, input_blocks) as inputs:
                left = emit.at(
                    tiled, emit.mul(emit.add(emit.mul(inputs, steps), first_step), 2 * TILE_BYTES)
                )
                with emit.loop(0, count) as block:
                    right = emit.at(widened, emit.mul(emit.mul(block, part_steps), 2 * TILE_BYTES))
                    index = emit.add(emit.mul(inputs, WIDE_BLOCKS), block)
                    total = emit.at(sums, emit.mul(index, 4 * TILE_BYTES))
                    places = [emit.at(total, emit.const(tile * TILE_BYTES)) for tile in range(4)]
                    with emit.build.if_else(build.icmp_signed("==", group, emit.const(0))) as (
                        begins,
                        goes_on,
                    ):
                        with begins:
                            for tile in range(4):
                                tiles.clear(tile)
                        with goes_on:
                            for tile, place in enumerate(places):
                                tiles.load(tile, place)
                    with emit.loop(0, part_steps) as step:
                        offset = emit.mul(step, 2 * TILE_BYTES)
                        second = emit.add(offset, TILE_BYTES)
                        tiles.load(4, emit.at(left, offset))
                        tiles.load(6, emit.at(right, offset))
                        tiles.load(5, emit.at(left, second))
                        tiles.load(7, emit.at(right, second))
                        tiles.multiply(0, 4, 6)
                        tiles.multiply(1, 4, 7)
                        tiles.multiply(2, 5, 6)
                        tiles.multiply(3, 5, 7)
                    for tile, place in enumerate(places):
                        tiles.store(tile, place)
        _write_out(emit, sums, out, stride, rows, begin, count)
    tiles.release()
    emit.close()


class _Factors:
    """Scales and zeros for 4 bits that are never made integers: they become part of a float.

    Where the nibble lies at bit b of 1.0's bits, the float is 1 + q 2^(b - 23), so that
    (q - 8) scale + zero = float 2^(23 - b) scale + (zero - (8 + 2^(23 - b)) scale). Rounding the
    last sum costs up to 2^(-1 - b) of a step: b = 8, 12 and 16 are good enough for bfloat16.
    """

    # Of a line's eight columns: bits to the left (negative: to the right), then the place b.
    _WAYS = ((12, 12), (0, 8), (0, 16), (-12, 12), (12, 16), (0, 12), (-12, 8), (-12, 16))

    def __init__(self, emit: Emitter, where: Value) -> None:
        self._emit = emit
        scale, zero = factors_of(emit, where, 0)
        self._pairs = {}
        for place in (8, 12, 16):
            grown = float(1 << (23 - place))
            added = emit.fma(scale, emit.floats_of(-8.0 - grown), zero)
            self._pairs[place] = emit.fmul(scale, emit.floats_of(grown)), added

    def numbers(self, line: Value) -> list[Value]:
        """The eight columns of a line of packed weights, to 2^-9 of a step. line: its address."""
        emit, build = self._emit, self._emit.build
        both = emit.load(emit.ints, line)
        moved = {0: both, 12: build.shl(both, emit.ints_of(12))}
        moved[-12] = build.lshr(both, emit.ints_of(12))
        numbers = []
        for shift, place in self._WAYS:
            bits = build.and_(moved[shift], emit.ints_of(15 << place))
            number = build.bitcast(build.or_(bits, emit.ints_of(0x3F800000)), emit.floats)
            numbers.append(emit.fma(number, *self._pairs[place]))
        return numbers


def _widen_part(
    emit: Emitter,
    packed: Value,
    scales: Value,
    widened: Value,
    begin: Value,
    count: Value,
    group: Value,
    part_groups: Value,
    groups: Value,
    parts: Value,
) -> None:
    """Some columns of `count` pairs of blocks as tiles: [count, steps, 2, 16 pairs, 16, 2]."""
    build = emit.build
    lines = emit.mul(parts, _LINES)
    part_steps = emit.mul(part_groups, parts)
    high = emit.ints_of(0xFFFF0000)
    with emit.loop(0, count) as block, emit.loop(0, emit.const(2)) as side:
        row_block = emit.add(emit.mul(emit.add(begin, block), 2), side)
        target = emit.at(widened, emit.mul(emit.mul(block, part_steps), 2 * TILE_BYTES))
        target = emit.at(target, emit.mul(side, TILE_BYTES))
        with emit.loop(0, part_groups) as index:
            place = emit.add(emit.mul(row_block, groups), emit.add(group, index))
            factors = _Factors(emit, emit.at(scales, emit.mul(place, 4 * BLOCK_ROWS)))
            with emit.loop(0, parts) as part:
                source = emit.at(
                    packed,
                    emit.mul(emit.add(emit.mul(place, lines), emit.mul(part, _LINES)), _LINE),
                )
                step = emit.add(emit.mul(index, parts), part)
                tile = emit.at(target, emit.mul(step, 2 * TILE_BYTES))
                for line in range(_LINES):
                    address = emit.at(source, emit.const(_LINE * line))
                    numbers = factors.numbers(address)
                    for pair in range(4):
                        low = build.lshr(emit.bf16_bits(numbers[2 * pair]), emit.ints_of(16))
                        upper = build.and_(emit.bf16_bits(numbers[2 * pair + 1]), high)
                        emit.store(build.or_(low, upper), tile, 256 * line + 64 * pair)


def _write_out(
    emit: Emitter,
    sums: Value,
    out: Value,
    stride: Value,
    rows: Value,
    begin: Value,
    count: Value,
) -> None:
    """Sums of `count` pairs of blocks, rounded, to their places in out."""
    build = emit.build
    with emit.loop(0, rows) as row:
        inputs, inside = emit.div(row, _WIDE), build.urem(row, emit.const(_WIDE))
        upper = emit.mul(emit.div(inside, BLOCK_ROWS), 2 * TILE_BYTES)
        line = emit.add(upper, emit.mul(build.urem(inside, emit.const(BLOCK_ROWS)), 64))
        target = emit.at(out, emit.add(emit.mul(row, stride), emit.mul(begin, 2 * _WIDE)))
        with emit.loop(0, count) as block:
            index = emit.add(emit.mul(inputs, WIDE_BLOCKS), block)
            source = emit.at(sums, emit.add(emit.mul(index, 4 * TILE_BYTES), line))
            for side in range(2):
                number = emit.load(emit.floats, source, side * TILE_BYTES)
                where = emit.at(target, emit.mul(block, 2 * _WIDE))
                emit.store(narrowed(emit, number), where, 2 * BLOCK_ROWS * side)
