/** `UNLICENSED`: nobody else may use it, and npm is told so. */
export type Licence = "Apache-2.0" | "MIT" | "UNLICENSED";

export const licences: readonly Licence[] = ["Apache-2.0", "MIT", "UNLICENSED"];

export const licenceNamed = (text: string): Licence | undefined =>
  licences.find((licence) => licence.toLowerCase() === text.toLowerCase());
