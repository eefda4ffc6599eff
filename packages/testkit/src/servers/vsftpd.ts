import { mkdir, writeFile } from "node:fs/promises";
import { userInfo } from "node:os";
import { join } from "node:path";
import {
  type FtpProgram,
  type FtpServer,
  type FtpServerOptions,
  keptProgram,
  startFtpProgram,
} from "./ftp-server.ts";

const root = process.getuid?.() === 0;

const program: FtpProgram = {
  name: "vsftpd",
  username: "anonymous",
  prepare: async (setup) => {
    const { directory, port, secure, certificate, password } = setup;
    const file = join(directory, "vsftpd.conf");
    const passwords = join(directory, "passwords");
    const empty = join(directory, "empty");
    await mkdir(empty, { recursive: true });
    await writeFile(passwords, `${password}\n`);
    const tls = secure === false ? "NO" : "YES";
    const settings = {
      background: "NO",
      listen: "YES",
      listen_address: "127.0.0.1",
      listen_port: port,
      // Anonymous sessions with a list of passwords: no account of the system, no PAM file.
      anonymous_enable: "YES",
      local_enable: "NO",
      secure_email_list_enable: "YES",
      email_password_file: passwords,
      // Whom sessions run as: somebody whose home exists.
      ftp_username: root ? "daemon" : userInfo().username,
      run_as_launching_user: root ? "NO" : "YES",
      anon_root: setup.root,
      anon_world_readable_only: "NO",
      secure_chroot_dir: empty,
      ssl_enable: tls,
      ssl_tlsv1: tls,
      implicit_ssl: secure === "implicit" ? "YES" : "NO",
      allow_anon_ssl: tls,
      force_anon_logins_ssl: tls,
      force_anon_data_ssl: tls,
      require_ssl_reuse: "YES",
      // Its default is one old cipher that needs an RSA key.
      ssl_ciphers: "HIGH",
      delay_failed_login: 0,
      rsa_cert_file: certificate,
      seccomp_sandbox: "NO",
      isolate: "NO",
      isolate_network: "NO",
    };
    const text = Object.entries(settings).map(([name, value]) => `${name}=${value}\n`);
    await writeFile(file, text.join(""));
    return [keptProgram("bin/vsftpd", "vsftpd"), file];
  },
};

/** Starts vsftpd: LIST only, and a data connection must resume the TLS session of its control connection. */
export const startVsftpd = (options: FtpServerOptions = {}): Promise<FtpServer> =>
  startFtpProgram(program, options);
