"""Kernels of a decoder layer between its products, for one position: what torch does in a hundred
calls. Formulas as in `engine.text.layers` and `engine.text.altup`, in float32.

What is short runs on the first thread alone; the others wait at the next barrier. `eps` arguments
are already times the size: 1 / RMS(x) = sqrt(size) / sqrt(sum x^2 + size eps), and norms' factors
hold the sqrt(size).
"""

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import llvmlite.ir as ir

from engine.kernels.ir import F32, I32, Emitter, Value
from engine.kernels.machine import CODED_BYTES, SHARED, STREAMS, Machine
from engine.kernels.matvec import encode_shared, load_floats
from engine.kernels.tiles import narrowed

_ONE = ir.Constant(F32, 1.0)


def emit(module: ir.Module, machine: Machine) -> None:
    """Write all kernels of this file."""
    writers: dict[str, Callable[[Emitter], None]] = {
        "predict": _predict,
        "heads": _heads,
        "residual": _residual,
        "gated": lambda emit: _gated(emit, cut=False),
        "gated_cut": lambda emit: _gated(emit, cut=True),
        "correct": _correct,
        "gated_rows": lambda emit: _gated_rows(emit, cut=False),
        "gated_rows_cut": lambda emit: _gated_rows(emit, cut=True),
        "side_input": _side_input,
        "side": _side,
    }
    for name, write in writers.items():
        emitter = Emitter(module, name, machine.lanes)
        write(emitter)
        emitter.close()


@contextmanager
def _first_thread(emit: Emitter) -> Iterator[None]:
    with emit.build.if_then(emit.build.icmp_signed("==", emit.thread, emit.const(0))):
        yield


def _sums(
    emit: Emitter, width: Value, terms: Callable[[Value], Sequence[Value]], count: int
) -> list[Value]:
    """Totals over `width` numbers of `count` terms; terms: vectors from an index on."""
    sums = [emit.var(emit.floats_of(0.0)) for _ in range(count)]
    with emit.loop(0, width, emit.lanes) as index:
        for total, term in zip(sums, terms(index), strict=True):
            total.set(emit.fadd(total.get(), term))
    return [emit.total(total.get()) for total in sums]


def _scale(emit: Emitter, squares: Value, eps: Value) -> Value:
    """1 / sqrt(squares + eps) in every lane."""
    root = emit.unary("sqrt", emit.build.fadd(squares, eps))
    return emit.splat(emit.build.fdiv(_ONE, root))


def _encode(emit: Emitter, x: Value, coded: Value, width: Value) -> None:
    with emit.loop(0, emit.div(width, SHARED)) as part:
        begin = emit.mul(part, SHARED)
        values = [
            load_floats(emit, "f32", x, emit.add(begin, lane))
            for lane in range(0, SHARED, emit.lanes)
        ]
        encode_shared(emit, values, emit.at(coded, emit.mul(part, CODED_BYTES)))


def _routed(emit: Emitter, dots: list[Value], squares: Value, eps: Value) -> list[Value]:
    """tanh(dot / |x|) of each."""
    scale = _scale(emit, squares, eps)
    vector = emit.floats_of(0.0)
    for index, dot in enumerate(dots):
        vector = emit.build.insert_element(vector, dot, ir.Constant(I32, index))
    bent = emit.tanh(emit.fmul(vector, scale))
    return [emit.build.extract_element(bent, ir.Constant(I32, index)) for index in range(len(dots))]


def _mixed(emit: Emitter, weights: Value, row: int, routed: list[Value], start: float) -> Value:
    """start + a row of weights times the routed values, in every lane."""
    total = ir.Constant(F32, start)
    for index, value in enumerate(routed):
        factor = emit.load(F32, weights, 4 * (row * len(routed) + index))
        total = emit.fma(factor, value, total)
    return emit.splat(total)


