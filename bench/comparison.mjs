import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { run } from "./command.mjs";
import { checkDeployed } from "./fleet.mjs";
import { measure } from "./meter.mjs";

/** One peer's own folder on this machine and its own deploy root on the instances. */
const openPlace = (peer, base, { fleet, gitServer }, keep, round) => {
  const { privateKey, knownHosts } = gitServer;
  const name = `${peer.key}-${round}`;
  const folder = join(base, name);
  mkdirSync(folder, { recursive: true });
  const git = { url: gitServer.url("served.git"), privateKey, knownHosts };
  const root = join(fleet.instances[0].root, name);
  return { peer, name, ...peer.open({ folder, root, fleet, git, keep }) };
};

/** Each round begins with another peer. */
const turned = (places, round) => [
  ...places.slice(round % places.length),
  ...places.slice(0, round % places.length),
];

/** A million files: rm is many times quicker with them than Node. */
const clear = async (fleet, places) => {
  const folders = places.flatMap(({ name }) => fleet.instances.map(({ folder }) => join(folder, name)));
  if (folders.length > 0) await run("rm", ["-rf", "--", ...folders]);
};

/** Measures one deploy after another, and checks what is current on every instance after each. */
class Course {
  measured = [];
  versions = [];
  #bench;

  constructor(bench) {
    this.#bench = bench;
  }

  async publish(version) {
    this.versions.push(await version);
  }

  async deploy(place, kind) {
    const { servers, counted, application, say } = this.#bench;
    // What an earlier deploy left to be written must not slow this one down.
    await run("sync", []);
    const taken = await measure(servers.fleet, counted, () => place.deploy());
    await place.settle?.();
    checkDeployed(servers.fleet, place.name, application.work, this.versions.at(-1).changed);
    this.measured.push({ peer: place.peer.name, kind, ...taken });
    const { seconds, cpuSeconds = 0, bytes = 0 } = taken;
    const figures = `${seconds.toFixed(2)} s, CPU ${cpuSeconds.toFixed(1)} s, ${(bytes / 1e6).toFixed(2)} MB`;
    say(`${place.peer.name.padEnd(18)} ${kind.padEnd(7)} ${figures}`);
  }
}

/** All peers, interleaved: first deploys into fresh places, then on to the steady state, then rounds in it. */
export const compare = async (bench) => {
  const { base, settings, peers, application, servers } = bench;
  const course = new Course(bench);
  await course.publish(application.first());
  let places = [];
  for (let round = 1; round <= settings.firsts; round++) {
    await clear(servers.fleet, places);
    places = peers.map((peer) => openPlace(peer, base, servers, settings.keep, round));
    for (const place of turned(places, round)) await course.deploy(place, "first");
  }
  for (const kind of ["second", "fill"]) {
    await course.publish(application.patch());
    for (const place of places) await course.deploy(place, kind);
  }
  for (let round = 1; round <= settings.rounds; round++) {
    await course.publish(application.patch());
    for (const place of turned(places, round)) await course.deploy(place, "patch");
    for (const place of turned(places, round)) await course.deploy(place, "same");
  }
  await clear(servers.fleet, places);
  return course;
};
