"""Writing LLVM's intermediate language: loops, vectors of numbers, and the few formulas needed.

Only the process that compiles imports this: LLVM alone takes 46 MB of memory.
"""

import struct
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TypeAlias

import llvmlite.ir as ir

I8, I16, I32, I64 = (ir.IntType(bits) for bits in (8, 16, 32, 64))
F32 = ir.FloatType()
PTR = ir.PointerType()
VOID = ir.VoidType()

Value: TypeAlias = ir.Value

_LOG2E = 1.4426950408889634
# 2^f on [-1/2, 1/2] as the Taylor series of exp(f ln 2): the term left out is below 2e-8.
_EXP2 = (1.0, 0.6931471805599453, 0.2402265069591007, 0.05550410866482158, 0.009618129107628477,
         0.0013333558146428443, 0.00015403530393381608)  # fmt: skip


class Variable:
    """A number that changes in a loop; becomes a register."""

    def __init__(self, emit: "Emitter", start: Value) -> None:
        self._emit = emit
        with emit.build.goto_entry_block():
            self._slot = emit.build.alloca(start.type)
        self.set(start)

    def get(self) -> Value:
        """What it is now."""
        return self._emit.build.load(self._slot, typ=self._slot.allocated_type)

    def set(self, value: Value) -> None:
        """Change it."""
        self._emit.build.store(value, self._slot)


