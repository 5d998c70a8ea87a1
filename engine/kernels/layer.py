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


def sums_of(
    emit: Emitter, width: Value, terms: Callable[[Value], Sequence[Value]], count: int
) -> list[Value]:
    """Totals over `width` numbers of `count` terms; terms: vectors from an index on."""
    sums = [emit.var(emit.floats_of(0.0)) for _ in range(count)]
    with emit.loop(0, width, emit.lanes) as index:
        for total, term in zip(sums, terms(index), strict=True):
            total.set(emit.fadd(total.get(), term))
    return [emit.total(total.get()) for total in sums]


def scale_of(emit: Emitter, squares: Value, eps: Value) -> Value:
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
    scale = scale_of(emit, squares, eps)
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
    with _first_thread(emit):
        squares = predicted(emit, streams, router, coefs, predictions, width, router_eps)
        _normed(emit, predictions, factor, scale_of(emit, squares, norm_eps), normed, width)
        _encode(emit, normed, coded, width)


def stream_rows(emit: Emitter, base: Value, width: Value) -> list[Value]:
    """Addresses of STREAMS rows of floats."""
    return [emit.at(base, emit.mul(width, 4 * row)) for row in range(STREAMS)]


def predicted(
    emit: Emitter,
    streams: Value,
    router: Value,
    coefs: Value,
    predictions: Value,
    width: Value,
    eps: Value,
) -> Value:
    """Write the predictions of a position's streams, over them or not; sum of the active's squares.

    eps: of the router's norm.
    """
    routers = stream_rows(emit, router, width)

    def terms(index: Value) -> list[Value]:
        x = load_floats(emit, "f32", streams, index)
        along = [emit.fmul(x, load_floats(emit, "f32", row, index)) for row in routers]
        return [emit.fmul(x, x), *along]

    squares, *dots = sums_of(emit, width, terms, 1 + STREAMS)
    routed = _routed(emit, dots, squares, eps)
    mixing = [
        [
            _mixed(emit, coefs, to * STREAMS + source, routed, float(to == source))
            for source in range(STREAMS)
        ]
        for to in range(STREAMS)
    ]
    total = emit.var(emit.floats_of(0.0))
    sources = stream_rows(emit, streams, width)
    targets = stream_rows(emit, predictions, width)
    with emit.loop(0, width, emit.lanes) as index:
        old = [load_floats(emit, "f32", row, index) for row in sources]
        for to, row in enumerate(targets):
            new = emit.fmul(mixing[to][0], old[0])
            for source in range(1, STREAMS):
                new = emit.fma(mixing[to][source], old[source], new)
            emit.store(new, row, emit.mul(index, 4))
            if to == 0:
                total.set(emit.fma(new, new, total.get()))
    return emit.total(total.get())


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

        (squares,) = sums_of(emit, width, square, 1)
        scale = scale_of(emit, squares, eps)

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
        added = ((attended, attended_factor), (laurel, laurel_factor))
        squares = summed(emit, "f32", predicted, normed, added, residual, width, eps)
        _normed(emit, residual, factor, scale_of(emit, squares, eps), out, width)
        _encode(emit, out, coded, width)


def summed(
    emit: Emitter,
    kind: str,
    predicted: Value,
    normed: Value,
    added: Sequence[tuple[Value, Value]],
    residual: Value,
    width: Value,
    eps: Value,
) -> Value:
    """Write (predicted + normed + norms of what is added) / sqrt 2; the sum of its squares.

    added: numbers of a type and their norm's factor.
    """

    def squares(index: Value) -> list[Value]:
        values = [load_floats(emit, kind, base, index) for base, _ in added]
        return [emit.fmul(value, value) for value in values]

    scales = [scale_of(emit, total, eps) for total in sums_of(emit, width, squares, len(added))]
    total = emit.var(emit.floats_of(0.0))
    with emit.loop(0, width, emit.lanes) as index:
        first, second = (load_floats(emit, "f32", base, index) for base in (predicted, normed))
        result = emit.fadd(first, second)
        for (base, weight), scale in zip(added, scales, strict=True):
            value = emit.fmul(load_floats(emit, kind, base, index), scale)
            result = emit.fma(value, load_floats(emit, "f32", weight, index), result)
        result = emit.fmul(result, emit.floats_of(math.sqrt(0.5)))
        emit.store(result, residual, emit.mul(index, 4))
        total.set(emit.fma(result, result, total.get()))
    return emit.total(total.get())


def limit_of(emit: Emitter, kind: str, gate: Value, width: Value, deviations: Value) -> Value:
    """mean + deviations std of `width` numbers, std divided by the width, in every lane."""
    count = emit.build.sitofp(width, F32)

    def plain(index: Value) -> list[Value]:
        return [load_floats(emit, kind, gate, index)]

    mean = emit.build.fdiv(sums_of(emit, width, plain, 1)[0], count)
    middle = emit.splat(mean)

    def spread(index: Value) -> list[Value]:
        value = emit.fsub(load_floats(emit, kind, gate, index), middle)
        return [emit.fmul(value, value)]

    variance = emit.build.fdiv(sums_of(emit, width, spread, 1)[0], count)
    return emit.splat(emit.fma(deviations, emit.unary("sqrt", variance), mean))


