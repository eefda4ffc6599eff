import { expect, test } from "vitest";
import { parseRecord, type ReleaseRecord, renderRecord } from "../../src/artifact/release-record.ts";

const digest = (character: string) => `sha256-${character.repeat(64)}`;
const record: ReleaseRecord = {
  id: "000012",
  application: "shop",
  revision: {
    id: "5d1f",
    exact: true,
    label: "main",
    url: "https://git.example/shop.git?a=1%2F2",
    author: "Zoë <zoe@example.org>",
    message: "100% of it\nsecond line",
    time: 1_763_999_999,
  },
  artifact: digest("a"),
  artifactBytes: 90_000_000,
  manifest: digest("b"),
  manifestBytes: 1_048_576,
  entries: 10_952,
  filesBytes: 84_000_000,
  created: 1_764_000_000,
  message: "für Ünal: \u0000 and % stay",
};
const text = renderRecord(record).toString();
const invalid = (changed: string) =>
  expect(() => parseRecord(Buffer.from(changed)), changed).toThrow(
    expect.objectContaining({ code: "HWS_ARTIFACT_RECORD_INVALID" }),
  );

test("a record is lines of ASCII that instances can read", () => {
  expect(text).toMatch(/^(?:[a-z][a-z-]*: [ -~]*\n)+$/);
  expect(text.split("\n").slice(0, 11)).toEqual([
    "hawser-release: 1",
    "application: shop",
    "release: 000012",
    "revision: 5d1f",
    `artifact: ${digest("a")}`,
    "artifact-size: 90000000",
    `manifest: ${digest("b")}`,
    "manifest-size: 1048576",
    "entries: 10952",
    "size: 84000000",
    "created: 1764000000",
  ]);
  expect(text).toContain("revision-message: 100%25 of it%0Asecond line\n");
});

test("parsing gives back what was rendered, with and without what is optional", () => {
  expect(parseRecord(renderRecord(record))).toEqual(record);
  const { message: _, ...bare } = { ...record, revision: { id: "7", exact: false } };
  expect(parseRecord(renderRecord(bare))).toEqual(bare);
});

test("headers of a later version are ignored, and so is what follows an empty line", () => {
  expect(parseRecord(Buffer.from(`${text}later: thing\n\n-----BEGIN SSH SIGNATURE-----\n`))).toEqual(record);
});

test("a layout above its own is refused as such", () => {
  for (const layout of ["2", "10"]) {
    const newer = Buffer.from(text.replace("hawser-release: 1", `hawser-release: ${layout}`));
    expect(() => parseRecord(newer)).toThrow(expect.objectContaining({ code: "HWS_ARTIFACT_RECORD_NEWER" }));
  }
});

test("what does not fit is refused", () => {
  for (const key of [
    "hawser-release",
    "application",
    "release",
    "revision",
    "exact",
    "artifact",
    "artifact-size",
    "manifest",
    "manifest-size",
    "entries",
    "size",
    "created",
  ]) {
    invalid(text.replace(new RegExp(`^${key}: .*\n`, "m"), ""));
    invalid(text.replace(new RegExp(`^${key}: .*\n`, "m"), `${key}: \n`));
  }
  invalid(text.replace("release: 000012", "release: 12"));
  invalid(text.replace("release: 000012", "release: ../../x"));
  invalid(text.replace("sha256-a", "sha256-A"));
  invalid(text.replace("revision: 5d1f", "revision: 5d 1f"));
  invalid(text.replace("entries: 10952", "entries: 1e3"));
  invalid(text.replace("entries: 10952", "entries: 9999999999999999"));
  invalid(text.replace("exact: yes", "exact: maybe"));
  invalid(text.replace("hawser-release: 1", "hawser-release: 0"));
  invalid(`${text}release: 000013\n`);
  invalid(`${text}Key: x\n`);
  invalid(`${text}key: %zz\n`);
  invalid(`${text}key: \u00e4\n`);
  invalid(text.slice(0, -1));
  invalid(`${text}key: ${"x".repeat(65_536)}\n`);
});

test("a record that could not be read again is not rendered", () => {
  for (const changed of [
    { id: "1" },
    { application: "" },
    { created: 1.5 },
    { message: "x".repeat(70_000) },
  ]) {
    expect(() => renderRecord({ ...record, ...changed })).toThrow(
      expect.objectContaining({ code: "HWS_ARTIFACT_RECORD_INVALID" }),
    );
  }
});