def _predict(emit: Emitter) -> None:
    """streams, router, coefs, predictions, factor, normed, coded, width, router eps, norm eps.

    Predictions of all streams, and the active one normed: as floats and coded.
    """
    streams, router, coefs, predictions, factor, normed, coded = (emit.pointer() for _ in range(7))
    width = emit.word()
    router_eps, norm_eps = emit.number(), emit.number()
    row_bytes = emit.mul(width, 4)

    def rows(base: Value) -> list[Value]:
        return [emit.at(base, emit.mul(row_bytes, row)) for row in range(STREAMS)]

    with _first_thread(emit):

        def terms(index: Value) -> list[Value]:
            x = load_floats(emit, "f32", streams, index)
            along = [emit.fmul(x, load_floats(emit, "f32", row, index)) for row in rows(router)]
            return [emit.fmul(x, x), *along]

        squares, *dots = _sums(emit, width, terms, 1 + STREAMS)
        routed = _routed(emit, dots, squares, router_eps)
        mixing = [
            [
                _mixed(emit, coefs, to * STREAMS + source, routed, float(to == source))
                for source in range(STREAMS)
            ]
            for to in range(STREAMS)
        ]
        total = emit.var(emit.floats_of(0.0))
        with emit.loop(0, width, emit.lanes) as index:
            offset = emit.mul(index, 4)
            old = [load_floats(emit, "f32", row, index) for row in rows(streams)]
            for to, row in enumerate(rows(predictions)):
                new = emit.fmul(mixing[to][0], old[0])
                for source in range(1, STREAMS):
                    new = emit.fma(mixing[to][source], old[source], new)
                emit.store(new, row, offset)
                if to == 0:
                    total.set(emit.fma(new, new, total.get()))
        scale = _scale(emit, emit.total(total.get()), norm_eps)
        _normed(emit, predictions, factor, scale, normed, width)
        _encode(emit, normed, coded, width)


def _normed(emit: Emitter, x: Value, factor: Value, scale: Value, out: Value, width: Value) -> None:
    with emit.loop(0, width, emit.lanes) as index:
        value = emit.fmul(load_floats(emit, "f32", x, index), scale)
        value = emit.fmul(value, load_floats(emit, "f32", factor, index))
        emit.store(value, out, emit.mul(index, 4))


def _heads(emit: Emitter) -> None:
    """x, norms, cos, sin, queries, keys, values, stride, heads, how many are queries, how many are
    keys, width, eps: heads normed; queries and keys rotated, values not.

    x, norms: f32 [heads, width]. queries: bfloat16 [heads, width]; keys, values: `stride` bytes
    from head to head. cos, sin: [width], sin with rotate-half's sign.
    """
    build = emit.build
    x, norms, cos, sin, queries, keys, values = (emit.pointer() for _ in range(7))
    stride, heads, asking, answering, width = (emit.word() for _ in range(5))
    eps = emit.number()
    half = emit.div(width, 2)
    turned = emit.add(asking, answering)
    first, last = emit.share(heads)
    with emit.loop(first, last) as head:
        begin = emit.mul(head, width)
        source, weight = (emit.at(base, emit.mul(begin, 4)) for base in (x, norms))
        asks = build.icmp_signed("<", head, asking)
        rotates = build.icmp_signed("<", head, turned)
        behind = build.select(rotates, build.sub(head, asking), build.sub(head, turned))
        kept = emit.at(build.select(rotates, keys, values), emit.mul(behind, stride))
        target = build.select(asks, emit.at(queries, emit.mul(begin, 2)), kept)

        def square(index: Value, source: Value = source) -> list[Value]:
            value = load_floats(emit, "f32", source, index)
            return [emit.fmul(value, value)]

        (squares,) = _sums(emit, width, square, 1)
        scale = _scale(emit, squares, eps)

        def unit(index: Value, source: Value = source, weight: Value = weight) -> Value:
            value = emit.fmul(load_floats(emit, "f32", source, index), scale)  # noqa: B023
            return emit.fmul(value, load_floats(emit, "f32", weight, index))

        with emit.loop(0, half, emit.lanes) as index:
            other = emit.add(index, half)
            pair = [unit(index), unit(other)]
            for place, near, far in ((index, *pair), (other, *reversed(pair))):
                along = emit.fmul(near, load_floats(emit, "f32", cos, place))
                bent = emit.fma(far, load_floats(emit, "f32", sin, place), along)
                result = build.select(rotates, bent, near)
                emit.store(narrowed(emit, result), target, emit.mul(place, 2))


