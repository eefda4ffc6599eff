import { Secret } from "@hawser/core/plugin";
import { freePort, operationContext } from "@hawser/testkit";
import { expect, test, vi } from "vitest";
import { makeSource } from "./trial.ts";

// Alone in its file: the SDK warns at the first client of a process.
test("the SDK's warning about Node reaches nobody, and the environment stays as it was", async () => {
  const warned = vi.spyOn(process, "emitWarning");
  const before = { ...process.env };
  const endpoint = `http://127.0.0.1:${await freePort("127.0.0.1")}`;
  const source = await makeSource({
    bucket: "builds",
    key: "shop.tar",
    endpoint,
    accessKeyId: "a",
    secretAccessKey: new Secret("b"),
  });
  expect(await source.check?.(operationContext())).toMatchObject([{ code: "HWS_HTTP_UNREACHABLE" }]);
  expect(warned).not.toHaveBeenCalled();
  expect(process.env).toEqual(before);
});
