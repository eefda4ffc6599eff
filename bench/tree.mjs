import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { run } from "./command.mjs";

/** Numbers from 0 to 1 that are the same in every run (mulberry32, a public-domain generator). */
const numbers = (seed) => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
};

const syllables =
  "ar be cor da el fi gen ho in ka lo men no or pre qui ra set tor un ver wo xi yet zon".split(" ");

const makeWords = (next) =>
  Array.from({ length: 3_000 }, () =>
    Array.from(
      { length: 1 + Math.floor(next() * 4) },
      () => syllables[Math.floor(next() * syllables.length)],
    ).join(""),
  );

/** Few words are frequent and many are rare, as in source code; gzip makes about a quarter of it. */
const pickWord = (words, next) => words[Math.floor(words.length * next() ** 3)];

const line = (words, next) => {
  const count = 2 + Math.floor(next() * 9);
  const indent = "    ".repeat(Math.floor(next() * 4));
  const picked = Array.from({ length: count }, () => pickWord(words, next));
  return `${indent}${picked.join(next() < 0.5 ? " " : "->")}(${pickWord(words, next)});\n`;
};

const textOf = (words, next, bytes) => {
  let text = "";
  while (text.length < bytes) text += line(words, next);
  return text;
};

const noiseOf = (next, bytes) => {
  const noise = Buffer.alloc(bytes);
  for (let at = 0; at < bytes; at++) noise[at] = next() * 256;
  return noise;
};

/** Sizes as trees of real applications have them: most files small, few large; log-normal, brought to the sum. */
const sizesOf = (next, count, sum) => {
  const normal = () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
  const raw = Array.from({ length: count }, () => Math.exp(normal() * 1.3));
  const whole = raw.reduce((a, b) => a + b, 0);
  return raw.map((size) => Math.max(40, Math.round((size * sum) / whole)));
};

const pathOf = (number) => {
  const folder = Math.floor(number / 12);
  return `src/area-${folder % 40}/part-${Math.floor(folder / 40)}/`;
};

const write = (folder, path, content, mode) => {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), content, { mode });
};

/** A file in every 30 is an image: bytes that nothing compresses. One in every 50 is a program. */
const makeTree = (folder, { files, bytes }) => {
  const next = numbers(files);
  const words = makeWords(next);
  const texts = [];
  for (const [number, size] of sizesOf(next, files - 10, bytes).entries()) {
    const image = number % 30 === 7;
    const path = `${pathOf(number)}${image ? `image-${number}.png` : `file-${number}.php`}`;
    write(
      folder,
      path,
      image ? noiseOf(next, size) : textOf(words, next, size),
      number % 50 === 3 ? 0o755 : 0o644,
    );
    if (!image) texts.push({ path, size });
  }
  for (let link = 0; link < 10; link++) symlinkSync(texts[link * 3].path, join(folder, `link-${link}`));
  return { texts: texts.sort((a, b) => a.size - b.size), words };
};

/**
 * The files of a patch beside the build number: four from the middle size up to one as large as a lock file. Ten lines
 * in each are other ones than before.
 */
const patchOf = ({ texts }, version) =>
  [0.6, 0.75, 0.9, 0.985].map((share) => texts[Math.floor(texts.length * share) - version].path);

const change = (folder, path, words, next) => {
  const lines = readFileSync(join(folder, path), "utf8").split("\n");
  for (let times = 0; times < 10; times++)
    lines[Math.floor(next() * (lines.length - 1))] = line(words, next).trimEnd();
  writeFileSync(join(folder, path), lines.join("\n"));
};

const person = { name: "Bench", email: "bench@localhost" };

const gitIn =
  (folder) =>
  (...args) =>
    run("git", ["-C", folder, "-c", "gc.auto=0", ...args], {
      env: {
        PATH: process.env.PATH,
        HOME: folder,
        GIT_CONFIG_NOSYSTEM: "1",
        GIT_AUTHOR_NAME: person.name,
        GIT_AUTHOR_EMAIL: person.email,
        GIT_COMMITTER_NAME: person.name,
        GIT_COMMITTER_EMAIL: person.email,
      },
    });

/** What a patch weighs at the least: each changed file by itself through gzip. */
const compressedBytes = (folder, paths) =>
  paths.reduce((sum, path) => sum + gzipSync(readFileSync(join(folder, path))).length, 0);

/** An application in a Git repository whose branch `main` moves on by one patch at a time. */
export const makeApplication = async (folder, settings) => {
  const work = join(folder, "work");
  const served = join(folder, "served.git");
  mkdirSync(work, { recursive: true });
  const tree = makeTree(work, settings);
  const git = gitIn(work);
  let version = 0;
  const publish = async (paths) => {
    version += 1;
    write(work, "VERSION", `${version}\n`, 0o644);
    await git("add", "--all");
    await git("commit", "--quiet", "--message", `Version ${version}`);
    await git("push", "--quiet", served, "HEAD:refs/heads/main");
    return {
      version,
      changed: ["VERSION", ...paths],
      compressedBytes: compressedBytes(work, ["VERSION", ...paths]),
    };
  };
  await run("git", ["init", "--quiet", "--bare", "--initial-branch=main", served]);
  await git("init", "--quiet", "--initial-branch=main");
  return {
    work,
    served,
    files: settings.files + 1,
    first: () => publish([]),
    patch: async () => {
      const paths = patchOf(tree, version + 1);
      const next = numbers(version + 1);
      for (const path of paths) change(work, path, tree.words, next);
      return await publish(paths);
    },
  };
};
