import { describe, expect, it } from "vitest";
import { allPages } from "../src/pages.ts";

const pagesOf = (pages: Readonly<Record<string, { items?: readonly number[]; next?: string }>>) =>
  allPages("ec2:DescribeInstances", async (token) => {
    const page = pages[token ?? "first"];
    if (page === undefined) throw new Error("no such page");
    return { items: page.items, next: page.next };
  });

describe("all pages of a list", () => {
  it("are read to the end, also over pages without items", async () => {
    const pages = { first: { items: [1], next: "b" }, b: { next: "c" }, c: { items: [2, 3], next: "" } };
    expect(await pagesOf(pages)).toEqual([1, 2, 3]);
  });

  it("are an error when one cannot be had", async () => {
    await expect(pagesOf({ first: { items: [1], next: "b" } })).rejects.toThrow("no such page");
  });

  it("are an error when they go round", async () => {
    const pages = { first: { items: [1], next: "b" }, b: { items: [2], next: "b" } };
    await expect(pagesOf(pages)).rejects.toMatchObject({ code: "HWS_AWS_ANSWER" });
  });
});
