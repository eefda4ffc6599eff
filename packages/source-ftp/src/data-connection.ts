import { enterPassiveModeIPv6, type FTPContext, FTPError, type FTPResponse } from "basic-ftp";
import { dataFailure } from "./ftp-failure.ts";

const passivePort = (reply: string): number => {
  const numbers = /(\d{1,3}),(\d{1,3}),(\d{1,3}),(\d{1,3}),(\d{1,3}),(\d{1,3})/.exec(reply);
  if (numbers === null) throw new Error("the reply to PASV names no port");
  return Number(numbers[5]) * 256 + Number(numbers[6]);
};

/**
 * PASV, of whose reply only the port is taken: the address in it may be that of another machine, or one behind a NAT
 * that cannot be reached. The library does exactly that for EPSV, so the port is handed to it as a reply to EPSV.
 */
const enterPassiveMode = async (ftp: FTPContext): Promise<FTPResponse> => {
  const port = passivePort((await ftp.request("PASV")).message);
  const { request } = ftp;
  ftp.request = async () => ({ code: 229, message: `229 (|||${port}|)` });
  try {
    return await enterPassiveModeIPv6(ftp);
  } finally {
    ftp.request = request;
  }
};

/**
 * Opens the data connections of one session: by EPSV, and where the server does not know it by PASV from then on.
 *
 * @param url names the server in errors.
 */
export const dataConnections = (url: string): ((ftp: FTPContext) => Promise<FTPResponse>) => {
  let enter = enterPassiveModeIPv6;
  const enterEither = async (ftp: FTPContext): Promise<FTPResponse> => {
    try {
      return await enter(ftp);
    } catch (error) {
      if (enter === enterPassiveMode || !(error instanceof FTPError) || error.code < 500) throw error;
      enter = enterPassiveMode;
      return await enter(ftp);
    }
  };
  return async (ftp) => {
    try {
      return await enterEither(ftp);
    } catch (error) {
      // When the control connection is gone, that is what happened.
      throw ftp.closed ? error : dataFailure(error, url);
    }
  };
};
