import { readFile, writeFile } from "node:fs/promises";
import { isIP } from "node:net";
import { join } from "node:path";
import { spawnProgram } from "@hawser/core";

export interface ServerCertificate {
  readonly key: string;
  readonly cert: string;
  /** The file with the authority's certificate, which a client must trust. */
  readonly authority: string;
}

const openssl = async (directory: string, argv: readonly string[]): Promise<void> => {
  const result = await spawnProgram("openssl", argv, { cwd: directory });
  if (result.exitCode !== 0) throw new Error(`openssl ${argv[0]}: ${result.stderr}`);
};

/** Makes an authority of its own and a server's certificate for one IP address or host name, in a folder. */
export const makeServerCertificate = async (
  directory: string,
  address: string,
): Promise<ServerCertificate> => {
  const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  await writeFile(
    join(directory, "server.cnf"),
    `subjectAltName=${isIP(address) === 0 ? "DNS" : "IP"}:${address}\nbasicConstraints=CA:FALSE\nextendedKeyUsage=serverAuth\n`,
  );
  const root = ["-subj", "/CN=Test Authority", "-days", "2", "-keyout", "ca.key", "-out", "ca.pem"];
  await openssl(directory, ["req", "-x509", ...curve, ...root]);
  await openssl(directory, [
    "req",
    ...curve,
    "-subj",
    "/CN=Test Server",
    "-keyout",
    "server.key",
    "-out",
    "server.csr",
  ]);
  const signing = [
    "-CA",
    "ca.pem",
    "-CAkey",
    "ca.key",
    "-CAcreateserial",
    "-days",
    "2",
    "-extfile",
    "server.cnf",
  ];
  await openssl(directory, ["x509", "-req", "-in", "server.csr", ...signing, "-out", "server.pem"]);
  return {
    key: await readFile(join(directory, "server.key"), "utf8"),
    cert: await readFile(join(directory, "server.pem"), "utf8"),
    authority: join(directory, "ca.pem"),
  };
};
