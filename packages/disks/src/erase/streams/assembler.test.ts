import { expect, test } from "vitest";
import { assemble, doWhile, i32, i32x4, i64, i8x16, Locals, v128, type Code } from "./assembler.ts";

/** Runs code that has `into`, an address, as its parameter, and gives the four words that it has stored there. */
function stored(body: (into: ReturnType<Locals["parameter"]>, locals: Locals) => Code): number[] {
  const locals = new Locals();
  const into = locals.parameter("i32");
  const module = new WebAssembly.Module(assemble(locals, body(into, locals)));
  const memory = new WebAssembly.Memory({ initial: 1 });
  new Uint32Array(memory.buffer).set([0x03020100, 0x07060504]);
  const { exports } = new WebAssembly.Instance(module, { from: { memory } });
  (exports["run"] as (into: number) => void)(1024);
  return [...new Uint32Array(memory.buffer, 1024, 4)];
}

test.each([-2147483648, -65, -64, -1, 0, 1, 63, 64, 127, 128, 8191, 8192, 2147483647])(
  "the constant %d is encoded as what it is, in 32 bits and in 64",
  (value) => {
    expect(stored((into) => v128.store(0)(into, i32x4.splat(i32.const(value))))).toEqual(
      Array.from({ length: 4 }, () => value >>> 0),
    );
    const high = (v: Code) => i32.wrap(i64.shiftRight(v, i64.const(32)));
    expect(stored((into) => v128.store(0)(into, i32x4.splat(high(i64.const(value)))))[0]).toBe(
      value < 0 ? 0xffff_ffff : 0,
    );
  },
);

test("a loop carries out its body as long as the condition holds after it", () => {
  const words = stored((into, locals) => {
    const [left, sum] = [locals.declare("i32"), locals.declare("v128")];
    return [
      ...left.set(i32.const(300)),
      ...doWhile(
        [...sum.set(i32x4.add(sum, i32x4.splat(i32.const(2)))), ...left.set(i32.sub(left, i32.const(1)))],
        left,
      ),
      ...v128.store(0)(into, sum),
    ];
  });
  expect(words).toEqual([600, 600, 600, 600]);
});

test("words are loaded and bytes moved in the order in which they lie in memory", () => {
  const reversed = [3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12];
  const load = v128.load32Splat(4)(i32.const(0));
  expect(stored((into) => v128.store(0)(into, load))[0]).toBe(0x07060504);
  expect(stored((into) => v128.store(0)(into, i8x16.swizzle(load, v128.const(reversed))))[0]).toBe(
    0x04050607,
  );
  const bothEnds = i8x16.shuffle([0, 1, 2, 3, 28, 29, 30, 31, 0, 1, 2, 3, 28, 29, 30, 31]);
  expect(stored((into) => v128.store(0)(into, bothEnds(v128.load32Splat(0)(i32.const(0)), load)))).toEqual([
    0x03020100, 0x07060504, 0x03020100, 0x07060504,
  ]);
});

test("code that is wrong is refused when the module is compiled", () => {
  expect(() => stored((into) => i32.add(into, into))).toThrow(WebAssembly.CompileError);
});
