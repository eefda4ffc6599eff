export { harmless, harmlessLine, harmlessLines } from "./text/harmless.ts";
export { bytesText, count, durationText, shortRevision } from "./text/units.ts";
export { healthWords, memberWords, outcomeWords, stateWords } from "./text/words.ts";
