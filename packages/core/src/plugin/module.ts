import { extname } from "node:path";
import { pathToFileURL } from "node:url";

/** Loads a module that Node itself cannot: TypeScript. Gives the module, or its default export. */
export type LoadModule = (file: string) => Promise<unknown>;

const isTypeScript = (file: string): boolean => [".ts", ".mts"].includes(extname(file));

export const needsLoader = (file: string, loadModule: LoadModule | undefined): boolean =>
  isTypeScript(file) && loadModule === undefined;

/** The default export of a module, or all of it when it has none. */
export const importDefault = async (file: string, loadModule?: LoadModule): Promise<unknown> => {
  const module: unknown =
    loadModule !== undefined && isTypeScript(file)
      ? await loadModule(file)
      : await import(/* @vite-ignore */ pathToFileURL(file).href);
  return typeof module === "object" && module !== null && "default" in module ? module.default : module;
};
