import { defineErrors, type Makers } from "./catalogue.ts";

const entries = {
  HWS_DELIVERY_FETCH_ONLY: {
    message: (sizeBytes: number): string =>
      `an archive of ${sizeBytes} bytes can only be fetched from storage, and this instance does not fetch it`,
    hint: "the transport carries no archives: the instance needs curl and a way to storage",
  },
  HWS_TRANSPORT_FETCH_ONLY: {
    message: (plugin: string, why: string): string =>
      `${plugin} carries no archives, and instances cannot fetch them: ${why}`,
    hint: "use a storage that signs URLs (storage-s3, storage-minio) and `delivery: auto`, or another transport",
  },
  HWS_TRANSPORT_RECORDS: {
    message: (plugin: string, names: string): string =>
      `what goes over ${plugin} is recorded, and the installer's secrets would: ${names}`,
    hint: "let commands read secrets from a file that the instance has (its image, its role, a pillar), or use another transport",
  },
};

/** What a transport that carries no archives, or records what it carries, cannot be asked. */
export const transportErrors: Makers<typeof entries> = defineErrors(entries);
