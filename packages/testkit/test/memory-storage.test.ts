import { describeStorage } from "../src/describe-storage.ts";
import { MemoryStorage } from "../src/memory/memory-storage.ts";

describeStorage("MemoryStorage", { create: async () => new MemoryStorage() });
