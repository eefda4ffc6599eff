import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { receivedBytes } from "./fleet.mjs";

const group = `/sys/fs/cgroup/cpuacct/hawser-bench-${process.pid}`;

/** Puts this process, and so all that it starts, into a group whose CPU time the kernel counts; false where it may not. */
export const countCpu = () => {
  try {
    mkdirSync(group);
    writeFileSync(`${group}/cgroup.procs`, String(process.pid));
    return true;
  } catch {
    return false;
  }
};

export const stopCountingCpu = () => {
  try {
    writeFileSync("/sys/fs/cgroup/cpuacct/cgroup.procs", String(process.pid));
    rmdirSync(group);
  } catch {
    // A process that is about to end may still be in it; an empty group costs nothing.
  }
};

const cpuSeconds = (counted) =>
  counted ? Number(readFileSync(`${group}/cpuacct.usage`, "utf8")) / 1e9 : undefined;

const since = (before, now) => (before === undefined || now === undefined ? undefined : now - before);

/** Runs one deploy and says what it took: seconds, bytes to the instances, and CPU time of the deployer and all instances. */
export const measure = async (fleet, counted, work) => {
  const bytes = await receivedBytes(fleet);
  const cpu = cpuSeconds(counted);
  const began = performance.now();
  await work();
  const seconds = (performance.now() - began) / 1000;
  return {
    seconds,
    cpuSeconds: since(cpu, cpuSeconds(counted)),
    bytes: since(bytes, await receivedBytes(fleet)),
  };
};
