import type { SymfonyOptions } from "./options.ts";

/** A call of Symfony's command line. Both parts have passed the schema's grammar: neither needs quotes. */
export const consoleCall = ({ php = "php", console = "bin/console" }: SymfonyOptions, call: string): string =>
  `${php} ${console} ${call} --no-interaction`;
