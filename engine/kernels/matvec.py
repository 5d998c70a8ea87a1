"""Kernels of one input row, or a few: bounded by reading the weight.

4 bits over integers: the input is rounded to 8 bits, 32 columns sharing a scale, and a group's
products are summed exactly. A weight of 4 bits lies as `engine.quant.packing.Layout.lanes` says.
"""

import llvmlite.ir as ir

from engine.kernels.ir import F32, I8, I16, I32, Emitter, Value
from engine.kernels.machine import BLOCK_ROWS, CODED_BYTES, ROWS_AT_ONCE, SHARED, Machine

_PREFETCH = 2048  # bytes ahead of what is read: a page's end stops the machine's own foresight


def emit(module: ir.Module, machine: Machine) -> None:
    """Write all kernels of this file."""
    for kind in ("f32", "bf16"):
        _encode(Emitter(module, f"encode_{kind}", machine.lanes), kind)
    for rows in (1, 2, 4):
        _multiply4(Emitter(module, f"multiply4_{rows}", machine.lanes), machine, rows)
    _multiply4_exact(Emitter(module, "multiply4_exact", machine.lanes))
    for kind in ("i8", "bf16"):
        _multiply_rows(Emitter(module, f"multiply_{kind}", machine.lanes), kind)


def load_floats(emit: Emitter, kind: str, base: Value, index: Value | int = 0) -> Value:
    """Numbers of a type as floats, one for each lane. index: of the first."""
    size = {"f32": 4, "bf16": 2, "i8": 1}[kind]
    offset = emit.mul(emit.const(index) if isinstance(index, int) else index, size)
    if kind == "f32":
        return emit.load(emit.floats, base, offset)
    if kind == "bf16":
        return emit.from_bf16(base, offset)
    small = emit.load(ir.VectorType(I8, emit.lanes), base, offset)
    return emit.to_float(emit.build.sext(small, emit.ints))


def encode_shared(emit: Emitter, values: list[Value], target: Value) -> None:
    """Write 32 numbers, given as vectors, as CODED_BYTES: codes, scale, scaled sum, -8 x sum."""
    build = emit.build
    largest = emit.unary("fabs", values[0])
    for value in values[1:]:
        largest = emit.larger(largest, emit.unary("fabs", value))
    peak = emit.greatest(largest)
    zero = ir.Constant(F32, 0.0)
    inverse = build.fdiv(ir.Constant(F32, 127.0), peak)
    inverse = build.select(build.fcmp_ordered(">", peak, zero), inverse, zero)
    # Of a denormal peak the inverse is infinite.
    limit = ir.Constant(F32, 1e38)
    inverse = build.select(build.fcmp_ordered("<", inverse, limit), inverse, zero)
    summed: Value | None = None
    for index, value in enumerate(values):
        rounded = emit.unary("rint", emit.fmul(value, emit.splat(inverse)))
        codes = build.fptosi(rounded, emit.ints)
        small = build.trunc(codes, ir.VectorType(I8, emit.lanes))
        emit.store(small, target, index * emit.lanes)
        summed = codes if summed is None else build.add(summed, codes)
    assert summed is not None
    total = emit.intrinsic(f"llvm.vector.reduce.add.v{emit.lanes}i32", I32, (summed,))
    scale = build.fmul(peak, ir.Constant(F32, 1 / 127))
    emit.store(scale, target, SHARED)
    emit.store(build.fmul(scale, build.sitofp(total, F32)), target, SHARED + 4)
    emit.store(build.mul(total, ir.Constant(I32, -8)), target, SHARED + 8)


def _encode(emit: Emitter, kind: str) -> None:
    """x, coded, count: count numbers, in parts of 32, to CODED_BYTES each."""
    x, coded, count = emit.pointer(), emit.pointer(), emit.word()
    first, last = emit.share(emit.div(count, SHARED))
    with emit.loop(first, last) as part:
        begin = emit.mul(part, SHARED)
        values = [
            load_floats(emit, kind, x, emit.add(begin, lane))
            for lane in range(0, SHARED, emit.lanes)
        ]
        encode_shared(emit, values, emit.at(coded, emit.mul(part, CODED_BYTES)))
    emit.close()


def factors_of(emit: Emitter, scales: Value, half: int) -> tuple[Value, Value]:
    """Scales and zeros of a block's rows in one group. half: which of the block's vectors."""
    scale, zero = emit.halves(emit.load(emit.ints, scales, 4 * emit.lanes * half))
    return scale, zero


