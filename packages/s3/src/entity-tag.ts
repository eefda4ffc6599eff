/** An ETag in the form that If-Match takes; undefined for what is none. Stores differ in whether they quote it. */
export const entityTag = (text: string | undefined): string | undefined => {
  const bare = /^"?([\x21\x23-\x7e]{1,200})"?$/.exec(text ?? "")?.[1];
  return bare === undefined ? undefined : `"${bare}"`;
};
