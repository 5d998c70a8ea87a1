"""Norms of maps with what follows them, in one pass: rows of bfloat16 numbers, floats between.

Each thread takes some of the rows. A row is read twice; the second time it lies in the cache.
"""

import llvmlite.ir as ir

from engine.kernels.ir import Emitter
from engine.kernels.layer import scale_of, sums_of
from engine.kernels.machine import MAP_NORMS, Machine
from engine.kernels.matvec import load_floats
from engine.kernels.tiles import narrowed


def emit(module: ir.Module, machine: Machine) -> None:
    """Write all kernels of this file."""
    for name in MAP_NORMS:
        emitter = Emitter(module, name, machine.lanes)
        _norm(emitter, MAP_NORMS[name])
        emitter.close()


def _norm(emit: Emitter, then: frozenset[str]) -> None:
    """x, weight, gamma, skip, out, rows, width, 1 / width, eps: x [rows, width], normed, to out.

    then: "gelu" of it, "scaled" by gamma [width], "added" to skip [rows, width], in this order;
    pointers that are not asked for are not read. out may be x or skip.
    """
    x, weight, gamma, skip, out = (emit.pointer() for _ in range(5))
    rows, width = emit.word(), emit.word()
    share, eps = emit.number(), emit.number()
    first, last = emit.share(rows)
    row_bytes = emit.mul(width, 2)
    with emit.loop(first, last) as row:
        begin = emit.mul(row, row_bytes)
        source, target = emit.at(x, begin), emit.at(out, begin)

        def squares(index: ir.Value, source: ir.Value = source) -> list[ir.Value]:
            number = load_floats(emit, "bf16", source, index)
            return [emit.fmul(number, number)]

        (total,) = sums_of(emit, width, squares, 1)
        scale = scale_of(emit, emit.fmul(total, share), eps)
        with emit.loop(0, width, emit.lanes) as index:
            value = emit.fmul(load_floats(emit, "bf16", source, index), scale)
            value = emit.fmul(value, load_floats(emit, "bf16", weight, index))
            if "gelu" in then:
                value = emit.gelu(value)
            if "scaled" in then:
                value = emit.fmul(value, load_floats(emit, "bf16", gamma, index))
            if "added" in then:
                before = load_floats(emit, "bf16", emit.at(skip, begin), index)
                value = emit.fadd(before, value)
            emit.store(narrowed(emit, value), target, emit.mul(index, 2))