class Emitter:
    """Writes one function: void name(i64 thread, i64 threads, ptr arguments).

    arguments: 64-bit words. lanes: 32-bit numbers in a vector.
    """

    def __init__(self, module: ir.Module, name: str, lanes: int) -> None:
        self.module = module
        self.lanes = lanes
        self.function = ir.Function(module, ir.FunctionType(VOID, (I64, I64, PTR)), name)
        self.build = ir.IRBuilder(self.function.append_basic_block())
        self.thread, self.threads, self._arguments = self.function.args
        self._taken = 0
        self.floats = ir.VectorType(F32, lanes)
        self.ints = ir.VectorType(I32, lanes)

    def close(self) -> None:
        """End the function."""
        self.build.ret_void()

    # Arguments, constants and addresses.

    def word(self) -> Value:
        """The next argument, i64."""
        self._taken += 1
        place = self.at(self._arguments, self.const(8 * (self._taken - 1)))
        return self.build.load(place, typ=I64)

    def pointer(self) -> Value:
        """The next argument, an address."""
        return self.build.inttoptr(self.word(), PTR)

    def number(self) -> Value:
        """The next argument, a float in the word's low half."""
        return self.build.bitcast(self.build.trunc(self.word(), I32), F32)

    def const(self, value: int) -> Value:
        """A 64-bit constant."""
        return ir.Constant(I64, value)

    def at(self, base: Value, offset: Value) -> Value:
        """base + offset bytes."""
        return self.build.gep(base, [offset], source_etype=I8)

    def add(self, a: Value, b: Value | int) -> Value:
        """Of 64-bit integers."""
        return self.build.add(a, self.const(b) if isinstance(b, int) else b)

    def mul(self, a: Value, b: Value | int) -> Value:
        """Of 64-bit integers."""
        return self.build.mul(a, self.const(b) if isinstance(b, int) else b)

    def div(self, a: Value, b: Value | int) -> Value:
        """Of numbers that are not negative."""
        return self.build.udiv(a, self.const(b) if isinstance(b, int) else b)

    def minimum(self, a: Value, b: Value) -> Value:
        """The smaller of two 64-bit integers."""
        return self.build.select(self.build.icmp_signed("<", a, b), a, b)

    # Control.

    def var(self, start: Value) -> Variable:
        """A number that changes, from `start` on."""
        return Variable(self, start)

    @contextmanager
    def loop(self, start: Value | int, stop: Value, step: Value | int = 1) -> Iterator[Value]:
        """For each index from start below stop."""
        build = self.build
        begin = self.const(start) if isinstance(start, int) else start
        index = self.var(begin)
        head, body, end = (self.function.append_basic_block() for _ in range(3))
        build.branch(head)
        build.position_at_end(head)
        current = index.get()
        build.cbranch(build.icmp_signed("<", current, stop), body, end)
        build.position_at_end(body)
        yield current
        index.set(self.add(current, step))
        build.branch(head)
        build.position_at_end(end)

    def share(self, count: Value) -> tuple[Value, Value]:
        """The part of `count` pieces that is this thread's: first, and one behind its last."""
        first = self.div(self.mul(count, self.thread), self.threads)
        last = self.div(self.mul(count, self.add(self.thread, 1)), self.threads)
        return first, last

    # Vectors. All loads and stores may be unaligned.

    def load(self, kind: ir.Type, base: Value, offset: Value | int = 0, align: int = 1) -> Value:
        """What lies `offset` bytes behind base."""
        where = self.const(offset) if isinstance(offset, int) else offset
        loaded = self.build.load(self.at(base, where), typ=kind)
        loaded.align = align
        return loaded

    def store(self, value: Value, base: Value, offset: Value | int = 0) -> None:
        """Write `offset` bytes behind base."""
        where = self.const(offset) if isinstance(offset, int) else offset
        stored = self.build.store(value, self.at(base, where))
        stored.align = 1

    def splat(self, value: Value, lanes: int = 0) -> Value:
        """A vector of the same number."""
        kind = ir.VectorType(value.type, lanes or self.lanes)
        one = self.build.insert_element(ir.Constant(kind, ir.Undefined), value, I32(0))
        mask = ir.Constant(ir.VectorType(I32, kind.count), [0] * kind.count)
        return self.build.shuffle_vector(one, ir.Constant(kind, ir.Undefined), mask)

    def ints_of(self, value: int) -> Value:
        """A vector of a constant's 32 bits."""
        signed = struct.unpack("<i", struct.pack("<I", value & 0xFFFFFFFF))[0]
        return ir.Constant(self.ints, [signed] * self.lanes)

    def floats_of(self, value: float) -> Value:
        """A vector of a constant."""
        return ir.Constant(self.floats, [value] * self.lanes)

    def intrinsic(
        self, name: str, result: ir.Type, values: Sequence[Value], flags: tuple[str, ...] = ()
    ) -> Value:
        """A call of one of LLVM's own functions, by its full name."""
        kinds = tuple(value.type for value in values)
        known = self.module.globals.get(name)
        if known is None:
            known = ir.Function(self.module, ir.FunctionType(result, kinds), name)
        return self.build.call(known, values, fastmath=flags)

    def prefetch(self, where: Value) -> None:
        """Have memory brought near that will be read; any address will do."""
        how = (I32(0), I32(3), I32(1))  # to read, keep, data
        self.intrinsic("llvm.prefetch.p0", VOID, (where, *how))

    def fma(self, a: Value, b: Value, c: Value) -> Value:
        """a * b + c."""
        name = "llvm.fma.f32" if a.type == F32 else f"llvm.fma.v{a.type.count}f32"
        return self.intrinsic(name, a.type, (a, b, c))

    def fadd(self, a: Value, b: Value) -> Value:
        """a + b."""
        return self.build.fadd(a, b)

    def fsub(self, a: Value, b: Value) -> Value:
        """a - b."""
        return self.build.fsub(a, b)

    def fmul(self, a: Value, b: Value) -> Value:
        """a * b."""
        return self.build.fmul(a, b)

    def fdiv(self, a: Value, b: Value) -> Value:
        """a / b."""
        return self.build.fdiv(a, b)

    def unary(self, name: str, a: Value) -> Value:
        """sqrt, fabs, rint, floor of a number or a vector."""
        suffix = "f32" if a.type == F32 else f"v{a.type.count}f32"
        return self.intrinsic(f"llvm.{name}.{suffix}", a.type, (a,))

    def larger(self, a: Value, b: Value) -> Value:
        """The larger of each pair of floats."""
        return self.build.select(self.build.fcmp_ordered(">", a, b), a, b)

    def total(self, a: Value) -> Value:
        """The sum of a vector's floats, in any order."""
        suffix = f"v{a.type.count}f32"
        start = ir.Constant(F32, -0.0)
        return self.intrinsic(f"llvm.vector.reduce.fadd.{suffix}", F32, (start, a), ("reassoc",))

    def greatest(self, a: Value) -> Value:
        """The largest of a vector's floats."""
        return self.intrinsic(f"llvm.vector.reduce.fmax.v{a.type.count}f32", F32, (a,))

    def to_float(self, ints: Value) -> Value:
        """Signed integers as floats."""
        return self.build.sitofp(ints, ir.VectorType(F32, ints.type.count))

    def from_bf16(self, base: Value, offset: Value | int = 0) -> Value:
        """Floats of bfloat16 numbers in memory, one for each lane."""
        half = self.load(ir.VectorType(I16, self.lanes), base, offset)
        wide = self.build.shl(self.build.zext(half, self.ints), self.ints_of(16))
        return self.build.bitcast(wide, self.floats)

    def halves(self, pairs: Value) -> list[Value]:
        """Two vectors of floats: of the bfloat16 in each lane's low half, and in its high one."""
        low = self.build.shl(pairs, self.ints_of(16))
        high = self.build.and_(pairs, self.ints_of(0xFFFF0000))
        return [self.build.bitcast(each, self.floats) for each in (low, high)]

    def alternate(self, first: Value, second: Value) -> list[Value]:
        """Every other number of two neighbouring vectors: those at even places, then the odd."""
        places = (range(start, 2 * self.lanes, 2) for start in (0, 1))
        masks = (ir.Constant(self.ints, list(each)) for each in places)
        return [self.build.shuffle_vector(first, second, mask) for mask in masks]

    def bf16_bits(self, a: Value) -> Value:
        """The nearest bfloat16 in each lane's high half, halves rounded up; the low is dust."""
        return self.build.add(self.build.bitcast(a, self.ints), self.ints_of(0x8000))

    def exp(self, a: Value) -> Value:
        """e^a to 1e-6 of itself, for a in -87..88; outside as at the ends."""
        low, high = self.floats_of(-87.0), self.floats_of(88.0)
        clamped = self.larger(a, low)
        clamped = self.build.select(self.build.fcmp_ordered("<", clamped, high), clamped, high)
        scaled = self.fmul(clamped, self.floats_of(_LOG2E))
        whole = self.unary("rint", scaled)
        rest = self.fsub(scaled, whole)
        power = self.floats_of(_EXP2[-1])
        for factor in reversed(_EXP2[:-1]):
            power = self.fma(power, rest, self.floats_of(factor))
        exponent = self.build.shl(self.build.fptosi(whole, self.ints), self.ints_of(23))
        bits = self.build.add(self.build.bitcast(power, self.ints), exponent)
        return self.build.bitcast(bits, self.floats)

    def tanh(self, a: Value) -> Value:
        """To 2e-7 of 1."""
        # 1 - 2 / (e^2a + 1)
        grown = self.fadd(self.exp(self.fadd(a, a)), self.floats_of(1.0))
        return self.fsub(self.floats_of(1.0), self.fdiv(self.floats_of(2.0), grown))

    def gelu(self, a: Value) -> Value:
        """The approximation by tanh: a / 2 (1 + tanh(sqrt(2 / pi) (a + 0.044715 a^3)))."""
        cube = self.fmul(self.fmul(a, a), a)
        inner = self.fma(cube, self.floats_of(0.044715), a)
        bent = self.tanh(self.fmul(inner, self.floats_of(0.7978845608028654)))
        half = self.fmul(a, self.floats_of(0.5))
        return self.fma(half, bent, half)
