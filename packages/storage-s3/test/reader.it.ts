import { spawn } from "node:child_process";
import { Secret } from "@hawser/core/plugin";
import {
  type ImdsStandIn,
  type MinioServer,
  operationContext,
  type RoleCredentials,
  startImdsStandIn,
  startMinio,
} from "@hawser/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { S3StorageOptions } from "../src/index.ts";
import { S3Storage } from "../src/s3-storage.ts";

let server: MinioServer;
let bucket: string;
let imds: ImdsStandIn;
let role: RoleCredentials;
const context = operationContext();

const mayReadShop = () => [
  { Effect: "Allow", Action: ["s3:GetObject"], Resource: [`arn:aws:s3:::${bucket}/apps/shop/*`] },
];

beforeAll(async () => {
  server = await startMinio();
  bucket = await server.createBucket();
  for (const app of ["shop", "blog"]) await server.put(bucket, `apps/${app}/desired-1.x`, `state of ${app}`);
  role = await server.assumeRole(mayReadShop());
  imds = await startImdsStandIn(role);
});
afterAll(async () => {
  await imds[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

const open = (reader: S3StorageOptions["reader"], more: Partial<S3StorageOptions> = {}): S3Storage =>
  new S3Storage({
    bucket,
    prefix: "apps",
    endpoint: server.endpoint,
    accessKeyId: server.login.accessKeyId,
    secretAccessKey: new Secret(server.login.secretAccessKey),
    ...(reader !== undefined && { reader }),
    ...more,
  });

const readerOf = async (storage: S3Storage) => {
  const reader = await storage.readerFor?.({ application: "shop", environment: "production" }, context);
  if (reader?.kind !== "script") throw new Error("it is no script");
  return reader;
};

/** Reads a key as an instance does, and says what curl's argv had in it. */
const read = (
  shell: readonly string[],
  script: string,
  key: string,
): Promise<{ status: number | null; text: string }> =>
  new Promise((resolve, reject) => {
    const program = `${script}
config=$(reader_config "$1") || exit 7
printf '%s\\n' "$config" | curl -q -g -sS -f -K -`;
    const [file = "", ...options] = shell;
    const child = spawn(file, [...options, "-c", program, "sh", key], {
      env: {
        PATH: process.env.PATH,
        AWS_EC2_METADATA_SERVICE_ENDPOINT: imds.endpoint,
        http_proxy: "http://127.0.0.1:1",
        no_proxy: "127.0.0.1",
      },
      stdio: ["ignore", "pipe", "ignore"],
    });
    let text = "";
    child.stdout.on("data", (chunk) => {
      text += String(chunk);
    });
    child.once("error", reject);
    child.once("close", (status) => resolve({ status, text }));
  });

describe.each([
  ["dash", ["dash", "-eu"]],
  ["bash", ["bash", "-eu"]],
  ["busybox", ["busybox", "sh", "-eu"]],
])("in %s", (_, shell) => {
  test("an instance reads its application with a key of its own, and neither another one nor a missing object", async () => {
    const login = await server.createUser(mayReadShop());
    const secret = new Secret(login.secretAccessKey);
    const reader = await readerOf(open({ accessKeyId: login.accessKeyId, secretAccessKey: secret }));
    expect(reader.secrets).toEqual([secret]);
    expect(reader.script).not.toContain(server.login.secretAccessKey);
    expect(await read(shell, reader.script, "shop/desired-1.x")).toEqual({
      status: 0,
      text: "state of shop",
    });
    expect((await read(shell, reader.script, "blog/desired-1.x")).status).toBe(22);
    expect((await read(shell, reader.script, "shop/missing")).status).toBe(22);
  });

  test("an instance reads as its machine's role, with a token for each look", async () => {
    imds.hold(role);
    const reader = await readerOf(open({ role: true }));
    expect(reader.secrets).toEqual([]);
    const before = imds.requests.length;
    expect(await read(shell, reader.script, "shop/desired-1.x")).toEqual({
      status: 0,
      text: "state of shop",
    });
    expect(imds.requests.slice(before)).toEqual([
      "PUT /latest/api/token 200",
      "GET /latest/meta-data/iam/security-credentials/ 200",
      "GET /latest/meta-data/iam/security-credentials/shop-instance 200",
    ]);
    expect((await read(shell, reader.script, "blog/desired-1.x")).status).toBe(22);
  });

  test("a machine without a role, or with what is no credential, cannot tell now", async () => {
    const { script } = await readerOf(open({ role: true }));
    imds.hold(undefined);
    expect((await read(shell, script, "shop/desired-1.x")).status).toBe(7);
    imds.hold(role);
    for (const said of [
      "",
      "{}",
      '{"Code":"Failed"}',
      '{"AccessKeyId":"a\\\\nb","SecretAccessKey":"x","Token":"y"}',
      '{"AccessKeyId":"a","SecretAccessKey":"x\\"\\noutput = \\"/tmp/x","Token":"y"}',
      "x".repeat(40_000),
    ]) {
      imds.say(said);
      expect((await read(shell, script, "shop/desired-1.x")).status).toBe(7);
    }
  });

  test("a secret with every character that could end a word stays one", async () => {
    const secretAccessKey = new Secret("'\"\\$(touch x)`#;&|x".replaceAll(" ", ""));
    const { script } = await readerOf(open({ accessKeyId: "AKIDEXAMPLE", secretAccessKey }));
    const shown = script.replace(/$/, "\nreader_config shop/a");
    const [file = "", ...options] = shell;
    const child = spawn(file, [...options, "-c", shown], { stdio: ["ignore", "pipe", "ignore"] });
    let text = "";
    for await (const chunk of child.stdout) text += String(chunk);
    const escaped = secretAccessKey.reveal().replaceAll(/[\\"]/g, "\\$&");
    expect(text.split("\n").filter(Boolean)).toEqual([
      `url = "${server.endpoint}/${bucket}/apps/shop/a"`,
      'aws-sigv4 = "aws:amz:us-east-1:s3"',
      expect.stringContaining('header = "x-amz-content-sha256: e3b0c442'),
      `user = "AKIDEXAMPLE:${escaped}"`,
    ]);
  });
});

test("a storage without a reader lets no instance read", () => {
  expect(open(undefined).readerFor).toBeUndefined();
});

test("on AWS the URL is that of the bucket's region", async () => {
  const storage = new S3Storage({
    bucket: "acme-releases",
    region: "eu-central-1",
    accessKeyId: "AKIDEXAMPLE",
    secretAccessKey: new Secret("never-sent-anywhere"),
    reader: { role: true },
  });
  const { script } = await readerOf(storage);
  expect(script).toContain("'https://acme-releases.s3.eu-central-1.amazonaws.com/'");
  expect(script).toContain("aws:amz:eu-central-1:s3");
  expect(script).not.toContain("never-sent");
});

test.each<[string, S3StorageOptions["reader"]]>([
  ["neither role nor key", {}],
  ["role and key", { role: true, accessKeyId: "AKIDEXAMPLE", secretAccessKey: new Secret("x".repeat(20)) }],
  ["a key without a secret", { accessKeyId: "AKIDEXAMPLE" }],
  ["the deployer's own key", { accessKeyId: "hawser", secretAccessKey: new Secret("x".repeat(20)) }],
  ["a key with a colon", { accessKeyId: "AKID:EXAMPLE", secretAccessKey: new Secret("x".repeat(20)) }],
  ["a secret with a line break", { accessKeyId: "AKIDEXAMPLE", secretAccessKey: new Secret("x\nurl = y") }],
])("a reader with %s is HWS_S3_OPTION", (_, reader) => {
  expect(() => open(reader)).toThrow(
    expect.objectContaining({ code: "HWS_S3_OPTION", message: expect.stringContaining("reader") }),
  );
});
