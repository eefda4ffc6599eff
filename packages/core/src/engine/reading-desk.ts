import { answeringStorage, answerLimitMs, silenceOf } from "./answers.ts";
import { type DeskParts, storesOf } from "./desk.ts";
import { type Listening, openListening } from "./listening.ts";
import type { Desk } from "./operation.ts";
import { createStorage } from "./providers.ts";

/** What a look at storage needs; no other provider is made. */
export type ReadingDesk = Pick<Desk, "config" | "stores" | "reporter" | "control">;

export const openReadingDesk = async (parts: DeskParts): Promise<ReadingDesk & AsyncDisposable> => {
  const { config, control } = parts;
  const listening: Listening = openListening(parts);
  const { reporter } = listening;
  try {
    const storage = await createStorage(config, listening.contextOf("storage"));
    const asked = answeringStorage(
      storage,
      parts.answerLimitMs ?? answerLimitMs,
      silenceOf("storage to answer", reporter),
    );
    const free = async (): Promise<void> => {
      try {
        await storage[Symbol.asyncDispose]?.();
      } finally {
        await listening[Symbol.asyncDispose]();
      }
    };
    const stores = await storesOf(config, asked, storage).catch(async (error) => {
      await free().catch(() => {});
      throw error;
    });
    return { config, stores, reporter, control, [Symbol.asyncDispose]: free };
  } catch (error) {
    await listening[Symbol.asyncDispose]().catch(() => {});
    throw error;
  }
};
