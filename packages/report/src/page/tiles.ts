import type { RunFacts } from "../facts.ts";
import { type Html, html, type Part } from "../html.ts";
import type { FlowLine } from "../picture/flow.ts";
import type { RunPicture } from "../picture/run-picture.ts";
import { bytesText, count } from "../text/units.ts";
import { type Carried, carriedOf } from "./carried.ts";

const tile = (value: Part, words: Part): Html =>
  html`<li><b>${value}</b> <span class="soft small">${words}</span></li>`;

const carriedWords = (carried: Carried): string => {
  const ways = [
    ...(carried.pulled > 0 ? [`${carried.pulled} pulled from storage`] : []),
    ...(carried.streamed > 0 ? [`${carried.streamed} streamed`] : []),
  ];
  return ways.length === 0 ? "to the instances" : `to the instances: ${ways.join(", ")}`;
};

/** How the bytes compare with sending every file to everybody. */
const sparedTile = (
  carried: Carried,
  releaseBytes: number | undefined,
  instances: number,
): Html | undefined => {
  if (releaseBytes === undefined || carried.bytes === 0 || instances === 0) return undefined;
  const share = (carried.bytes / Math.max(1, releaseBytes * instances)) * 100;
  const digits = share < 10 ? 1 : 0;
  return tile(
    share < 0.05 ? "< 0.1 %" : `${share.toFixed(digits)} %`,
    `of sending all its ${bytesText(releaseBytes)} to each`,
  );
};

/** How many waves were begun, of how many. */
const wavesOf = (flow: readonly FlowLine[]): { readonly begun: number; readonly of: number } | undefined => {
  const waves = flow.flatMap(({ wave }) => wave ?? []);
  if (waves.length === 0) return undefined;
  return {
    begun: new Set(waves.map(({ number }) => number)).size,
    of: Math.max(...waves.map(({ of }) => of)),
  };
};

/** The figures of a run. */
export const tiles = (picture: RunPicture, facts: RunFacts): Html => {
  const { instances, flow, warnings, from } = picture;
  const carried = carriedOf(picture);
  const active = instances.filter(({ state }) => state === "active").length;
  const failed = instances.filter((track) => track.failed).length;
  const waves = wavesOf(flow);
  const files = facts.diff?.files.length;
  return html`<ul class="tiles">${[
    instances.length > 0 &&
      tile(instances.length, [
        instances.length === 1 ? "instance" : "instances",
        active > 0 && `, ${active} active`,
        failed > 0 && `, ${failed} failed`,
      ]),
    waves !== undefined &&
      tile(
        waves.begun === waves.of ? waves.of : `${waves.begun} of ${waves.of}`,
        waves.of === 1 ? "wave" : "waves",
      ),
    carried.bytes > 0 && tile(bytesText(carried.bytes), carriedWords(carried)),
    sparedTile(carried, facts.diff?.to.sizeBytes, instances.filter(({ bytes = 0 }) => bytes > 0).length),
    files !== undefined && from !== null && tile(files, files === 1 ? "file differs" : "files differ"),
    warnings.length > 0 && tile(warnings.length, count(warnings.length, "warning").replace(/^\d+ /, "")),
  ]}</ul>`;
};
