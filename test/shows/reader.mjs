// Reads the current release without pause until standard input ends, then prints what it saw as one line of JSON.
// Arguments: the deploy root, and two files of a release that name it.
import { readFile, realpath } from "node:fs/promises";
import { basename, join } from "node:path";

const [root, first, second] = process.argv.slice(2);
const seen = { reads: 0, missed: [], mixed: [], releases: {} };
let stopped = false;
process.stdin.on("end", () => {
  stopped = true;
});
process.stdin.resume();

const text = async (folder, name) => (await readFile(join(folder, name), "utf8")).trim();

const read = async () => {
  // Through the link itself: `current` must be there at every moment.
  await text(join(root, "current"), first);
  const release = await realpath(join(root, "current"));
  const [one, two] = [await text(release, first), await text(release, second)];
  if (one !== two) seen.mixed.push(`${basename(release)}: ${one} ${two}`);
  seen.releases[basename(release)] = (seen.releases[basename(release)] ?? 0) + 1;
};

process.stdout.write("reading\n");
while (!stopped) {
  seen.reads += 1;
  await read().catch((error) => seen.missed.push(error.message));
  await new Promise((resolve) => setTimeout(resolve, 10));
}
process.stdout.write(`${JSON.stringify(seen)}\n`);
