import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Secret } from "@hawser/core";
import { listenerContext, pluginContext, runResult } from "@hawser/testkit";
import { describe, expect, it, onTestFinished } from "vitest";
import { createListener } from "../src/command-listener.ts";
import type { CommandListenerOptions } from "../src/options.ts";
import { openTrial } from "./trial.ts";

const context = () => listenerContext({ moments: ["failed", "putBack"] });
const failed = runResult({
  ok: false,
  exitCode: 1,
  outcome: "putBack",
  error: { code: "HWS_CHECK_FAILED", message: "status 500\nLD_PRELOAD=x", hint: "see the logs" },
});

const opened = async (options: CommandListenerOptions = {}) => {
  const trial = await openTrial(options);
  onTestFinished(() => trial[Symbol.asyncDispose]());
  return trial;
};

describe("the command of a listener", () => {
  it("gets the event as one line of JSON, and what it says is told to nobody", async () => {
    const { listener, told } = await opened();
    await listener.on(failed, context());
    expect(told().map((line) => JSON.parse(line))).toMatchObject([
      { moments: ["failed", "putBack"], subject: { application: "shop" }, event: { type: "result" } },
    ]);
  });

  it("finds the facts in its environment, each in one line, and nothing of what is not known", async () => {
    const { listener, directory } = await opened();
    const { subject } = context();
    await listener.on(failed, { ...context(), subject: { ...subject, revision: null } });
    expect(readFileSync(join(directory, "env"), "utf8").trimEnd().split("\n")).toEqual([
      "HAWSER_APPLICATION=shop",
      "HAWSER_CI=https://ci.example.org/job/7",
      "HAWSER_ENVIRONMENT=production",
      "HAWSER_ERROR_CODE=HWS_CHECK_FAILED",
      "HAWSER_ERROR_HINT=see the logs",
      "HAWSER_ERROR_MESSAGE=status 500 LD_PRELOAD=x",
      "HAWSER_EVENT=result",
      "HAWSER_EXIT_CODE=1",
      "HAWSER_FROM=000003",
      "HAWSER_HOST=ci1",
      "HAWSER_MOMENTS=failed putBack",
      "HAWSER_OUTCOME=putBack",
      "HAWSER_RELEASE=000004",
      "HAWSER_RUN=000007",
      "HAWSER_USER=deploy",
      "HAWSER_VERB=deploy",
    ]);
  });

  it("is handed its secrets, and nothing of the deployer's environment", async () => {
    process.env.HAWSER_TEST_DOOR = "open";
    onTestFinished(() => void delete process.env.HAWSER_TEST_DOOR);
    const { listener, directory } = await opened({
      run: 'printf "%s %s %s" "$CHAT_TOKEN" "$ROOM" "$HAWSER_TEST_DOOR" >seen',
      env: { ROOM: "ops" },
      secrets: { CHAT_TOKEN: new Secret("abcdef") },
    });
    await listener.on(failed, context());
    expect(readFileSync(join(directory, "seen"), "utf8")).toBe("abcdef ops ");
  });

  it("need not read what it is given", async () => {
    const { listener } = await opened({ run: "exec true <&-" });
    const message = "x".repeat(1_000_000);
    await listener.on(runResult({ ...failed, error: { code: "HWS_X", message } }), context());
  });

  it("that fails is told of with its last words", async () => {
    const { listener, how } = await opened();
    await how("fail");
    await expect(listener.on(failed, context())).rejects.toMatchObject({
      code: "HWS_LISTENER_EXIT",
      message: "./notify.sh ended with exit code 3: no line to the chat",
    });
  });

  it("that hangs is killed at its limit", async () => {
    const { listener, how } = await opened({ timeoutMs: 200 });
    await how("hang");
    await expect(listener.on(failed, context())).rejects.toMatchObject({ code: "HWS_LISTENER_LATE" });
  });

  it("that is not there is told of", async () => {
    const { listener } = await opened({ argv: ["./missing.sh"] });
    await expect(listener.on(failed, context())).rejects.toThrow(/missing\.sh/);
  });

  it("is given once", () => {
    const twice = { argv: ["true"], run: "true" };
    expect(() => createListener(twice, pluginContext())).toThrow(/twice/);
  });
});
