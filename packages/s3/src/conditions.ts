import { randomBytes } from "node:crypto";
import { HawserError, type OperationContext, type Problem, type Storage } from "@hawser/core/plugin";
import { errors } from "./errors.ts";

/**
 * Everything that would make a run fail here. Stores that take a conditional write for a plain one are found by trying
 * it on an object of its own, which is gone again when this returns.
 */
export const checkConditions = async (
  storage: Storage,
  shown: string,
  context: OperationContext,
): Promise<readonly Problem[]> => {
  const key = `hawser-check/${randomBytes(8).toString("hex")}`;
  try {
    for await (const _ of storage.list({ prefix: key }, context)) break;
    const kept = await probe(storage, key, context).finally(() => storage.delete({ key }, context));
    return kept ? [] : [problemOf(errors.HWS_S3_NO_CONDITIONS([shown]))];
  } catch (error) {
    context.signal.throwIfAborted();
    if (!HawserError.is(error)) throw error;
    return [problemOf(error)];
  }
};

/** Whether both kinds of conditional write are refused when their condition fails. */
const probe = async (storage: Storage, key: string, context: OperationContext): Promise<boolean> => {
  const put = (text: string, condition: { readonly ifAbsent?: boolean; readonly ifMatch?: string }) => {
    const body = Buffer.from(text);
    return storage.put({ key, body, sizeBytes: body.length, ...condition }, context);
  };
  const isRefused = async (condition: { readonly ifAbsent?: boolean; readonly ifMatch?: string }) =>
    await put("third", condition).then(
      () => false,
      (error: unknown) => {
        if (HawserError.is(error, "HWS_STORAGE_CONFLICT")) return true;
        throw error;
      },
    );
  const first = await put("first", { ifAbsent: true });
  await put("second", { ifMatch: first.etag });
  return (await isRefused({ ifAbsent: true })) && (await isRefused({ ifMatch: first.etag }));
};

const problemOf = ({ code, message, hint }: HawserError): Problem => ({
  code,
  message,
  ...(hint !== undefined && { hint }),
  where: "storage",
  severity: "error",
});
