import { errors } from "./errors.ts";

/** More pages than any list has that is meant to be deployed to. */
const most = 10_000;

/**
 * Every item of every page, whole: a page that cannot be had, names no list, or says that the next page is one that was
 * had already, is an error. AWS may give pages without items before the last.
 */
export const allPages = async <T>(
  call: string,
  page: (
    token: string | undefined,
  ) => Promise<{ readonly items: readonly T[] | undefined; readonly next: string | undefined }>,
): Promise<readonly T[]> => {
  const found: T[] = [];
  const seen = new Set<string>();
  for (let token: string | undefined; ; ) {
    const { items, next } = await page(token);
    // The SDK gives no list where the answer had none.
    found.push(...(items ?? []));
    if (next === undefined || next === "") return found;
    if (seen.has(next) || seen.size >= most) throw errors.HWS_AWS_ANSWER([call, "its pages do not end"]);
    seen.add(next);
    token = next;
  }
};
