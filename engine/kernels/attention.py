"""Attention of one position: each thread takes some of the keys, then all shares are joined.

Heads that read the same keys go together, so that keys are read once.
"""

import llvmlite.ir as ir

from engine.kernels.ir import F32, Emitter, Value
from engine.kernels.machine import ATTENDED_VECTORS, CODED_BYTES, GROUPED, SHARED, Machine
from engine.kernels.matvec import encode_shared, load_floats

_LEAST = -3.0e38


def emit(module: ir.Module, machine: Machine) -> None:
    """Write all kernels of this file."""
    for grouped in GROUPED:
        emitter = Emitter(module, f"attend_{grouped}", machine.lanes)
        _attend(emitter, grouped)
        emitter.close()
    emitter = Emitter(module, "join_attended", machine.lanes)
    _join(emitter)
    emitter.close()


def _attend(emit: Emitter, grouped: int) -> None:
    """queries, keys, values, room, scores, key heads, stride, length, width.

    queries: bfloat16 [key heads x grouped, width]; keys, values: bfloat16 [key heads, length,
    width], `stride` bytes from head to head. room: for each thread and query head its sums [width],
    their weight and the largest score, in floats; scores: floats [threads, grouped, length].
    """
    queries, keys, values, room, scores = (emit.pointer() for _ in range(5))
    heads, stride, length, width = (emit.word() for _ in range(4))
    first, last = emit.share(length)
    row_bytes = emit.mul(width, 2)
    slot = emit.mul(emit.add(width, 2), 4)
    mine = emit.at(scores, emit.mul(emit.mul(emit.thread, length), 4 * grouped))
    mine_rows = [emit.at(mine, emit.mul(length, 4 * head)) for head in range(grouped)]
    with emit.loop(0, heads) as head:
        group = emit.mul(head, grouped)
        sources = [
            emit.at(queries, emit.mul(emit.add(group, each), row_bytes)) for each in range(grouped)
        ]
        offset = emit.mul(head, stride)
        peaks = [emit.var(ir.Constant(F32, _LEAST)) for _ in range(grouped)]
        with emit.loop(first, last) as index:
            key = emit.at(keys, emit.add(offset, emit.mul(index, row_bytes)))
            sums = [emit.var(emit.floats_of(0.0)) for _ in range(grouped)]
            with emit.loop(0, width, emit.lanes) as column:
                number = load_floats(emit, "bf16", key, column)
                for total, source in zip(sums, sources, strict=True):
                    query = load_floats(emit, "bf16", source, column)
                    total.set(emit.fma(query, number, total.get()))
            for total, peak, row in zip(sums, peaks, mine_rows, strict=True):
                score = emit.total(total.get())
                emit.store(score, row, emit.mul(index, 4))
                peak.set(emit.larger(peak.get(), score))
        outs = []
        for each in range(grouped):
            place = emit.add(emit.mul(emit.thread, emit.mul(heads, grouped)), emit.add(group, each))
            outs.append(emit.at(room, emit.mul(place, slot)))
        for row, peak, out in zip(mine_rows, peaks, outs, strict=True):
            weight = _exponentials(emit, row, first, last, peak.get())
            emit.store(weight, out, emit.mul(width, 4))
            emit.store(peak.get(), out, emit.add(emit.mul(width, 4), 4))
        with emit.loop(0, width, ATTENDED_VECTORS * emit.lanes) as column:
            totals = [
                [emit.var(emit.floats_of(0.0)) for _ in range(ATTENDED_VECTORS)]
                for _ in range(grouped)
            ]
            with emit.loop(first, last) as index:
                value = emit.at(values, emit.add(offset, emit.mul(index, row_bytes)))
                numbers = [
                    load_floats(emit, "bf16", value, emit.add(column, part * emit.lanes))
                    for part in range(ATTENDED_VECTORS)
                ]
                for row, parts in zip(mine_rows, totals, strict=True):
                    share = emit.splat(emit.load(F32, row, emit.mul(index, 4)))
                    for number, total in zip(numbers, parts, strict=True):
                        total.set(emit.fma(number, share, total.get()))
            for out, parts in zip(outs, totals, strict=True):
                for part, total in enumerate(parts):
                    place = emit.mul(emit.add(column, part * emit.lanes), 4)
                    emit.store(total.get(), out, place)


def _exponentials(emit: Emitter, row: Value, first: Value, last: Value, peak: Value) -> Value:
    """Scores become e^(score - peak), whole vectors first; their sum."""
    whole = emit.add(first, emit.mul(emit.div(emit.build.sub(last, first), emit.lanes), emit.lanes))
    highest = emit.splat(peak)
    total = emit.var(emit.floats_of(0.0))
    with emit.loop(first, whole, emit.lanes) as index:
        grown = emit.exp(emit.fsub(load_floats(emit, "f32", row, index), highest))
        emit.store(grown, row, emit.mul(index, 4))
        total.set(emit.fadd(total.get(), grown))
    rest = emit.var(emit.total(total.get()))
    with emit.loop(whole, last) as index:
        score = emit.splat(emit.load(F32, row, emit.mul(index, 4)))
        grown = emit.exp(emit.fsub(score, highest))
        one = emit.build.extract_element(grown, ir.Constant(ir.IntType(32), 0))
        emit.store(one, row, emit.mul(index, 4))
        rest.set(emit.fadd(rest.get(), one))
    return rest.get()


def _join(emit: Emitter) -> None:
    """room, out, coded, heads, width: the shares of all threads as floats [heads, width], coded."""
    room, out, coded = (emit.pointer() for _ in range(3))
    heads, width = emit.word(), emit.word()
    slot = emit.mul(emit.add(width, 2), 4)
    first, last = emit.share(heads)
    with emit.loop(first, last) as head:

        def share(thread: Value, head: Value = head) -> Value:
            return emit.at(room, emit.mul(emit.add(emit.mul(thread, heads), head), slot))

        weight_place = emit.mul(width, 4)
        peak_place = emit.add(weight_place, 4)
        peak = emit.var(ir.Constant(F32, _LEAST))
        with emit.loop(0, emit.threads) as thread:
            peak.set(emit.larger(peak.get(), emit.load(F32, share(thread), peak_place)))
        highest = peak.get()

        def factor(thread: Value) -> Value:
            theirs = emit.load(F32, share(thread), peak_place)  # noqa: B023
            return emit.exp(emit.splat(emit.fsub(theirs, highest)))  # noqa: B023

        total = emit.var(emit.floats_of(0.0))
        with emit.loop(0, emit.threads) as thread:
            weight = emit.splat(emit.load(F32, share(thread), weight_place))
            total.set(emit.fma(weight, factor(thread), total.get()))
        target = emit.at(out, emit.mul(emit.mul(head, width), 4))
        with emit.loop(0, emit.div(width, SHARED)) as part:
            begin = emit.mul(part, SHARED)
            sums = [emit.var(emit.floats_of(0.0)) for _ in range(SHARED // emit.lanes)]
            with emit.loop(0, emit.threads) as thread:
                scale = factor(thread)
                for index, one in enumerate(sums):
                    number = load_floats(
                        emit, "f32", share(thread), emit.add(begin, index * emit.lanes)
                    )
                    one.set(emit.fma(number, scale, one.get()))
            results = [emit.fdiv(one.get(), total.get()) for one in sums]
            for index, result in enumerate(results):
                emit.store(result, target, emit.mul(emit.add(begin, index * emit.lanes), 4))
            place = emit.add(emit.mul(head, emit.div(width, SHARED)), part)
            encode_shared(emit, results, emit.at(coded, emit.mul(place, CODED_BYTES)))
