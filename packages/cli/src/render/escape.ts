export { harmlessLine as escapeLine, harmlessLines as escapeLines } from "@hawser/report/text";
