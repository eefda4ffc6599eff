export { healthWords, memberWords, outcomeWords, stateWords } from "@hawser/report/text";
