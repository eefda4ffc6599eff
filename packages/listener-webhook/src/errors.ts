import { defineErrors, type Makers } from "@hawser/core/plugin";

const entries = {
  HWS_WEBHOOK_URL: {
    message: (why: string): string => `the webhook's URL cannot be used: ${why}`,
    hint: "give the https:// URL that the service shows, without user name and password in it",
  },
  HWS_WEBHOOK_PLAINTEXT: {
    message: (host: string): string => `the webhook at ${host} would be told in the clear`,
    hint: "give an https:// URL, or `allowPlaintext: true` where the way to it is trusted",
  },
  HWS_WEBHOOK_CA_UNREADABLE: {
    message: (path: string, why: string): string => `the authorities' file ${path} cannot be read: ${why}`,
    hint: "check the option ca; a relative path starts at the config file",
  },
  HWS_WEBHOOK_TEMPLATE: {
    message: (name: string): string => `the template names {{${name}}}, which is no fact of an event`,
    hint: (_name: string): string =>
      "the README of @hawser/listener-webhook lists the names that may stand there",
  },
  HWS_WEBHOOK_UNREACHABLE: {
    message: (origin: string, why: string): string => `the webhook at ${origin} was not told: ${why}`,
    hint: "look at the network between this machine and the service",
    retryable: true,
  },
  HWS_WEBHOOK_REFUSED: {
    message: (origin: string, status: number, said: string): string =>
      `the webhook at ${origin} answers with status ${status}${said === "" ? "" : `: ${said}`}`,
    hint: "the service may have withdrawn the URL (404, 410), want a header (401, 403), or another template (400)",
  },
  HWS_WEBHOOK_BUSY: {
    message: (origin: string, status: number, tries: number): string =>
      `the webhook at ${origin} still answered with status ${status} when its time was up (${tries} ${tries === 1 ? "try" : "tries"})`,
    hint: "look at the service; fewer moments in `on` post less",
    retryable: true,
  },
  HWS_WEBHOOK_REDIRECT: {
    message: (origin: string, status: number): string =>
      `the webhook at ${origin} sends elsewhere (status ${status}), which is not followed`,
    hint: "give the URL at the end of the redirects",
  },
};

/** Every error of this package; the texts stand nowhere else. */
export const errors: Makers<typeof entries> = defineErrors(entries);
