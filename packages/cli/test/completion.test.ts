import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { hawser } from "./process.ts";

const scriptOf = async (shell: string): Promise<string> => (await hawser(["completion", shell]).ended).stdout;

/** What bash offers after these words. */
const offered = (script: string, ...words: string[]): string[] => {
  const set = `COMP_WORDS=(${words.map((word) => `'${word}'`).join(" ")}); COMP_CWORD=${words.length - 1}`;
  const { stdout } = spawnSync(
    "bash",
    ["-c", `${script}\n${set}\n_hawser\nprintf '%s\\n' "\${COMPREPLY[@]}"`],
    { encoding: "utf8" },
  );
  return stdout.trim().split("\n");
};

describe("completion", () => {
  it("in bash offers verbs, then the verb's own options, also after a global option with a value", async () => {
    const script = await scriptOf("bash");
    expect(offered(script, "hawser", "de")).toEqual(["deploy"]);
    expect(offered(script, "hawser", "-e", "production", "deploy", "--res")).toEqual([
      "--resume",
      "--result",
    ]);
    expect(offered(script, "hawser", "deploy", "--wait", "--ab")).toEqual(["--abandon"]);
    expect(offered(script, "hawser", "completion", "z")).toEqual(["zsh"]);
  });

  it.each(["zsh", "fish"])("for %s names every verb and every option of deploy", async (shell) => {
    const script = await scriptOf(shell);
    for (const word of ["init", "rollback", "status", "history", "resume", "allow-bad", "environment"]) {
      expect(script).toContain(word);
    }
  });

  it("for another shell is a misuse", async () => {
    expect((await hawser(["completion", "csh"]).ended).code).toBe(2);
  });
});
