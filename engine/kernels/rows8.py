"""Kernels of a few inputs and a weight of 8 bits: inputs as they are, sums in float32.

As many sums as a vector has numbers are kept, some rows of the weight times some inputs, so that
one tree of additions ends all of them. How many inputs come together changes nothing but speed:
each sum is made in the same order.
"""

import llvmlite.ir as ir

from engine.kernels.ir import F32, I16, I32, Emitter, Value
from engine.kernels.machine import TOGETHER, Machine
from engine.kernels.matvec import load_floats

_LINE = 64  # bytes, and columns of the weight
_AHEAD = 2  # what is brought near: the rows of the step after the next


def emit(module: ir.Module, machine: Machine) -> None:
    """Write all kernels of this file."""
    for inputs in TOGETHER:
        _multiply(Emitter(module, f"multiply8_{inputs}", machine.lanes), inputs)


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
