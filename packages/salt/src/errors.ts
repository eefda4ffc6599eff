import { defineErrors, type Makers } from "@hawser/core/plugin";

const entries = {
  HWS_SALT_OPTION: {
    message: (option: string, why: string): string => `the option ${option} is refused: ${why}`,
  },
  HWS_SALT_CA: {
    message: (path: string, why: string): string => `the certificates ${path} cannot be read: ${why}`,
    hint: "check the option ca; a relative path starts at the config file",
  },
  HWS_SALT_AWAY: {
    message: (url: string, why: string): string => `salt-api at ${url} does not answer: ${why}`,
    hint: "is salt-api running, and is the url that of its rest_cherrypy?",
    retryable: true,
  },
  HWS_SALT_ANSWER: {
    message: (url: string, what: string): string => `salt-api at ${url} gave ${what}`,
    hint: "it must be salt-api with rest_cherrypy of Salt 3006 or newer; something between may answer in its place",
  },
  HWS_SALT_AUTH: {
    message: (url: string, what: string): string => `salt-api at ${url} refuses ${what}`,
    hint: "check username, password and eauth, what external_auth allows on the master, and netapi_enable_clients",
  },
  HWS_SALT_MINION: {
    message: (id: string): string => `${JSON.stringify(id.slice(0, 200))} is no id of a minion`,
    hint: "an id is of letters, digits, dots, dashes and underscores, at most 128, beginning with a letter or digit",
  },
};

/** Every error that this package makes. */
export const errors: Makers<typeof entries> = defineErrors(entries);
