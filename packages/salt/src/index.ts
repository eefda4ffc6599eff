/**
 * What the plugins of Salt share: options, salt-api, jobs.
 *
 * @module @hawser/salt
 */

export { type Answer, isAnswer } from "./answer.ts";
export { type Gathered, type JobCall, runJob } from "./job.ts";
export { minionGrammar } from "./minion.ts";
export { accessProperties, type SaltAccess } from "./options.ts";
export { type LowState, SaltApi } from "./salt-api.ts";
