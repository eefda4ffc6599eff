export type { CallContext, Session } from "../../src/contracts/transport.ts";
export { Host } from "../../src/host/host.ts";
