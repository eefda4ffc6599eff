export type { RunFacts } from "./facts.ts";
export { type GatherRequest, gatherFacts, type Reading } from "./gather.ts";
export { escaped, Html, html, link, type Part } from "./html.ts";
export { changeMark } from "./look/change-marks.ts";
export { type Page, page } from "./look/document.ts";
export {
  healthMark,
  type Mark,
  mark,
  memberMark,
  outcomeMark,
  phaseMark,
  stateMark,
} from "./look/marks.ts";
export { dark, light, type Palette, type Tone } from "./look/palette.ts";
export { styleSheet } from "./look/style-sheet.ts";
export { filterScript } from "./page/filter-script.ts";
export { type ReportParts, reportPage, reportParts } from "./page/report-page.ts";
export { reportStyle } from "./page/report-style.ts";
