/** What an id of a minion must be to be a target: nothing that a target expression could mean otherwise. */
export const minionGrammar: RegExp = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;
