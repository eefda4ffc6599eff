import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { operationContext, pluginContext, probeProgram, startMinio, startSalt } from "@hawser/testkit";
import { expect, onTestFinished, test } from "vitest";
import { instanceOf, transportTo } from "./salt-subject.ts";

const place = (path: string): string => fileURLToPath(new URL(`../salt/${path}`, import.meta.url));

test("its own tests in Python succeed", async () => {
  const argv = ["-B", "-m", "unittest", "discover", "-s", place("test")];
  const ended = await pluginContext().spawn("python3", argv);
  expect(ended.exitCode, ended.stderr).toBe(0);
});

test("a real master lands the result of each minion in MinIO, without what was sent", async () => {
  const minio = await startMinio();
  onTestFinished(() => minio[Symbol.asyncDispose]());
  const folder = await mkdtemp(join(tmpdir(), "returner-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const bucket = await minio.createBucket();
  const writer = await minio.createUser([
    { Effect: "Allow", Action: ["s3:PutObject"], Resource: [`arn:aws:s3:::${bucket}/jobs/*`] },
  ]);
  await writeFile(join(folder, "key"), writer.secretAccessKey);
  const salt = await startSalt({
    minions: [{ id: "web1" }],
    returners: [place("returners/hawser_storage.py")],
    master: [
      "event_return: hawser_storage",
      "event_return_whitelist: ['salt/job/*/ret/*']",
      `hawser_storage.endpoint: ${minio.endpoint}`,
      `hawser_storage.bucket: ${bucket}`,
      `hawser_storage.access_key: ${writer.accessKeyId}`,
      `hawser_storage.secret_key_file: ${folder}/key`,
    ],
  });
  onTestFinished(() => salt[Symbol.asyncDispose]());
  const transport = await transportTo(salt);
  const session = await transport.open(
    { instance: instanceOf("web1"), root: salt.root, program: probeProgram(), keep: true },
    operationContext(),
  );
  await session.call({ verb: "echo", headers: { word: "canary-of-the-request" } }, operationContext());
  await session[Symbol.asyncDispose]();
  const kept = async () => {
    const { body } = await minio.call({
      method: "GET",
      bucket,
      query: { "list-type": "2", prefix: "jobs/" },
    });
    return [...body.toString().matchAll(/<Key>([^<]+)<\/Key>/g)].map(([, key]) => key!);
  };
  await expect
    .poll(async () => (await kept()).length, { timeout: 60_000, interval: 1000 })
    .toBeGreaterThan(2);
  for (const key of await kept()) {
    expect(key).toMatch(/^jobs\/\d+\/web1\.json$/);
    const { body } = await minio.call({ method: "GET", bucket, key });
    const text = body.toString();
    expect(JSON.parse(text)).toMatchObject({ minion: "web1" });
    expect(text).not.toContain("stdin");
    expect(text).not.toContain(Buffer.from("canary-of-the-request").toString("base64").slice(2, 20));
  }
});
