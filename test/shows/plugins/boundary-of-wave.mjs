import { stopHere } from "./boundary.mjs";

/** A step between two steps of a wave, where a test stops it. */
export default {
  name: "boundary",
  where: "waves",
  needs: [],
  gives: {},
  run: (_facts, context) => stopHere(context),
};
