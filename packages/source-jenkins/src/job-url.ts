import { errors } from "./errors.ts";

/** What Jenkins lets a job be called; the names of branches are encoded with `%`. */
const jobName = /^(?:[^\p{C}?*/\\%!@#$^&|<>[\]:;]|%[0-9A-Fa-f]{2})+$/u;

/** The address of a job: every part of its name is encoded by itself, so that none can be a path. */
export const jobUrl = (url: string, job: string): string => {
  const parts = job.split("/").map((part) => {
    // A branch's name is encoded once by Jenkins: there is none whose encoded name means a folder.
    const isDots = /^(?:\.|%2e){1,2}$/i.test(part);
    if (isDots || part.length > 255 || !jobName.test(part))
      throw errors.HWS_JENKINS_OPTION(["job", `${JSON.stringify(part)} is not the name of a job or folder`]);
    return `job/${encodeURIComponent(part)}`;
  });
  return `${baseUrl(url)}/${parts.join("/")}`;
};

const baseUrl = (text: string): string => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol))
    throw errors.HWS_JENKINS_OPTION(["url", "it is not http:// or https://"]);
  if (url.username + url.password !== "")
    throw errors.HWS_JENKINS_OPTION(["url", "it has credentials in it: use username and token"]);
  if (url.search + url.hash !== "") throw errors.HWS_JENKINS_OPTION(["url", "it has a query or fragment"]);
  return url.href.replace(/\/+$/, "");
};
