/** Below this a text is found everywhere by chance: such secrets are hidden by their type alone. */
const shortest = 4;
const shortestBase64 = 8;
const shortestLine = 16;

/**
 * What the base64 of any text around the secret must contain: base64 works on three bytes at a time, so there are
 * three forms, each without the characters that depend on the neighbours.
 */
const base64Forms = (secret: string): string[] =>
  [0, 1, 2].flatMap((offset) => {
    const bytes = Buffer.concat([Buffer.alloc(offset), Buffer.from(secret)]);
    const whole = bytes.toString("base64").replace(/=+$/, "");
    const from = Math.ceil((offset * 4) / 3);
    const to = Math.floor((bytes.length * 8) / 6);
    const form = whole.slice(from, to);
    if (form.length < shortestBase64) return [];
    return [form, form.replaceAll("+", "-").replaceAll("/", "_")];
  });

/** The texts under which a secret may show itself. */
export const secretForms = (secret: string): readonly string[] => {
  if (secret.length < shortest) return [];
  let encoded: string;
  try {
    encoded = encodeURIComponent(secret);
  } catch {
    // Half a surrogate pair has no URL form.
    encoded = secret;
  }
  const lines = secret.includes("\n")
    ? secret.split(/\r?\n/).filter((line) => line.length >= shortestLine)
    : [];
  return [
    secret,
    encoded,
    encoded.replaceAll("%20", "+"),
    encoded.replaceAll(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
    JSON.stringify(secret).slice(1, -1),
    ...base64Forms(secret),
    ...lines,
  ];
};
