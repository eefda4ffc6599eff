export { checkHost, checkPort, checkUser, describe, type Hop, parseJump } from "./address.ts";
export type { Connection, Shell } from "./connection.ts";
export { connect, Routes } from "./routes.ts";
export type { ConnectContext, SshTarget } from "./target.ts";
export { defaultKnownHosts } from "./trust.ts";
