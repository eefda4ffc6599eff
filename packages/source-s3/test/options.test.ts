import { Secret } from "@hawser/core/plugin";
import { operationContext } from "@hawser/testkit";
import { expect, test } from "vitest";
import type { S3SourceOptions } from "../src/index.ts";
import { countingContext, makeSource } from "./trial.ts";

type Wrong = { readonly [K in keyof S3SourceOptions]?: S3SourceOptions[K] | undefined };

const secret = new Secret("s3cr3t-4f9a8b7c6d5e");

test.each<[string, Wrong]>([
  ["key", { key: undefined }],
  ["key", { prefix: "site/" }],
  ["key", { key: "../shop.tar" }],
  ["key", { key: "/shop.tar" }],
  ["key", { key: "builds//shop.tar" }],
  ["key", { key: "builds/./shop.tar" }],
  ["key", { key: "builds/" }],
  ["key", { key: "shop\n.tar" }],
  ["key", { key: "x".repeat(1100) }],
  ["prefix", { key: undefined, prefix: "/" }],
  ["prefix", { key: undefined, prefix: "../" }],
  ["bucket", { bucket: "../other" }],
  ["bucket", { bucket: "a/b" }],
  ["bucket", { bucket: "a@evil.example" }],
  ["region", { region: "evil.example/#" }],
  ["endpoint", { endpoint: "ftp://127.0.0.1" }],
  ["endpoint", { endpoint: "https://user:pass@127.0.0.1" }],
  ["endpoint", { endpoint: "https://127.0.0.1/path" }],
  ["endpoint", { endpoint: "127.0.0.1:9000" }],
  ["ref", { ref: "1.2.3" }],
  ["versionId", { versionId: "a b" }],
  ["versionId", { versionId: "abc", key: "{ref}.tar" }],
  ["versionId", { versionId: "abc", key: undefined, prefix: "site/" }],
  ["stripComponents", { key: "shop.jar", stripComponents: 1 }],
  ["accessKeyId", { accessKeyId: "a" }],
  ["accessKeyId", { secretAccessKey: secret }],
  ["sessionToken", { sessionToken: secret }],
])("an impossible %s is refused when the source is made: %j", async (option, wrong) => {
  const options = { bucket: "builds", key: "shop.tar", ...wrong } as S3SourceOptions;
  await expect(makeSource(options)).rejects.toMatchObject({
    code: "HWS_S3_OPTION",
    message: expect.stringContaining(`option ${option} `),
  });
});

test("a key with {ref} needs a ref, which the option may give", async () => {
  const context = countingContext();
  const options = { bucket: "builds", key: "{ref}.tar", endpoint: "http://127.0.0.1:9" };
  const source = await makeSource(options, context);
  await expect(source.resolve({}, operationContext())).rejects.toMatchObject({ code: "HWS_S3_REF_MISSING" });
  await expect(makeSource({ ...options, ref: "a/b" })).rejects.toMatchObject({
    code: "HWS_SOURCE_REF_INVALID",
  });
  expect(await source.check?.(operationContext())).toEqual([]);
  expect(context.requests).toEqual([]);
});

test("a revision whose label does not fit the grammar is refused before anything is sent", async () => {
  const context = countingContext();
  const source = await makeSource({ bucket: "builds", key: "{ref}.tar" }, context);
  const revision = { id: "0".repeat(64), exact: false, label: "../../etc/passwd" };
  await expect(source.open?.({ revision }, operationContext())).rejects.toMatchObject({
    code: "HWS_SOURCE_REF_INVALID",
  });
  expect(context.requests).toEqual([]);
});
