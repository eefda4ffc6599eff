import { describeSource, type FtpServer, startPyftpdlib, startVsftpd } from "@hawser/testkit";
import { afterAll, beforeAll } from "vitest";
import { ftpTrial } from "./trial.ts";

let vsftpd: FtpServer;
let pyftpdlib: FtpServer;

beforeAll(async () => {
  [vsftpd, pyftpdlib] = await Promise.all([startVsftpd(), startPyftpdlib({ secure: "implicit" })]);
});
afterAll(async () => {
  await Promise.all([vsftpd, pyftpdlib].map((server) => server[Symbol.asyncDispose]()));
});

describeSource("source-ftp: a directory by explicit FTPS from vsftpd, which has LIST only", {
  create: () => ftpTrial({ server: vsftpd, secure: true, archive: false }),
});

describeSource("source-ftp: a directory by implicit FTPS from pyftpdlib, which has MLSD", {
  create: () => ftpTrial({ server: pyftpdlib, secure: "implicit", archive: false }),
});

describeSource("source-ftp: an archive by implicit FTPS from pyftpdlib", {
  create: () => ftpTrial({ server: pyftpdlib, secure: "implicit", archive: true }),
});
