import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { FileBody, Secret } from "@hawser/core/plugin";
import storageMinio from "@hawser/storage-minio";
import storageS3 from "@hawser/storage-s3";

const context = { signal: new AbortController().signal, progress: () => {} };

/** Hawser's storages, by name, without and with the digest that a deployer makes of what passes. */
export const ownClients = async (setting) => {
  const { server, bucket } = setting;
  const { accessKeyId, secretAccessKey } = server.login;
  const ca = server.authority;
  const place = { endpoint: server.endpoint, bucket, ...(ca !== undefined && { ca }) };
  const secret = new Secret(secretAccessKey);
  const s3 = await storageS3.create({ ...place, accessKeyId, secretAccessKey: secret }, {});
  const minio = await storageMinio.create({ ...place, accessKey: accessKeyId, secretKey: secret }, {});
  return {
    "storage-s3": plain(s3, setting),
    "storage-minio": plain(minio, setting),
    "storage-s3, proved": proved(s3, setting),
  };
};

const open = (copy) => createWriteStream(copy, { highWaterMark: 1 << 20 });

const plain = (storage, { file, copy, sizeBytes, sha256 }) => ({
  checks: "length",
  upload: async (key) => {
    const body = new FileBody(file);
    await storage.put({ key, body, sizeBytes, sha256, ifAbsent: true }, context);
  },
  download: async (key) => {
    const { stream } = await storage.get({ key }, context);
    await pipeline(stream, open(copy));
  },
});

const proved = (storage, { file, copy, sizeBytes, sha256 }) => {
  const digesting = () => {
    const digest = createHash("sha256");
    const end = () => {
      if (digest.digest("hex") !== sha256) throw new Error("these are other bytes");
    };
    return { take: (bytes) => digest.update(bytes), end };
  };
  return {
    checks: "length, a sha256 of the file both ways",
    upload: async (key) => {
      const body = new FileBody(file).checkedBy(digesting());
      await storage.put({ key, body, sizeBytes, sha256, ifAbsent: true }, context);
    },
    download: async (key) => {
      const { stream } = await storage.get({ key }, context);
      const check = digesting();
      const through = new Transform({
        transform: (chunk, _, done) => {
          check.take(chunk);
          done(null, chunk);
        },
      });
      await pipeline(stream, through, open(copy));
      check.end();
    },
  };
};
