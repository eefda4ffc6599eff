import { defineErrors, type Makers } from "@hawser/core/plugin";

const entries = {
  HWS_TRACE_NO_SDK: {
    message: (): string => "no SDK of OpenTelemetry is registered: nothing is traced",
    hint: "start Node with --import and a file that starts an SDK (docs/guide/observability.md), or take the listener out",
  },
  HWS_TRACE_UNSENT: {
    message: (why: string): string => `not all spans of the run were sent: ${why}`,
    hint: "look at the exporter of the SDK and at the collector",
  },
};

/** Every error of this package; the texts stand nowhere else. */
export const errors: Makers<typeof entries> = defineErrors(entries);