def _gated(emit: Emitter, *, cut: bool) -> None:
    """gate, up, inner, coded, width, deviations: gelu(gate) up, as floats and coded.

    cut: gate becomes relu(gate - (mean + deviations std)) first, std divided by the width.
    """
    gate, up, inner, coded = (emit.pointer() for _ in range(4))
    width, deviations = emit.word(), emit.number()
    limit = emit.floats_of(0.0)
    if cut:  # every thread finds the same: that is faster than waiting for one
        limit = limit_of(emit, "f32", gate, width, deviations)
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
    with _first_thread(emit):
        with emit.loop(1, count) as part, emit.loop(0, width, emit.lanes) as index:
            more = emit.at(parts, emit.mul(emit.mul(part, width), 4))
            total = emit.fadd(
                load_floats(emit, "f32", parts, index), load_floats(emit, "f32", more, index)
            )
            emit.store(total, parts, emit.mul(index, 4))
        activates(emit, "f32", residual, parts, factor, activated, width, norm_eps)
        factors = correction(emit, activated, router, coefs, width, router_eps)

        def write(index: Value, value: Value) -> None:
            emit.store(value, scaled, emit.mul(index, 4))

        corrects(emit, activated, predictions, streams, weight, factors, width, write)


def activates(
    emit: Emitter,
    kind: str,
    residual: Value,
    x: Value,
    factor: Value,
    activated: Value,
    width: Value,
    eps: Value,
) -> None:
    """Write residual + norm(x). kind: x's type."""

    def square(index: Value) -> list[Value]:
        value = load_floats(emit, kind, x, index)
        return [emit.fmul(value, value)]

    scale = scale_of(emit, sums_of(emit, width, square, 1)[0], eps)
    with emit.loop(0, width, emit.lanes) as index:
        value = emit.fmul(load_floats(emit, kind, x, index), scale)
        old = load_floats(emit, "f32", residual, index)
        value = emit.fma(value, load_floats(emit, "f32", factor, index), old)
        emit.store(value, activated, emit.mul(index, 4))


def correction(
    emit: Emitter, activated: Value, router: Value, coefs: Value, width: Value, eps: Value
) -> list[Value]:
    """How much of a layer's change each stream takes, in every lane. eps: of the router's norm."""
    routers = stream_rows(emit, router, width)

    def terms(index: Value) -> list[Value]:
        value = load_floats(emit, "f32", activated, index)
        along = [emit.fmul(value, load_floats(emit, "f32", row, index)) for row in routers]
        return [emit.fmul(value, value), *along]

    squares, *dots = sums_of(emit, width, terms, 1 + STREAMS)
    routed = _routed(emit, dots, squares, eps)
    return [_mixed(emit, coefs, row, routed, 1.0) for row in range(STREAMS)]


def corrects(
    emit: Emitter,
    activated: Value,
    predictions: Value,
    streams: Value,
    weight: Value,
    factors: list[Value],
    width: Value,
    write: Callable[[Value, Value], None],
) -> None:
    """Write predictions + factors x (activated - the active's), over them or not.

    write: is given each index and the active stream times `weight` there.
    """
    sources = stream_rows(emit, predictions, width)
    targets = stream_rows(emit, streams, width)
    with emit.loop(0, width, emit.lanes) as index:
        olds = [load_floats(emit, "f32", row, index) for row in sources]
        innovation = emit.fsub(load_floats(emit, "f32", activated, index), olds[0])
        for number, (old, row) in enumerate(zip(olds, targets, strict=True)):
            new = emit.fma(factors[number], innovation, old)
            emit.store(new, row, emit.mul(index, 4))
            if number == 0:
                write(index, emit.fmul(new, load_floats(emit, "f32", weight, index)))


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
    with _first_thread(emit):
        adds_side(emit, "f32", side, factor, streams, width, eps)


def adds_side(
    emit: Emitter, kind: str, side: Value, factor: Value, streams: Value, width: Value, eps: Value
) -> None:
    """Add norm(side) to all of a position's streams but the active one. kind: side's type."""

    def square(index: Value) -> list[Value]:
        value = load_floats(emit, kind, side, index)
        return [emit.fmul(value, value)]

    scale = scale_of(emit, sums_of(emit, width, square, 1)[0], eps)
    targets = stream_rows(emit, streams, width)[1:]
    with emit.loop(0, width, emit.lanes) as index:
        value = emit.fmul(load_floats(emit, kind, side, index), scale)
        value = emit.fmul(value, load_floats(emit, "f32", factor, index))
        for target in targets:
            new = emit.fadd(load_floats(emit, "f32", target, index), value)
            emit.store(new, target, emit.mul(index, 4))