def _residual(emit: Emitter) -> None:
    """predicted, attended, its factor, normed, laurel, its factor, residual, next factor, out,
    coded, width, eps.

    residual = (predicted + norm(attended) + normed + norm(laurel)) / sqrt 2; out = norm(residual).
    """
    predicted, attended, attended_factor, normed, laurel, laurel_factor = (
        emit.pointer() for _ in range(6)
    )
    residual, factor, out, coded = (emit.pointer() for _ in range(4))
    width, eps = emit.word(), emit.number()
    with _first_thread(emit):

        def squares(index: Value) -> list[Value]:
            values = (load_floats(emit, "f32", base, index) for base in (attended, laurel))
            return [emit.fmul(value, value) for value in values]

        scales = [_scale(emit, total, eps) for total in _sums(emit, width, squares, 2)]
        total = emit.var(emit.floats_of(0.0))
        with emit.loop(0, width, emit.lanes) as index:
            result = emit.fadd(
                load_floats(emit, "f32", predicted, index), load_floats(emit, "f32", normed, index)
            )
            added = zip((attended, laurel), (attended_factor, laurel_factor), scales, strict=True)
            for base, weight, scale in added:
                value = emit.fmul(load_floats(emit, "f32", base, index), scale)
                result = emit.fma(value, load_floats(emit, "f32", weight, index), result)
            result = emit.fmul(result, emit.floats_of(math.sqrt(0.5)))
            emit.store(result, residual, emit.mul(index, 4))
            total.set(emit.fma(result, result, total.get()))
        _normed(emit, residual, factor, _scale(emit, emit.total(total.get()), eps), out, width)
        _encode(emit, out, coded, width)


def _limit(emit: Emitter, kind: str, gate: Value, width: Value, deviations: Value) -> Value:
    """mean + deviations std of `width` numbers, std divided by the width, in every lane."""
    count = emit.build.sitofp(width, F32)

    def plain(index: Value) -> list[Value]:
        return [load_floats(emit, kind, gate, index)]

    mean = emit.build.fdiv(_sums(emit, width, plain, 1)[0], count)
    middle = emit.splat(mean)

    def spread(index: Value) -> list[Value]:
        value = emit.fsub(load_floats(emit, kind, gate, index), middle)
        return [emit.fmul(value, value)]

    variance = emit.build.fdiv(_sums(emit, width, spread, 1)[0], count)
    return emit.splat(emit.fma(deviations, emit.unary("sqrt", variance), mean))


def _gated_rows(emit: Emitter, *, cut: bool) -> None:
    """gate, up, rows, width, deviations: as `_gated`, of bfloat16 [rows, width]; into gate."""
    gates, ups = emit.pointer(), emit.pointer()
    rows, width, deviations = emit.word(), emit.word(), emit.number()
    first, last = emit.share(rows)
    with emit.loop(first, last) as row:
        offset = emit.mul(emit.mul(row, width), 2)
        gate, up = emit.at(gates, offset), emit.at(ups, offset)
        limit = _limit(emit, "bf16", gate, width, deviations) if cut else None
        with emit.loop(0, width, emit.lanes) as index:
            value = load_floats(emit, "bf16", gate, index)
            if limit is not None:
                value = emit.larger(emit.fsub(value, limit), emit.floats_of(0.0))
            value = emit.fmul(emit.gelu(value), load_floats(emit, "bf16", up, index))
            emit.store(narrowed(emit, value), gate, emit.mul(index, 2))


def _gated(emit: Emitter, *, cut: bool) -> None:
    """gate, up, inner, coded, width, deviations: gelu(gate) up, as floats and coded.

    cut: gate becomes relu(gate - (mean + deviations std)) first, std divided by the width.
    """
    gate, up, inner, coded = (emit.pointer() for _ in range(4))
    width, deviations = emit.word(), emit.number()
    limit = emit.floats_of(0.0)
    if cut:  # every thread finds the same: that is faster than waiting for one
        limit = _limit(emit, "f32", gate, width, deviations)
    first, last = emit.share(emit.div(width, SHARED))
    with emit.loop(first, last) as part:
        values = []
        for lane in range(0, SHARED, emit.lanes):
            index = emit.add(emit.mul(part, SHARED), lane)
            value = load_floats(emit, "f32", gate, index)
            if cut:
                value = emit.larger(emit.fsub(value, limit), emit.floats_of(0.0))
            value = emit.fmul(emit.gelu(value), load_floats(emit, "f32", up, index))
            emit.store(value, inner, emit.mul(index, 4))
            values.append(value)
        encode_shared(emit, values, emit.at(coded, emit.mul(part, CODED_BYTES)))


