import { createHash } from "node:crypto";
import { describeStorage } from "../src/describe-storage.ts";
import { MemoryStorage } from "../src/memory/memory-storage.ts";

const md5 = (bytes: Uint8Array) => createHash("md5").update(bytes).digest("hex");

describeStorage("MemoryStorage", { create: async () => new MemoryStorage() });
describeStorage("MemoryStorage with etags of its bytes", {
  create: async () => new MemoryStorage({ etagOf: md5 }),
});
