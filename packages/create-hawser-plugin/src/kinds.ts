/** What can be made, as its author names it. */
export type TemplateKind =
  | "source"
  | "storage"
  | "transport"
  | "installer"
  | "recipe"
  | "loadBalancer"
  | "inventory"
  | "listener"
  | "step";

export interface KindFacts {
  readonly kind: TemplateKind;
  /** The folders of `templates` that it is made of; a later one wins. */
  readonly layers: readonly string[];
  /** For the question which one. */
  readonly about: string;
}

/** In the order in which they are offered. */
export const kinds: readonly KindFacts[] = [
  {
    kind: "source",
    layers: ["shared", "plugin", "source"],
    about: "where the application comes from",
  },
];

/** `load-balancer` and `LoadBalancer` mean what `loadBalancer` does. */
export const kindNamed = (text: string): KindFacts | undefined => {
  const plain = (name: string): string => name.replaceAll("-", "").toLowerCase();
  return kinds.find(({ kind }) => plain(kind) === plain(text));
};
