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
  { kind: "source", layers: ["shared", "plugin", "source"], about: "where the application comes from" },
  {
    kind: "storage",
    layers: ["shared", "plugin", "storage"],
    about: "where releases, desired state, lock and journal lie",
  },
  { kind: "transport", layers: ["shared", "plugin", "transport"], about: "how instances are reached" },
  {
    kind: "installer",
    layers: ["shared", "plugin", "installer"],
    about: "what is run on instances: the whole plan",
  },
  {
    kind: "recipe",
    layers: ["shared", "recipe"],
    about: "an installer for one kind of application, bent by key",
  },
  { kind: "loadBalancer", layers: ["shared", "plugin", "load-balancer"], about: "who takes requests" },
  { kind: "inventory", layers: ["shared", "plugin", "inventory"], about: "who the instances are" },
  { kind: "listener", layers: ["shared", "plugin", "listener"], about: "who hears of a run" },
  { kind: "step", layers: ["shared", "step"], about: "one more row in the table of steps" },
];

/** `load-balancer` and `LoadBalancer` mean what `loadBalancer` does. */
export const kindNamed = (text: string): KindFacts | undefined => {
  const plain = (name: string): string => name.replaceAll("-", "").toLowerCase();
  return kinds.find(({ kind }) => plain(kind) === plain(text));
};
