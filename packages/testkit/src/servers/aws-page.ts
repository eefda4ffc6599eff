/** One page of a list, and the token of the next. */
export const pageOf = <T>(
  all: readonly T[],
  token: string | undefined,
  size: number,
): { readonly items: readonly T[]; readonly next: string | undefined } => {
  const from = token === undefined ? 0 : Number(token.replace("page-", ""));
  const to = from + size;
  return { items: all.slice(from, to), next: to < all.length ? `page-${to}` : undefined };
};
