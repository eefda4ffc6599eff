import { readFileSync, readlinkSync } from "node:fs";
import { hostname, userInfo } from "node:os";

/** Who holds a lock, for people, and to tell whether the process is dead when it ran on this very machine. */
export interface Owner {
  readonly host: string;
  readonly user: string;
  readonly pid: number;
  /** Changes with every boot; empty where the system has none. */
  readonly bootId: string;
  /** The process's start in the kernel's ticks: a pid is used again, both together are not. */
  readonly pidStart: string;
  /** The pid namespace: two containers of one machine see different processes under one number. */
  readonly pidSpace: string;
  /** A link to the CI job, when there is one. */
  readonly ci?: string;
}

const read = (path: string): string => {
  try {
    return readFileSync(path, "utf8").trim();
  } catch {
    return "";
  }
};

/** Field 22 of `/proc/<pid>/stat` (proc(5)); the name before it may hold anything, so it is cut at its last `)`. */
const startOf = (pid: number): string => {
  const stat = read(`/proc/${pid}/stat`);
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  // A zombie has ended; only its parent has not looked yet.
  return fields[0] === "Z" || fields[0] === "X" ? "" : (fields[19] ?? "");
};

const pidSpace = (): string => {
  try {
    return readlinkSync("/proc/self/ns/pid");
  } catch {
    return "";
  }
};

const userName = (): string => {
  try {
    return userInfo().username;
  } catch {
    // A container may run under a number without a name.
    return String(process.getuid?.() ?? "");
  }
};

/** The links that the usual CI systems give in the environment. */
function ciLink(env: Readonly<Record<string, string | undefined>>): string | undefined {
  const github =
    env.GITHUB_RUN_ID &&
    `${env.GITHUB_SERVER_URL ?? "https://github.com"}/${env.GITHUB_REPOSITORY}/actions/runs/${env.GITHUB_RUN_ID}`;
  const azure =
    env.BUILD_BUILDID &&
    env.SYSTEM_TEAMFOUNDATIONCOLLECTIONURI &&
    `${env.SYSTEM_TEAMFOUNDATIONCOLLECTIONURI}${env.SYSTEM_TEAMPROJECT}/_build/results?buildId=${env.BUILD_BUILDID}`;
  const link =
    github ||
    env.CI_JOB_URL ||
    env.BUILD_URL ||
    env.CIRCLE_BUILD_URL ||
    env.BUILDKITE_BUILD_URL ||
    azure ||
    env.TRAVIS_JOB_WEB_URL;
  return link && /^https?:\/\/[!-~]{1,500}$/.test(link) ? link : undefined;
}

/** This process as an owner. */
export function thisOwner(env: Readonly<Record<string, string | undefined>> = process.env): Owner {
  const ci = ciLink(env);
  return {
    host: hostname(),
    user: userName(),
    pid: process.pid,
    bootId: read("/proc/sys/kernel/random/boot_id"),
    pidStart: startOf(process.pid),
    pidSpace: pidSpace(),
    ...(ci !== undefined && { ci }),
  };
}

/** Where an owner is, as far as this process can prove. */
export type Whereabouts = "dead" | "alive" | "elsewhere";

/** `dead` only when it ran on this machine since its last boot, in this pid namespace, and its process is gone. */
export function whereabouts(owner: Owner, here: Owner = thisOwner()): Whereabouts {
  const sameMachine =
    owner.bootId !== "" &&
    owner.pidSpace !== "" &&
    owner.pidStart !== "" &&
    owner.bootId === here.bootId &&
    owner.pidSpace === here.pidSpace &&
    owner.host === here.host;
  if (!sameMachine) return "elsewhere";
  return startOf(owner.pid) === owner.pidStart ? "alive" : "dead";
}
