"""Kernels of a decoder layer between its products, for many positions at once, as a prompt has.

The formulas are those of `engine.kernels.layer`; each thread takes some of the positions. Products
read and write bfloat16; streams and residuals are floats.
"""

from collections.abc import Callable

import llvmlite.ir as ir

from engine.kernels.ir import Emitter, Value
from engine.kernels.layer import (
    activates,
    adds_side,
    correction,
    corrects,
    limit_of,
    predicted,
    scale_of,
    summed,
)
from engine.kernels.machine import STREAMS, Machine
from engine.kernels.matvec import load_floats
from engine.kernels.tiles import narrowed


def emit(module: ir.Module, machine: Machine) -> None:
    """Write all kernels of this file."""
    writers: dict[str, Callable[[Emitter], None]] = {
        "predict_rows": _predict,
        "residual_rows": _residual,
        "correct_rows": _correct,
        "side_rows": _side,
        "gated_rows": lambda emit: _gated_rows(emit, cut=False),
        "gated_rows_cut": lambda emit: _gated_rows(emit, cut=True),
    }
    for name, write in writers.items():
        emitter = Emitter(module, name, machine.lanes)
        write(emitter)
        emitter.close()


def _row(emit: Emitter, base: Value, row: Value, width: Value, size: int) -> Value:
    """Where a row of `width` numbers of so many bytes begins."""
    return emit.at(base, emit.mul(emit.mul(row, width), size))


def _normed(
    emit: Emitter,
    x: Value,
    factor: Value,
    scale: Value,
    width: Value,
    wide: Value | None,
    out: Value,
) -> None:
    """x scale factor, as bfloat16 to `out` and as floats to `wide`."""
    with emit.loop(0, width, emit.lanes) as index:
        value = emit.fmul(load_floats(emit, "f32", x, index), scale)
        value = emit.fmul(value, load_floats(emit, "f32", factor, index))
        if wide is not None:
            emit.store(value, wide, emit.mul(index, 4))
        emit.store(narrowed(emit, value), out, emit.mul(index, 2))


def _predict(emit: Emitter) -> None:
    """streams, router, coefs, factor, normed, narrow, rows, width, router eps, norm eps.

    streams [rows, STREAMS, width] become their predictions; the active one's norm as floats and as
    bfloat16 [rows, width].
    """
    streams, router, coefs, factor, normed, narrow = (emit.pointer() for _ in range(6))
    rows, width = emit.word(), emit.word()
    router_eps, norm_eps = emit.number(), emit.number()
    first, last = emit.share(rows)
    with emit.loop(first, last) as row:
        mine = _row(emit, streams, row, width, 4 * STREAMS)
        squares = predicted(emit, mine, router, coefs, mine, width, router_eps)
        wide, out = _row(emit, normed, row, width, 4), _row(emit, narrow, row, width, 2)
        _normed(emit, mine, factor, scale_of(emit, squares, norm_eps), width, wide, out)


def _residual(emit: Emitter) -> None:
    """predictions, attended, its factor, normed, laurel, its factor, next factor, out, rows, width,
    eps.

    normed [rows, width] becomes the residual; its norm as bfloat16 to `out`.
    """
    predictions, attended, attended_factor, normed, laurel, laurel_factor, factor, out = (
        emit.pointer() for _ in range(8)
    )
    rows, width, eps = emit.word(), emit.word(), emit.number()
    first, last = emit.share(rows)
    with emit.loop(first, last) as row:
        active = _row(emit, predictions, row, width, 4 * STREAMS)
        mine = _row(emit, normed, row, width, 4)
        added = [
            (_row(emit, base, row, width, 2), weight)
            for base, weight in ((attended, attended_factor), (laurel, laurel_factor))
        ]
        squares = summed(emit, "bf16", active, mine, added, mine, width, eps)
        scale = scale_of(emit, squares, eps)
        _normed(emit, mine, factor, scale, width, None, _row(emit, out, row, width, 2))


def _correct(emit: Emitter) -> None:
    """residual, inner, factor, predictions, router, coefs, scale, scaled, rows, width, norm eps,
    router eps.

    residual becomes the activated layer, predictions [rows, STREAMS, width] the streams; scaled:
    bfloat16.
    """
    residual, inner, factor, predictions, router, coefs, weight, scaled = (
        emit.pointer() for _ in range(8)
    )
    rows, width = emit.word(), emit.word()
    norm_eps, router_eps = emit.number(), emit.number()
    first, last = emit.share(rows)
    with emit.loop(first, last) as row:
        mine, x = _row(emit, residual, row, width, 4), _row(emit, inner, row, width, 2)
        activates(emit, "bf16", mine, x, factor, mine, width, norm_eps)
        factors = correction(emit, mine, router, coefs, width, router_eps)
        out = _row(emit, scaled, row, width, 2)

        def write(index: Value, value: Value, out: Value = out) -> None:
            emit.store(narrowed(emit, value), out, emit.mul(index, 2))

        streams = _row(emit, predictions, row, width, 4 * STREAMS)
        corrects(emit, mine, streams, streams, weight, factors, width, write)


def _side(emit: Emitter) -> None:
    """side, factor, streams, rows, width, eps: norm(side), of bfloat16, to all but the active."""
    side, factor, streams = (emit.pointer() for _ in range(3))
    rows, width, eps = emit.word(), emit.word(), emit.number()
    first, last = emit.share(rows)
    with emit.loop(first, last) as row:
        mine = _row(emit, side, row, width, 2)
        adds_side(
            emit, "bf16", mine, factor, _row(emit, streams, row, width, 4 * STREAMS), width, eps
        )


def _gated_rows(emit: Emitter, *, cut: bool) -> None:
    """gate, up, rows, width, deviations: as `_gated`, of bfloat16 [rows, width]; into gate."""
    gates, ups = emit.pointer(), emit.pointer()
    rows, width, deviations = emit.word(), emit.word(), emit.number()
    first, last = emit.share(rows)
    with emit.loop(first, last) as row:
        offset = emit.mul(emit.mul(row, width), 2)
        gate, up = emit.at(gates, offset), emit.at(ups, offset)
        limit = limit_of(emit, "bf16", gate, width, deviations) if cut else None
        with emit.loop(0, width, emit.lanes) as index:
            value = load_floats(emit, "bf16", gate, index)
            if limit is not None:
                value = emit.larger(emit.fsub(value, limit), emit.floats_of(0.0))
            value = emit.fmul(emit.gelu(value), load_floats(emit, "bf16", up, index))
            emit.store(narrowed(emit, value), gate, emit.mul(index, 2))
