import type { Instance } from "@hawser/core/plugin";
import { errors } from "./errors.ts";

// What the runtime API takes as a word: nothing in it can end a command, begin another or quote.
const word = /^[A-Za-z0-9_.:-]{1,255}$/;

const named = (what: "backend" | "server", name: string): string => {
  if (!word.test(name)) throw errors.HWS_LB_BAD_NAME([what, name]);
  return name;
};

/** The backend's name, once it passed the grammar. */
export const backendName = (name: string): string => named("backend", name);

/** The name of an instance's server, made of the template and checked by the same grammar. */
export const serverName = (template: string, instance: Instance): string =>
  named("server", template.replaceAll("{id}", instance.id).replaceAll("{address}", instance.address));