def _correct(emit: Emitter) -> None:
    """residual, parts, factor, predictions, router, coefs, streams, scale, activated, scaled,
    width, how many parts, norm eps, router eps.

    activated = residual + norm(sum of parts); streams = predictions + factors x (activated -
    prediction of the active one); scaled = the active stream x scale, as floats.
    """
    residual, parts, factor, predictions, router, coefs, streams, weight, activated, scaled = (
        emit.pointer() for _ in range(10)
    )
    width, count = emit.word(), emit.word()
    norm_eps, router_eps = emit.number(), emit.number()
    row_bytes = emit.mul(width, 4)

    def rows(base: Value) -> list[Value]:
        return [emit.at(base, emit.mul(row_bytes, row)) for row in range(STREAMS)]

    with _first_thread(emit):
        with emit.loop(1, count) as part, emit.loop(0, width, emit.lanes) as index:
            more = emit.at(parts, emit.mul(part, row_bytes))
            total = emit.fadd(
                load_floats(emit, "f32", parts, index), load_floats(emit, "f32", more, index)
            )
            emit.store(total, parts, emit.mul(index, 4))

        def square(index: Value) -> list[Value]:
            value = load_floats(emit, "f32", parts, index)
            return [emit.fmul(value, value)]

        scale = _scale(emit, _sums(emit, width, square, 1)[0], norm_eps)

        def terms(index: Value) -> list[Value]:
            value = emit.fmul(load_floats(emit, "f32", parts, index), scale)
            old = load_floats(emit, "f32", residual, index)
            value = emit.fma(value, load_floats(emit, "f32", factor, index), old)
            emit.store(value, activated, emit.mul(index, 4))
            along = [emit.fmul(value, load_floats(emit, "f32", row, index)) for row in rows(router)]
            return [emit.fmul(value, value), *along]

        squares, *dots = _sums(emit, width, terms, 1 + STREAMS)
        routed = _routed(emit, dots, squares, router_eps)
        factors = [_mixed(emit, coefs, row, routed, 1.0) for row in range(STREAMS)]
        with emit.loop(0, width, emit.lanes) as index:
            offset = emit.mul(index, 4)
            olds = [load_floats(emit, "f32", row, index) for row in rows(predictions)]
            innovation = emit.fsub(load_floats(emit, "f32", activated, index), olds[0])
            for number, (old, row) in enumerate(zip(olds, rows(streams), strict=True)):
                new = emit.fma(factors[number], innovation, old)
                emit.store(new, row, offset)
                if number == 0:
                    emit.store(
                        emit.fmul(new, load_floats(emit, "f32", weight, index)), scaled, offset
                    )


def _side_input(emit: Emitter) -> None:
    """gate, input, out, width: gelu(gate) x input; input bfloat16, the others floats."""
    gate, given, out = (emit.pointer() for _ in range(3))
    width = emit.word()
    with _first_thread(emit), emit.loop(0, width, emit.lanes) as index:
        value = emit.gelu(load_floats(emit, "f32", gate, index))
        value = emit.fmul(value, load_floats(emit, "bf16", given, index))
        emit.store(value, out, emit.mul(index, 4))


def _side(emit: Emitter) -> None:
    """side, factor, streams, width, eps: norm(side) added to all streams but the active one."""
    side, factor, streams = (emit.pointer() for _ in range(3))
    width, eps = emit.word(), emit.number()
    row_bytes = emit.mul(width, 4)
    with _first_thread(emit):

        def square(index: Value) -> list[Value]:
            value = load_floats(emit, "f32", side, index)
            return [emit.fmul(value, value)]

        scale = _scale(emit, _sums(emit, width, square, 1)[0], eps)
        with emit.loop(0, width, emit.lanes) as index:
            value = emit.fmul(load_floats(emit, "f32", side, index), scale)
            value = emit.fmul(value, load_floats(emit, "f32", factor, index))
            for row in range(1, STREAMS):
                target = emit.at(streams, emit.mul(row_bytes, row))
                new = emit.fadd(load_floats(emit, "f32", target, index), value)
                emit.store(new, target, emit.mul(index, 4))
