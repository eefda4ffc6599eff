import type { Secret } from "@hawser/core/plugin";
import type { AnyAuthMethod } from "ssh2";
import type { Credentials } from "./credentials.ts";

/** Credentials as ssh2 takes them. Apart from these: whoever compiles against this package has no types of ssh2. */
export const authMethods = (credentials: Credentials, username: string): readonly AnyAuthMethod[] => [
  ...(credentials.key === undefined
    ? []
    : [{ type: "publickey" as const, username, key: credentials.key.text.reveal() }]),
  ...(credentials.agent === undefined
    ? []
    : [{ type: "agent" as const, username, agent: credentials.agent }]),
  ...(credentials.password === undefined ? [] : passwordMethods(credentials.password, username)),
];

/** Some servers take a password only as the answer to a question; one that asks for more is told nothing. */
const passwordMethods = (password: Secret, username: string): readonly AnyAuthMethod[] => [
  { type: "password", username, password: password.reveal() },
  {
    type: "keyboard-interactive",
    username,
    prompt: (_name, _instructions, _language, prompts, finish) =>
      finish(prompts.length === 1 && prompts[0]?.echo !== true ? [password.reveal()] : []),
  },
];
