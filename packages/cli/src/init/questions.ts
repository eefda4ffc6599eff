import { errors } from "../errors.ts";
import { type Answers, appNameOf, isAppName, sourceOf } from "./answers.ts";

/** Asks a person, on a terminal. A cancel at any question ends everything. */
export const askQuestions = async (directory: string): Promise<Answers> => {
  const { isCancel, select, text } = await import("@clack/prompts");
  const answered = async (question: Promise<string | symbol>): Promise<string> => {
    const answer = await question;
    if (isCancel(answer)) throw errors.HWS_CLI_CANCELLED([]);
    return String(answer ?? "").trim();
  };
  const ask = (message: string, defaultValue: string, wrong?: (value: string) => string | undefined) =>
    answered(
      text({
        message,
        placeholder: defaultValue,
        defaultValue,
        validate: (value) => (value === undefined || value === "" ? undefined : wrong?.(value)),
      }) as Promise<string | symbol>,
    );
  const app = await ask("The application's name", appNameOf(directory), (value) =>
    isAppName(value) ? undefined : "Small letters, digits and -",
  );
  const source = sourceOf(await ask("Its source: a git URL, or a folder", "."));
  const where = await answered(
    select({
      message: "Where it runs",
      options: [
        { value: "local", label: "in a folder on this machine, to try things" },
        { value: "ssh", label: "on machines reached by SSH" },
      ],
    }) as Promise<string | symbol>,
  );
  if (where === "local") return { app, source, instances: [] };
  const instances = (await ask("Their addresses, with spaces between", "web1 web2"))
    .split(/[\s,]+/)
    .filter(Boolean);
  const user = await ask("The user to log in as", "deploy");
  const socket = await ask("HAProxy's runtime socket, or none", "none");
  if (socket === "none") return { app, source, instances, user };
  const backend = await ask("The backend that holds the instances", "web");
  return { app, source, instances, user, loadBalancer: { socket, backend } };
};
