"""Kernels of few inputs and a weight of 8 bits: inputs as they are, sums in float32.

As many sums as a vector has numbers are kept, some rows of the weight times some inputs, so that
one tree of additions ends all of them. How many inputs come together changes nothing but speed:
each sum is made in the same order.
"""

import llvmlite.ir as ir

from engine.kernels.ir import F32, I16, I32, Emitter, Value
from engine.kernels.machine import BLOCK_ROWS, SHARED, TILE_BYTES, TILE_CONFIG, TOGETHER, Machine
from engine.kernels.matvec import load_floats
from engine.kernels.tiles import Tiles

_LINE = 64  # bytes, and columns of the weight
_AHEAD = 2  # what is brought near: the rows of the step after the next


def emit(module: ir.Module, machine: Machine) -> None:
    """Write all kernels of this file."""
    for inputs in TOGETHER:
        _multiply(Emitter(module, f"multiply8_{inputs}", machine.lanes), inputs)
    if machine.tiles:
        _multiply_tiles(Emitter(module, "multiply8_tiles", machine.lanes))


def _multiply(emit: Emitter, inputs: int) -> None:
    """x, weight, scales, out, columns, rows, stride.

    x: f32 [inputs, columns], columns a multiple of 64; weight: i8 [rows, columns], rows of the
    vector's length; scales: bfloat16 [rows]; out: f32, `stride` bytes from input to input.
    """
    x, weight, scales, out = (emit.pointer() for _ in range(4))
    columns, rows, stride = (emit.word() for _ in range(3))
    together = emit.lanes // inputs
    first, last = emit.share(emit.div(rows, together))
    nothing = emit.floats_of(0.0)
    given = [emit.at(x, emit.mul(columns, 4 * index)) for index in range(inputs)]
    ahead = emit.mul(columns, _AHEAD * together)
    with emit.loop(first, last) as step:
        begin = emit.mul(step, together)
        base = emit.at(weight, emit.mul(begin, columns))
        lines = [emit.at(base, emit.mul(columns, row)) for row in range(together)]
        sums = [[emit.var(nothing) for _ in range(together)] for _ in range(inputs)]
        with emit.loop(0, columns, _LINE) as column:
            for line in lines:
                emit.prefetch(emit.at(line, emit.add(column, ahead)))
            for lane in range(0, _LINE, emit.lanes):
                place = emit.add(column, lane)
                values = [load_floats(emit, "f32", each, place) for each in given]
                for row, line in enumerate(lines):
                    number = load_floats(emit, "i8", line, place)
                    for index, value in enumerate(values):
                        total = sums[index][row]
                        total.set(emit.fma(number, value, total.get()))
        totals = _totals(emit, [total.get() for each in sums for total in each])
        _write(emit, totals, scales, out, begin, stride, together)
    emit.close()


def _totals(emit: Emitter, sums: list[Value]) -> Value:
    """Of as many vectors as a vector has numbers: the sum of each one's numbers, in order."""
    while len(sums) > 1:
        pairs = zip(sums[::2], sums[1::2], strict=True)
        sums = [emit.fadd(*emit.alternate(*pair)) for pair in pairs]
    return sums[0]


def _write(
    emit: Emitter, totals: Value, scales: Value, out: Value, begin: Value, stride: Value, width: int
) -> None:
    """totals: [inputs, width] of rows from `begin` on, to be scaled."""
    build = emit.build
    halves = emit.load(ir.VectorType(I16, width), scales, emit.mul(begin, 2))
    wide = build.shl(
        build.zext(halves, ir.VectorType(I32, width)),
        ir.Constant(ir.VectorType(I32, width), [16] * width),
    )
    few = build.bitcast(wide, ir.VectorType(F32, width))
    again = ir.Constant(emit.ints, [lane % width for lane in range(emit.lanes)])
    scaled = emit.fmul(totals, build.shuffle_vector(few, few, again))
    for index in range(emit.lanes // width):
        lanes = list(range(index * width, (index + 1) * width))
        part = build.shuffle_vector(scaled, scaled, ir.Constant(ir.VectorType(I32, width), lanes))
        target = emit.at(out, emit.add(emit.mul(begin, 4), emit.mul(stride, index)))
        emit.store(part, target)


def _multiply_tiles(emit: Emitter) -> None:
    """x, weight, scales, out, columns, rows, blocks, room, room bytes.

    x: bfloat16 [blocks, columns / 32, 16 pairs, 16 inputs, 2]: a pair is 16 columns apart.
    weight: i8 [rows, columns], scales: bfloat16 [rows], rows a multiple of 16.
    out: f32 [rows, blocks x 16]. room: each thread's tile settings, and 16 rows as bfloat16.
    """
    build = emit.build
    x, weight, scales, out = (emit.pointer() for _ in range(4))
    columns, rows, blocks = (emit.word() for _ in range(3))
    room, room_bytes = emit.pointer(), emit.word()
    tiles = Tiles(emit)
    mine = emit.at(room, emit.mul(emit.thread, room_bytes))
    sums = emit.at(mine, emit.const(TILE_CONFIG))
    widened = emit.at(sums, emit.const(TILE_BYTES))
    steps = emit.div(columns, SHARED)
    input_bytes = emit.mul(steps, TILE_BYTES)
    tiles.configure(mine)
    first, last = emit.share(emit.div(rows, BLOCK_ROWS))
    with emit.loop(first, last) as strip:
        begin = emit.mul(strip, BLOCK_ROWS)
        _widen_rows(emit, emit.at(weight, emit.mul(begin, columns)), widened, columns, steps)
        with emit.loop(0, blocks) as block:
            inputs = emit.at(x, emit.mul(block, input_bytes))
            tiles.clear(0)
            with emit.loop(0, steps) as step:
                offset = emit.mul(step, TILE_BYTES)
                tiles.load(4, emit.at(widened, offset))
                tiles.load(6, emit.at(inputs, offset))
                tiles.multiply(0, 4, 6)
            tiles.store(0, sums)
            target = emit.at(out, emit.mul(emit.add(emit.mul(begin, blocks), block), 64))
            with emit.loop(0, emit.const(BLOCK_ROWS)) as row:
                half = emit.load(I16, scales, emit.mul(emit.add(begin, row), 2))
                bits = build.shl(build.zext(half, I32), ir.Constant(I32, 16))
                number = emit.load(emit.floats, sums, emit.mul(row, 64))
                scaled = emit.fmul(number, emit.splat(build.bitcast(bits, F32)))
                emit.store(scaled, target, emit.mul(row, emit.mul(blocks, 64)))
    tiles.release()
    emit.close()


def _widen_rows(emit: Emitter, source: Value, target: Value, columns: Value, steps: Value) -> None:
    """16 rows of i8 as tiles of bfloat16, pairs of 16 columns apart: integers fit without loss."""
    build = emit.build
    with emit.loop(0, steps) as step:
        place = emit.mul(step, SHARED)
        tile = emit.at(target, emit.mul(step, TILE_BYTES))
        for row in range(BLOCK_ROWS):
            line = emit.at(source, emit.add(emit.mul(columns, row), place))
            emit.prefetch(emit.at(line, emit.mul(columns, BLOCK_ROWS)))
            low, high = (
                build.bitcast(load_floats(emit, "i8", line, half * BLOCK_ROWS), emit.ints)
                for half in range(2)
            )
            both = build.or_(high, build.lshr(low, emit.ints_of(16)))
            emit.store(both, tile, 64 * row)
