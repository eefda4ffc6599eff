import { defineErrors, type Makers } from "@hawser/core/plugin";

const entries = {
  HWS_DASHBOARD_PLACE: {
    message: (place: string, why: string): string => `the dashboard cannot be served at ${place}: ${why}`,
    hint: "give a free port (`--listen 4270`) or `address:port`",
  },
  HWS_DASHBOARD_TOKEN: {
    message: (why: string): string => `the token of the dashboard ${why}`,
    hint: "give HAWSER_DASHBOARD_TOKEN 20 to 200 letters, digits and signs without spaces, or leave it out: then one is made",
  },
  HWS_DASHBOARD_URL: {
    message: (url: string): string => `${url} is no address that a dashboard can have`,
    hint: "give the scheme and the host that people open it at, as in https://dashboard.example.org: it cannot lie below a path",
  },
  HWS_DASHBOARD_SILENT: {
    message: (what: string, seconds: number): string => `${what}: no answer within ${seconds} s`,
    hint: "see `hawser doctor`; the dashboard asks again while somebody looks",
  },
};

/** Every code and text of the dashboard. */
export const errors: Makers<typeof entries> = defineErrors(entries);