def _multiply4(emit: Emitter, machine: Machine, rows: int) -> None:
    """coded, packed, scales, out, stride, blocks, groups, parts.

    rows inputs, each groups x parts x CODED_BYTES; out: f32, `stride` bytes from input to input;
    blocks: of BLOCK_ROWS weights' rows; parts: of 32 columns in a group.
    """
    build = emit.build
    coded, packed, scales, out = (emit.pointer() for _ in range(4))
    stride, blocks, groups, parts = (emit.word() for _ in range(4))
    halves = BLOCK_ROWS // emit.lanes
    part_bytes = BLOCK_ROWS * SHARED // 2
    coded_row = emit.mul(emit.mul(groups, parts), CODED_BYTES)
    group_bytes = emit.mul(parts, part_bytes)
    block_bytes = emit.mul(groups, group_bytes)
    first, last = emit.share(blocks)
    nothing = emit.floats_of(0.0)
    with emit.loop(first, last) as block:
        weights = emit.at(packed, emit.mul(block, block_bytes))
        factors = emit.at(scales, emit.mul(emit.mul(block, groups), 4 * BLOCK_ROWS))
        sums = [[emit.var(nothing) for _ in range(halves)] for _ in range(rows)]
        with emit.loop(0, groups) as group:
            group_weights = emit.at(weights, emit.mul(group, group_bytes))
            group_coded = emit.at(coded, emit.mul(emit.mul(group, parts), CODED_BYTES))
            inner = [[emit.var(nothing) for _ in range(halves)] for _ in range(rows)]
            plain = [emit.var(ir.Constant(F32, 0.0)) for _ in range(rows)]
            with emit.loop(0, parts) as part:
                here = emit.at(group_weights, emit.mul(part, part_bytes))
                for line in range(0, part_bytes, 64):
                    emit.prefetch(emit.at(here, emit.const(_PREFETCH + line)))
                inputs = [
                    emit.at(
                        emit.at(group_coded, emit.mul(part, CODED_BYTES)), emit.mul(coded_row, row)
                    )
                    for row in range(rows)
                ]
                exact = [
                    [emit.splat(emit.load(I32, x, SHARED + 8)) for _ in range(halves)]
                    for x in inputs
                ]
                for step in range(4):
                    for half in range(halves):
                        place = step * 64 + half * 4 * emit.lanes
                        both = emit.load(emit.ints, here, place)
                        mask = emit.ints_of(0x0F0F0F0F)
                        low = build.and_(both, mask)
                        high = build.and_(build.lshr(both, emit.ints_of(4)), mask)
                        for row, x in enumerate(inputs):
                            for four, quads in enumerate((low, high)):
                                values = emit.splat(emit.load(I32, x, 8 * step + 4 * four))
                                exact[row][half] = four_products(
                                    emit, machine, exact[row][half], quads, values
                                )
                for row, x in enumerate(inputs):
                    scale = emit.splat(emit.load(F32, x, SHARED))
                    plain[row].set(build.fadd(plain[row].get(), emit.load(F32, x, SHARED + 4)))
                    for half in range(halves):
                        number = emit.to_float(exact[row][half])
                        inner[row][half].set(emit.fma(number, scale, inner[row][half].get()))
            group_factors = emit.at(factors, emit.mul(group, 4 * BLOCK_ROWS))
            emit.prefetch(emit.at(group_factors, emit.const(64 * 16)))
            for half in range(halves):
                scale, zero = factors_of(emit, group_factors, half)
                for row in range(rows):
                    added = emit.fma(zero, emit.splat(plain[row].get()), sums[row][half].get())
                    sums[row][half].set(emit.fma(inner[row][half].get(), scale, added))
        for row in range(rows):
            target = emit.at(out, emit.add(emit.mul(stride, row), emit.mul(block, 4 * BLOCK_ROWS)))
            for half in range(halves):
                emit.store(sums[row][half].get(), target, 4 * emit.lanes * half)
    emit.close()


def four_products(
    emit: Emitter, machine: Machine, sums: Value, small: Value, signed: Value
) -> Value:
    """sums + products of four unsigned bytes below 16 with four signed ones, in each lane."""
    quads = ir.VectorType(I8, 4 * emit.lanes)
    first, second = (emit.build.bitcast(each, quads) for each in (small, signed))
    bits = 32 * emit.lanes
    if machine.dots:
        name = f"llvm.x86.avx512.vpdpbusd.{bits}"
        return emit.intrinsic(name, emit.ints, (sums, first, second))
    pairs = ir.VectorType(I16, 2 * emit.lanes)  # 2 x 15 x 127 at most: nothing is cut off
    summed = emit.intrinsic("llvm.x86.avx2.pmadd.ub.sw", pairs, (first, second))
    ones = ir.Constant(pairs, [1] * pairs.count)
    wide = emit.intrinsic("llvm.x86.avx2.pmadd.wd", emit.ints, (summed, ones))
    return emit.build.add(sums, wide)


