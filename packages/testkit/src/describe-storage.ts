import { afterEach, beforeEach, describe } from "vitest";
import { describeConditions } from "./storage/conditions.ts";
import { describeGrammar } from "./storage/grammar.ts";
import { describeReading } from "./storage/reading.ts";
import { type StorageSubject, StorageTrial } from "./storage/trial.ts";
import { describeWriting } from "./storage/writing.ts";

export type { StorageSubject } from "./storage/trial.ts";

/** The contract of a storage, one test for each of its sentences. */
export function describeStorage(name: string, subject: StorageSubject): void {
  describe(`${name} keeps the contract of a storage`, () => {
    const trial = new StorageTrial(subject);
    beforeEach(() => trial.open());
    afterEach(() => trial.close());

    describeReading(trial);
    describeWriting(trial);
    describeConditions(trial);
    describeGrammar(trial);
  });
}
