import type { RunPicture } from "../picture/run-picture.ts";

/** Bytes that went to instances, and how they came. */
export interface Carried {
  readonly bytes: number;
  readonly pulled: number;
  readonly streamed: number;
}

export const carriedOf = ({ instances }: Pick<RunPicture, "instances">): Carried => ({
  bytes: instances.reduce((sum, { bytes = 0 }) => sum + bytes, 0),
  pulled: instances.filter(({ via }) => via === "pull").length,
  streamed: instances.filter(({ via }) => via === "stream").length,
});
