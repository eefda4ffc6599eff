import { errors } from "./errors.ts";

const maxNameBytes = 255;

/** Checks one name of a listing before anything is made of it; gives it back. */
export const checkName = (name: string, folder: string): string => {
  const refuse = (why: string): never => {
    throw errors.HWS_FTP_NAME([folder === "" ? name : `${folder}/${name}`, why]);
  };
  if (name === "" || name === "." || name === "..") refuse("it names no entry of the directory");
  if (name.includes("/")) refuse("it has a / in it");
  if (/[\x00-\x1f\x7f]/.test(name)) refuse("it has a control character");
  if (name.includes("\ufffd")) refuse("it is not UTF-8");
  if (Buffer.byteLength(name) > maxNameBytes) refuse(`it is longer than ${maxNameBytes} bytes`);
  return name;
};
