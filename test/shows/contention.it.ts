import { randomUUID } from "node:crypto";
import type { Storage } from "@hawser/core/plugin";
import { HawserError, Secret } from "@hawser/core/plugin";
import storageFs from "@hawser/storage-fs";
import storageMinio from "@hawser/storage-minio";
import storageS3 from "@hawser/storage-s3";
import {
  type MinioServer,
  type MotoServer,
  operationContext,
  pluginContext,
  startMinio,
  startMoto,
  temporaryDirectory,
} from "@hawser/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { scale } from "./scale.ts";

const contenders = 40;
const limitMs = scale.name === "whole" ? 3_600_000 : 180_000;

let minio: MinioServer;
let moto: MotoServer;
beforeAll(async () => {
  [minio, moto] = await Promise.all([startMinio(), startMoto()]);
});
afterAll(async () => {
  await minio[Symbol.asyncDispose]();
  await moto[Symbol.asyncDispose]();
});

const s3 = async (server: MinioServer | MotoServer): Promise<Storage> =>
  await storageS3.create(
    {
      bucket: await server.createBucket(),
      endpoint: server.endpoint,
      accessKeyId: server.login.accessKeyId,
      secretAccessKey: new Secret(server.login.secretAccessKey),
    },
    pluginContext(),
  );

const storages: readonly (readonly [string, () => Promise<Storage>])[] = [
  [
    "storage-fs",
    async () => await storageFs.create({ directory: await temporaryDirectory() }, pluginContext()),
  ],
  ["storage-s3 on MinIO", () => s3(minio)],
  [
    "storage-minio on MinIO",
    async () =>
      await storageMinio.create(
        {
          bucket: await minio.createBucket(),
          endpoint: minio.endpoint,
          accessKey: minio.login.accessKeyId,
          secretKey: new Secret(minio.login.secretAccessKey),
        },
        pluginContext(),
      ),
  ],
  ["storage-s3 on moto", () => s3(moto)],
];

/** What each of the contenders is told: `won`, or the code of its error. */
const contend = async (
  storage: Storage,
  key: string,
  condition: { readonly ifAbsent?: boolean; readonly ifMatch?: string },
): Promise<{ readonly winners: readonly string[]; readonly losers: ReadonlySet<string> }> => {
  const losers = new Set<string>();
  const winners: string[] = [];
  const attempt = async (): Promise<void> => {
    const name = randomUUID();
    const body = Buffer.from(name);
    try {
      await storage.put({ key, body, sizeBytes: body.length, ...condition }, operationContext());
      winners.push(name);
    } catch (error) {
      losers.add(HawserError.is(error) ? error.code : String(error));
    }
  };
  await Promise.all(Array.from({ length: contenders }, attempt));
  return { winners, losers };
};

describe.each(storages)("%s", (_, open) => {
  test(
    `lets one of ${contenders} contenders win each of ${scale.contentionRounds} rounds, as creator and as successor`,
    async () => {
      const storage = await open();
      const faults: unknown[] = [];
      let condition: { readonly ifAbsent?: boolean; readonly ifMatch?: string } = { ifAbsent: true };
      let key = "";
      for (let round = 0; round < scale.contentionRounds; round++) {
        // Ten rounds on each key: its creators first, then those who replace what the last winner wrote.
        if (round % 10 === 0) [key, condition] = [`contention/${round}`, { ifAbsent: true }];
        const { winners, losers } = await contend(storage, key, condition);
        const found = await storage.get({ key }, operationContext());
        const held = (await found.stream.setEncoding("utf8").toArray()).join("");
        const clean =
          winners.length === 1 && held === winners[0] && [...losers].join() === "HWS_STORAGE_CONFLICT";
        if (!clean) faults.push({ round, winners, held, losers: [...losers] });
        condition = { ifMatch: found.etag };
      }
      await storage[Symbol.asyncDispose]?.();
      expect(faults).toEqual([]);
    },
    limitMs,
  );
});
