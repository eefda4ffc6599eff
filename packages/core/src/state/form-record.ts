import type { FormName } from "../artifact/form-name.ts";
import { parseHeaders, renderHeaders } from "../artifact/record-text.ts";
import { HawserError } from "../errors/hawser-error.ts";
import { stateErrors } from "../errors/state-codes.ts";
import { layout } from "./fields.ts";

/** One form in which an artifact is stored. */
export interface StoredForm {
  readonly form: FormName;
  readonly sizeBytes: number;
  /** Of the stored bytes, 64 hexadecimal digits. */
  readonly sha256: string;
  /** Of a sealed form: the name of the set of recipients that it was sealed to. */
  readonly recipients?: string | undefined;
}

const hex = /^[0-9a-f]{64}$/;

/** Line text: an instance that starts by itself reads it. */
export const renderForm = (digest: string, { form, sizeBytes, sha256, recipients }: StoredForm): Buffer =>
  renderHeaders([
    ["hawser-artifact", layout],
    ["artifact", digest],
    ["form", form],
    ["size", sizeBytes],
    ["digest", sha256],
    ["recipients", recipients],
  ]);

/** The record of one form of the artifact with this digest; anything else is `HWS_STATE_CORRUPT`. */
export const parseForm = (bytes: Buffer, key: string, digest: string, form: FormName): StoredForm => {
  try {
    const headers = parseHeaders(bytes);
    const found = headers.number("hawser-artifact");
    if (found > layout) throw stateErrors.HWS_STATE_NEWER([key, found]);
    if (headers.text("artifact") !== digest) throw new Error("the record is of another artifact");
    if (headers.text("form") !== form) throw new Error("the record is of another form");
    const recipients = headers.text("recipients");
    return {
      form,
      sizeBytes: headers.number("size"),
      sha256: headers.match("digest", hex),
      ...(recipients !== undefined && { recipients: headers.match("recipients", hex) }),
    };
  } catch (error) {
    if (HawserError.is(error, "HWS_STATE_NEWER")) throw error;
    throw stateErrors.HWS_STATE_CORRUPT([key, "is no record of an artifact's form"], { cause: error });
  }
};
