// Sends requests without pause until standard input ends, then prints what came of them as one line of JSON.
// It reads its orders as the first line of standard input, and prints "flowing" after the first good answer. Each later
// line names the period that begins with it, and is printed again when it has begun, and once more when some answers lie
// wholly within it.
import { Agent, request } from "node:http";
import { createInterface } from "node:readline";

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const orders = JSON.parse((await lines.next()).value);
const validate = orders.validate ? new Function(`return (${orders.validate})`)() : () => undefined;
const target = new URL(orders.url);

const tally = { requests: 0, failed: 0, reconnected: 0, byRelease: {}, errors: {} };
const latencies = [];
const periods = new Map();
let period = "";
/** Answers, good or bad, that were asked for and came within the period. */
let within = 0;
const enough = 10;
let stopped = false;
let flowing = false;

const listen = async () => {
  for await (const name of lines) {
    period = name;
    within = 0;
    process.stdout.write(`period ${name}\n`);
  }
  stopped = true;
};
void listen();

/** By the period in which the request began and the one in which its answer ended. */
const recordPeriod = (from, release) => {
  const key = JSON.stringify([from, period]);
  const byRelease = periods.get(key) ?? {};
  byRelease[release] = (byRelease[release] ?? 0) + 1;
  periods.set(key, byRelease);
};

/** The status, with the first words of who refused. */
const refusal = (status, body) => {
  const said = body.slice(0, 80).split("\n")[0];
  return `status ${status}${said === "" ? "" : `: ${said}`}`;
};

const once = (agent) =>
  new Promise((resolve) => {
    let answered = false;
    const call = request(
      target,
      { agent, timeout: orders.timeoutMs, headers: orders.headers },
      (response) => {
        answered = true;
        const chunks = [];
        response.on("data", (chunk) => chunks.push(chunk));
        response.on("error", (error) => resolve({ error: `${error.message} in the body` }));
        response.on("end", () => {
          if (!response.complete) return resolve({ error: "short body" });
          const { statusCode: status, headers } = response;
          const body = Buffer.concat(chunks).toString();
          const release = headers[orders.releaseHeader];
          if (status < 200 || status > 299) return resolve({ error: refusal(status, body), release });
          resolve({ error: validate({ status, headers, body }), release });
        });
      },
    );
    call.on("timeout", () => call.destroy(new Error("timeout")));
    // A connection kept alive may be closed by the other side while a request is on its way: HTTP lets a client send
    // it again then (RFC 9112, section 9.3.1). Counted apart.
    call.on("error", (error) =>
      resolve({ error: error.code ?? error.message, again: call.reusedSocket && !answered }),
    );
    call.end();
  });

const record = (outcome, ms, from) => {
  tally.requests += 1;
  if (from === period && ++within === enough) process.stdout.write(`answered ${period}\n`);
  latencies.push(ms);
  if (outcome.release) {
    tally.byRelease[outcome.release] = (tally.byRelease[outcome.release] ?? 0) + 1;
    recordPeriod(from, outcome.release);
  }
  if (outcome.error) {
    tally.failed += 1;
    tally.errors[outcome.error] = (tally.errors[outcome.error] ?? 0) + 1;
  } else if (!flowing) {
    flowing = true;
    process.stdout.write("flowing\n");
  }
};

const client = async (keepAlive, pauseMs) => {
  const agent = new Agent({ keepAlive, maxSockets: 1 });
  while (!stopped) {
    const start = performance.now();
    const from = period;
    let outcome = await once(agent);
    if (outcome.again) {
      tally.reconnected += 1;
      outcome = await once(new Agent());
    }
    const ms = performance.now() - start;
    record(outcome, ms, from);
    if (pauseMs > ms) await new Promise((resolve) => setTimeout(resolve, pauseMs - ms));
  }
  agent.destroy();
};

const kinds = { always: () => true, never: () => false, both: (index) => index % 2 === 0 };
const pauseMs = orders.rate ? (1000 * orders.concurrency) / orders.rate : 0;
await Promise.all(
  Array.from({ length: orders.concurrency }, (_, index) => client(kinds[orders.keepAlive](index), pauseMs)),
);

latencies.sort((a, b) => a - b);
const percentile = (share) =>
  latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? 0;
const errors = Object.entries(tally.errors).map(([error, count]) => `${count} x ${error}`);
const byPeriod = [...periods].map(([key, byRelease]) => {
  const [from, to] = JSON.parse(key);
  return { from, to, byRelease };
});
process.stdout.write(
  `${JSON.stringify({ ...tally, byPeriod, errors, p50: percentile(0.5), p99: percentile(0.99) })}\n`,
);
