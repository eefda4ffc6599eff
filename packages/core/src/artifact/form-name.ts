/** The forms in which artifacts are stored, the one that is cheapest to open first. */
export const formNames = ["tar.zst", "tar.gz", "tar.zst.age", "tar.gz.age"] as const;

export type FormName = (typeof formNames)[number];

/** The compressed form inside of a sealed one; a form that is not sealed is its own. */
export type PlainForm = "tar.zst" | "tar.gz";

export type SealedForm = `${PlainForm}.age`;

export const isSealed = (form: FormName): form is SealedForm => form.endsWith(".age");

export const plainForm = (form: FormName): PlainForm => (form.startsWith("tar.zst") ? "tar.zst" : "tar.gz");
