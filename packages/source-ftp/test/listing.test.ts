import { expect, test } from "vitest";
import { readFolder } from "../src/folder-listing.ts";
import { readMachineListing } from "../src/machine-listing.ts";
import { readPlainListing } from "../src/plain-listing.ts";
import { isSettled } from "../src/settled.ts";

test.each([
  [
    "Pure-FTPd",
    "type=file;size=6;modify=20261125031750;UNIX.mode=0644;UNIX.uid=0;unique=fe00g9a4008; a b.txt",
    { name: "a b.txt", kind: "file", sizeBytes: 6, time: "20261125031750", executable: false },
  ],
  [
    "ProFTPD",
    "modify=20190419065730;perm=adfrw;size=15227;type=file;unique=FD01U7;UNIX.group=0;UNIX.mode=0755;UNIX.owner=0; run",
    { name: "run", kind: "file", sizeBytes: 15227, time: "20190419065730", executable: true },
  ],
  [
    "FileZilla Server",
    "type=dir;modify=20240229235959.123;perms=cple; 2024",
    { name: "2024", kind: "directory", time: "20240229235959.123" },
  ],
  ["Pure-FTPd's link", "type=OS.unix=slink:;size=5; link", { name: "link", kind: "link", sizeBytes: 5 }],
  ["ProFTPD's link", "type=OS.unix=symlink;size=5; link", { name: "link", kind: "link" }],
  ["the directory itself", "type=cdir;sizd=4096; .", { name: ".", kind: "self" }],
  ["what is neither", "Type=OS.unix=chr-13/29;size=0; null", { name: "null", kind: "special" }],
  ["a name that begins with a blank", "type=file;size=0;  x", { name: " x", kind: "file" }],
  ["a name that looks like facts", "type=file;size=0; type=dir; y", { name: "type=dir; y", kind: "file" }],
])("a reply to MLSD is read: %s", (_, line, entry) => {
  expect(readMachineListing(`${line}\r\n`)).toEqual([expect.objectContaining(entry)]);
});

test.each([
  [
    "vsftpd",
    "-rwxr-xr-x    1 1000     1000           12 Nov 25 03:17 a b",
    { name: "a b", kind: "file", sizeBytes: 12, time: "Nov 25 03:17", executable: true },
  ],
  [
    "ls, for an old file",
    "-rw-r--r--   1 www-data www-data 4294967296 Feb  2  2019 big",
    { name: "big", kind: "file", sizeBytes: 4294967296, time: "Feb  2 2019", executable: false },
  ],
  [
    "vsftpd's directory",
    "drwxr-xr-x    3 0        0            4096 Nov 25 03:17 src",
    { name: "src", kind: "directory" },
  ],
  [
    "vsftpd's link",
    "lrwxrwxrwx    1 0        0               5 Nov 25 03:17 l -> a.txt",
    { name: "l", kind: "link" },
  ],
  [
    "a device",
    "brw-rw----    1 0        6          8,   0 Nov 25 03:17 sda",
    { name: "sda", kind: "special" },
  ],
  [
    "a pipe",
    "prw-rw----    1 0        6            0 Nov 25 03:17 queue",
    { name: "queue", kind: "special" },
  ],
  ["the directory above", "drwxr-xr-x    3 0        0            4096 Nov 25 03:17 ..", { kind: "self" }],
  [
    "IIS",
    "11-25-26  03:17AM                 1234 web.config",
    { name: "web.config", kind: "file", sizeBytes: 1234, time: "11-25-26 03:17AM" },
  ],
  ["IIS's directory", "11-25-26  03:17AM       <DIR>          bin", { name: "bin", kind: "directory" }],
])("a reply to LIST is read: %s", (_, line, entry) => {
  expect(readPlainListing(`total 4\r\n${line}\r\n`)).toEqual([expect.objectContaining(entry)]);
});

test.each([
  ["MLSD", "no facts here"],
  ["MLSD", "type=file;size=1;"],
  ["MLSD", "  "],
  ["LIST", "ls: cannot open directory"],
  ["LIST", "-rw-r--r-- 1 a b 12"],
  ["LIST", "type=file;size=1; a"],
  ["LIST", "totally.txt"],
] as const)("a reply to %s with the line %j is refused whole", (form, line) => {
  const text = `${form === "MLSD" ? "type=file;size=1; a" : "-rw-r--r-- 1 a b 12 Nov 25 03:17 a"}\r\n${line}\r\n`;
  expect(() => readFolder("src", { form: form === "MLSD" ? form : "LIST -a", text }, () => false)).toThrow(
    expect.objectContaining({ code: "HWS_FTP_LISTING", message: expect.stringContaining('"src"') }),
  );
});

test("a long line that fits no form is refused without a search through its parts", () => {
  const text = `${"a ".repeat(500_000)}\r\n${"=".repeat(500_000)}\r\n`;
  for (const form of ["MLSD", "LIST -a"] as const) {
    expect(() => readFolder("", { form, text }, () => false)).toThrow();
  }
});

test.each([
  ["20260101000000", true],
  ["20260101000049", true],
  ["20260101000051", false],
  ["20260101000100", false],
  ["20270101000000", false],
  ["Nov 25 03:17", false],
  ["", false],
])("a file of %j that is read at 00:01:00 is known by its time: %s", (time, settled) => {
  expect(isSettled(time, Date.UTC(2026, 0, 1, 0, 1, 0))).toBe(settled);
});
