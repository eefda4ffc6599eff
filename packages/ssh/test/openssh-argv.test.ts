import { expect, test } from "vitest";
import { sshArgv } from "../src/openssh/ssh-program.ts";

test("every word before the host is fixed, and the host stands behind --", () => {
  const way = [
    { host: "bastion", port: 2222, user: "ops" },
    { host: "2001:db8::1", port: 22, user: "ops" },
    { host: "web1", port: 23, user: "deploy" },
  ];
  const argv = sshArgv({ file: "/tmp/config", argv: [] }, way, "exec sh");
  expect(argv.join(" ")).toBe(
    "-F /tmp/config -T -l deploy -p 23 -J ops@bastion:2222,ops@[2001:db8::1]:22 -- web1 exec sh",
  );
});