def nibbles(emit: Emitter, packed: Value, half: int) -> list[Value]:
    """The eight columns of a line of packed weights less 8, as floats. packed: address of it."""
    build = emit.build
    both = emit.load(emit.ints, packed, half * 4 * emit.lanes)
    columns = []
    for column in range(8):
        shift = 8 * (column % 4) + 4 * (column // 4)
        moved = build.lshr(both, emit.ints_of(shift)) if shift else both
        value = build.and_(moved, emit.ints_of(15)) if shift < 28 else moved
        columns.append(emit.to_float(build.sub(value, emit.ints_of(8))))
    return columns


def _multiply4_exact(emit: Emitter) -> None:
    """x, packed, scales, out, blocks, groups, parts: as multiply4_1, of one row of floats."""
    x, packed, scales, out = (emit.pointer() for _ in range(4))
    blocks, groups, parts = (emit.word() for _ in range(3))
    halves = BLOCK_ROWS // emit.lanes
    group_lines = emit.mul(parts, SHARED // 8)
    first, last = emit.share(blocks)
    nothing = emit.floats_of(0.0)
    with emit.loop(first, last) as block:
        sums = [emit.var(nothing) for _ in range(halves)]
        with emit.loop(0, groups) as group:
            place = emit.add(emit.mul(block, groups), group)
            line = emit.at(packed, emit.mul(emit.mul(place, group_lines), 64))
            inputs = emit.at(x, emit.mul(emit.mul(group, group_lines), 32))
            inner = [emit.var(nothing) for _ in range(halves)]
            plain = emit.var(nothing)
            with emit.loop(0, group_lines) as step:
                values = [
                    emit.splat(emit.load(F32, emit.at(inputs, emit.mul(step, 32)), 4 * column))
                    for column in range(8)
                ]
                for value in values:
                    plain.set(emit.fadd(plain.get(), value))
                for half in range(halves):
                    columns = nibbles(emit, emit.at(line, emit.mul(step, 64)), half)
                    for column, value in zip(columns, values, strict=True):
                        inner[half].set(emit.fma(column, value, inner[half].get()))
            factors = emit.at(scales, emit.mul(place, 4 * BLOCK_ROWS))
            for half in range(halves):
                scale, zero = factors_of(emit, factors, half)
                added = emit.fma(zero, plain.get(), sums[half].get())
                sums[half].set(emit.fma(inner[half].get(), scale, added))
        target = emit.at(out, emit.mul(block, 4 * BLOCK_ROWS))
        for half in range(halves):
            emit.store(sums[half].get(), target, 4 * emit.lanes * half)
    emit.close()


def _multiply_rows(emit: Emitter, kind: str) -> None:
    """x, weight, scales, out, stride, rows, columns: f32 x and out; rows of numbers.

    stride: bytes from row to row. columns: a multiple of 32; rows: of 4. scales: bfloat16 for
    each row, read of "i8" alone.
    """
    build = emit.build
    x, weight, scales, out = (emit.pointer() for _ in range(ROWS_AT_ONCE))
    row_bytes, rows, columns = (emit.word() for _ in range(3))
    first, last = emit.share(emit.div(rows, ROWS_AT_ONCE))
    nothing = emit.floats_of(0.0)
    with emit.loop(first, last) as four:
        begin = emit.mul(four, ROWS_AT_ONCE)
        base = emit.at(weight, emit.mul(begin, row_bytes))
        lines = [emit.at(base, emit.mul(row_bytes, row)) for row in range(ROWS_AT_ONCE)]
        sums = [[emit.var(nothing) for _ in range(2)] for _ in range(ROWS_AT_ONCE)]
        with emit.loop(0, columns, 2 * emit.lanes) as column:
            values = [
                load_floats(emit, "f32", x, emit.add(column, half * emit.lanes))
                for half in range(2)
            ]
            if kind == "bf16":
                values = emit.alternate(*values)
            for line, totals in zip(lines, sums, strict=True):
                if kind == "bf16":  # two to a lane: cheaper to take apart than to spread
                    both = emit.load(emit.ints, line, emit.mul(column, 2))
                    numbers = emit.halves(both)
                else:
                    numbers = [
                        load_floats(emit, kind, line, emit.add(column, half * emit.lanes))
                        for half in range(2)
                    ]
                for total, number, value in zip(totals, numbers, values, strict=True):
                    total.set(emit.fma(number, value, total.get()))
        for row in range(ROWS_AT_ONCE):
            result = emit.total(emit.fadd(sums[row][0].get(), sums[row][1].get()))
            index = emit.add(begin, row)
            if kind == "i8":
                bits = build.zext(emit.load(ir.IntType(16), scales, emit.mul(index, 2)), I32)
                scale = build.bitcast(build.shl(bits, ir.Constant(I32, 16)), F32)
                result = build.fmul(result, scale)
            emit.store(result, out, emit.mul(index, 4))
    emit.close()
