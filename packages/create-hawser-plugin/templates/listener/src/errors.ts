import { defineErrors, type Makers } from "@hawser/core/plugin";

const entries = {
  HWS_GRAFANA_STATUS: {
    message: (url: string, status: number): string => `${url} answers with ${status}`,
    hint: "401 and 403 speak of the token: its service account needs to write annotations",
  },
};

/** Every error that this package makes. */
export const errors: Makers<typeof entries> = defineErrors(entries);
