// The master of bench/salt-scale.mjs: a stand-in of salt-api with as many minions as asked for, in a process of its own.
import { startSaltApiStandIn } from "@hawser/testkit/servers";

const minions = Array.from({ length: Number(process.argv[2]) }, (_, index) => `web${index + 1}`);

/** Most minions return within a second, a few take three: what a real master shows, from a fixed series. */
const delays = new Map();
let state = 42;
for (const minion of minions) {
  state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
  const share = state / 2 ** 31;
  delays.set(minion, 150 + 400 * share + (share > 0.98 ? 2_500 * (share - 0.98) * 50 : 0));
}

const survey = (id) =>
  JSON.stringify({
    ok: true,
    rootState: "present",
    writable: true,
    owner: "shop -",
    current: { kind: "release", release: "000012", target: "releases/000012" },
    previous: "000011",
    epoch: 7,
    trust: null,
    trusted: 0,
    clock: Math.floor(Date.now() / 1000),
    user: "root",
    bootId: `00000000-0000-4000-8000-${id.slice(3).padStart(12, "0")}`,
    freeBytes: 40_000_000_000,
    freeInodes: 2_000_000,
    // A status asks nothing of users.
    users: "",
    programs: { sh: "/bin/sh", chown: "/bin/chown" },
    tools: {
      ...{ awk: "mawk", tar: "gnu", sha256: "sha256sum", gzip: true, zstd: true, curl: true, wget: true },
      ...{
        flock: true,
        age: false,
        find: "printf",
        setsid: true,
        timeout: true,
        sync: true,
        signatures: true,
      },
    },
    identity: false,
    problems: [],
  });

const digest = (text) => `sha256-${text.repeat(64)}`;
const held = ["000010", "000011", "000012"]
  .map((id) => `${id} installed ${digest("a")} ${digest("b")} 1764000000\n`)
  .join("");

const answer = (id) => Buffer.from(`\nhawser have\ndata ${held.length}\n${held}${survey(id)}\n`);

const master = await startSaltApiStandIn({ minions, delayMs: (id) => delays.get(id), answer });
process.on("message", () => process.send({ published: master.published }));
process.send({ url: master.url });
// It ends with who started it, however that one ends.
process.once("disconnect", () => process.exit());
