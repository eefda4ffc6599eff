import { type FormName, formNames, isSealed, plainForm } from "../artifact/form-name.ts";
import type { FleetMember } from "./member.ts";

/** The forms that an instance can open, the one that costs it least first (docs/adr/0017-stored-forms.md). */
export const usableForms = ({ survey }: FleetMember): readonly FormName[] => {
  const opens = survey?.tools.age === true && survey.identity;
  const zstd = survey?.tools.zstd === true;
  return formNames.filter((form) => (zstd || plainForm(form) === "tar.gz") && (opens || !isSealed(form)));
};
