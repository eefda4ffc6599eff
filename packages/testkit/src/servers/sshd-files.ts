import { chmodSync, copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import { mustRun } from "./command.ts";
import type { MachineOptions } from "./fleet.ts";

/** Makes a key pair without a passphrase and gives the public half, `type base64`. */
export const makeKey = async (path: string, type = "ed25519"): Promise<string> => {
  await mustRun("ssh-keygen", ["-q", "-t", type, "-N", "", "-C", "test", "-f", path]);
  return readFileSync(`${path}.pub`, "latin1").split(" ").slice(0, 2).join(" ").trim();
};

/** Makes the key that every instance accepts. */
export const makeUserKey = async (folder: string): Promise<string> => {
  const path = join(folder, "user_key");
  await makeKey(path);
  copyFileSync(`${path}.pub`, join(folder, "authorized_keys"));
  chmodSync(join(folder, "authorized_keys"), 0o600);
  return path;
};

const faketimeLibrary = "/usr/$LIB/faketime/libfaketime.so.1";

const environment = (options: MachineOptions, path: string): string =>
  [
    `PATH=${path}`,
    ...(options.faketime === undefined
      ? []
      : [`LD_PRELOAD=${faketimeLibrary}`, `FAKETIME=${options.faketime}`]),
  ]
    .map((assignment) => `"${assignment}"`)
    .join(" ");

/** Writes the settings of one sshd. Of two lines for one setting sshd takes the first. */
export const writeSshdConfig = (
  file: string,
  settings: {
    readonly folder: string;
    readonly name: string;
    readonly address: string;
    readonly port: number;
    readonly path: string;
    readonly options: MachineOptions;
  },
): void => {
  const { folder, name, address, port, path, options } = settings;
  const lines = [
    ...(options.sshd ?? []),
    `Port ${port}`,
    `ListenAddress ${address}`,
    `HostKey ${join(folder, `${name}_host_key`)}`,
    `PidFile ${join(folder, `${name}.pid`)}`,
    `AuthorizedKeysFile ${join(folder, "authorized_keys")}`,
    "PermitRootLogin prohibit-password",
    `AllowUsers ${userInfo().username}`,
    "PasswordAuthentication no",
    "KbdInteractiveAuthentication no",
    "UsePAM no",
    "UseDNS no",
    "StrictModes no",
    "AllowStreamLocalForwarding yes",
    "AllowTcpForwarding yes",
    "MaxStartups 100",
    "LogLevel ERROR",
    "PrintMotd no",
    "PrintLastLog no",
    `SetEnv ${environment(options, path)}`,
  ];
  writeFileSync(file, `${lines.join("\n")}\n`);
};
