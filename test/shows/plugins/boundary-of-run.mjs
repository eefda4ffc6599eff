import { stopHere } from "./boundary.mjs";

/** A step between two steps of a run, where a test stops it. */
export default {
  name: "boundary",
  where: "deployer",
  needs: [],
  gives: {},
  run: (_facts, context) => stopHere(context),
};
