import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

const sources = new URL("../../host/", import.meta.url).pathname;

/** One text is too long for an argument or a variable of a program's environment: it stands in a file. */
const file = join(mkdtempSync(join(tmpdir(), "hawser-functions-")), "functions");

/** The host program up to the point where it begins to serve: its functions and nothing else. */
const functions = readdirSync(sources)
  .filter((name) => name.endsWith(".sh") && !name.endsWith("-serve.sh"))
  .sort()
  .map((name) => readFileSync(join(sources, name), "utf8"))
  .join("\n");
writeFileSync(file, functions);
process.once("exit", () => rmSync(dirname(file), { recursive: true, force: true }));

/** Runs a few lines that call the host program's functions, in the `sh` of the path's first folder. */
export const callFunctions = (
  path: string,
  lines: string,
  { root = "/nowhere", input = "" }: { readonly root?: string; readonly input?: string } = {},
): Promise<{ readonly status: number; readonly stdout: string; readonly stderr: string }> =>
  new Promise((resolve) => {
    const argv = ["-c", `. '${file}'; ${lines}`];
    const env = { PATH: path, LC_ALL: "C", root };
    const child = execFile(join(path.split(":")[0]!, "sh"), argv, { env }, (error, stdout, stderr) => {
      resolve({ status: error === null ? 0 : Number(error.code ?? -1), stdout, stderr });
    });
    child.stdin!.on("error", () => {});
    child.stdin!.end(input);
  });
