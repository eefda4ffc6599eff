import { describe, expect, it } from "vitest";
import { publicPackages, tarballs } from "./tarballs.ts";

describe("what is published", () => {
  it("is one tarball a public package", async () => {
    expect((await tarballs()).size).toBe(publicPackages().length);
  });
});
