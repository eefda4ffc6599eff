import { afterEach } from "vitest";

const opened: AsyncDisposable[] = [];
afterEach(async () => {
  for (const resource of opened.splice(0).reverse()) await resource[Symbol.asyncDispose]();
});

/** Closes a resource when the test that runs now has ended. */
export const keep = <T extends AsyncDisposable>(resource: T): T => {
  opened.push(resource);
  return resource;
};
