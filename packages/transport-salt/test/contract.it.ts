import { describeTransport, type Salt, startSalt } from "@hawser/testkit";
import { afterAll, beforeAll } from "vitest";
import { saltSubject } from "./salt-subject.ts";

let salt: Salt;
beforeAll(async () => {
  salt = await startSalt({ tls: true });
});
afterAll(() => salt[Symbol.asyncDispose]());

describeTransport(
  "transport-salt",
  saltSubject(() => salt),
);
