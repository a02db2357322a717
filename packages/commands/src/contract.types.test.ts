import { expectTypeOf, test } from "vitest";
import type { Client } from "./client.ts";
import type { InputOf } from "./contract.ts";
import type { Handlers } from "./handlers.ts";
import type { OperationHandle } from "./operations.ts";
import type { bakeryContract, Loaf } from "./testing/bakery.ts";

type Bakery = typeof bakeryContract;

declare const client: Client<Bakery>;

test("a client's calls have the types of the contract", () => {
  const list = () => client.query("bread.list", {});
  expectTypeOf(list).returns.resolves.toEqualTypeOf<{ loaves: Loaf[] }>();
  const bake = () => client.operate("bread.bake", { kind: "rye" });
  expectTypeOf(bake).returns.toEqualTypeOf<OperationHandle<{ job: string; degrees: number }, Loaf>>();
});

test("what has a default may be left out by the caller, and is there for the handler", () => {
  const calls = () => [client.query("bread.list", {}), client.query("bread.list", { limit: 1 })];
  expectTypeOf(calls).toBeFunction();
  expectTypeOf<InputOf<Bakery["methods"]["bread.list"]>>().toEqualTypeOf<{ limit?: number | undefined }>();
  expectTypeOf<Parameters<Handlers<Bakery>["bread.list"]>[0]>().toEqualTypeOf<{ limit: number }>();
});

test("a call that the contract does not have does not compile", () => {
  const wrong = () => [
    // @ts-expect-error: no such method
    client.query("bread.burn", {}),
    // @ts-expect-error: a query is not a command
    client.command("bread.list", {}),
    // @ts-expect-error: the input has another shape
    client.operate("bread.bake", { kind: 7 }),
  ];
  expectTypeOf(wrong).toBeFunction();
});

test("a handler answers with what its method promises", () => {
  type List = Handlers<Bakery>["bread.list"];
  expectTypeOf<ReturnType<List>>().toEqualTypeOf<{ loaves: Loaf[] } | Promise<{ loaves: Loaf[] }>>();
  expectTypeOf<Parameters<Handlers<Bakery>["bread.bake"]>[0]>().toEqualTypeOf<{ kind: string }>();
});
