import { catalogue, type Makers } from "./scaffold-error.ts";

const entries = {
  HWS_SCAFFOLD_USAGE: {
    message: (why: string): string => why,
    hint: "npm create hawser-plugin -- --help shows the usage",
  },
  HWS_SCAFFOLD_KIND: {
    message: (kind: string): string => `there is no kind ${JSON.stringify(kind)}`,
    hint: "the kinds are source, storage, transport, installer, recipe, loadBalancer, inventory, listener and step",
  },
  HWS_SCAFFOLD_NAME: {
    message: (name: string, why: string): string => `${JSON.stringify(name)} cannot name a package: ${why}`,
    hint: "give another one with --name, as hawser-source-foo or @acme/hawser-source-foo",
  },
  HWS_SCAFFOLD_LICENCE: {
    message: (licence: string): string => `there is no licence ${JSON.stringify(licence)} to choose`,
    hint: "the choices are Apache-2.0, MIT and UNLICENSED",
  },
  HWS_SCAFFOLD_FOLDER: {
    message: (folder: string, why: string): string => `${folder} cannot be the plugin's folder: ${why}`,
    hint: "name a folder that does not exist or is empty",
  },
  HWS_SCAFFOLD_WRITE: {
    message: (folder: string, why: string): string => `${folder} could not be written: ${why}`,
    hint: "nothing was left behind: mend it and try again",
    exitCode: 1,
  },
  HWS_SCAFFOLD_CANCELLED: {
    message: (): string => "nothing was made",
    hint: "npm create hawser-plugin asks again",
    exitCode: 130,
  },
};

/** Every error that this package makes. */
export const errors: Makers<typeof entries> = catalogue(entries);
