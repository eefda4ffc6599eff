import { BlockList, isIP, isIPv4, isIPv6 } from "node:net";

/** Where an address leads to, seen from the deployer. */
export type AddressClass = "public" | "private" | "loopback" | "link-local" | "reserved";

const blockList = (subnets: readonly string[]): BlockList => {
  const list = new BlockList();
  for (const subnet of subnets) {
    const [address = "", bits] = subnet.split("/");
    list.addSubnet(address, Number(bits), isIPv4(address) ? "ipv4" : "ipv6");
  }
  return list;
};

/** The first that holds an address names it. Metadata services of clouds lie in link-local and reserved ranges. */
const classes: readonly (readonly [Exclude<AddressClass, "public">, BlockList])[] = [
  ["loopback", blockList(["127.0.0.0/8", "::1/128"])],
  ["link-local", blockList(["169.254.0.0/16", "fe80::/10"])],
  [
    "reserved",
    // The metadata services of AWS over IPv6 and of Alibaba stand in private ranges.
    blockList([
      "0.0.0.0/8",
      "100.100.100.200/32",
      "192.0.0.0/24",
      "224.0.0.0/4",
      "240.0.0.0/4",
      "::/128",
      "fd00:ec2::/32",
      "ff00::/8",
    ]),
  ],
  [
    "private",
    blockList([
      "10.0.0.0/8",
      "100.64.0.0/10",
      "172.16.0.0/12",
      "192.168.0.0/16",
      "198.18.0.0/15",
      "fc00::/7",
      "fec0::/10",
    ]),
  ],
];

/** Prefixes of IPv6 that carry an IPv4 address, and the group where it begins: mapped, compatible, NAT64, 6to4. */
const carriers: readonly (readonly [BlockList, number])[] = [
  [blockList(["::ffff:0:0/96"]), 6],
  [blockList(["::/96"]), 6],
  [blockList(["::ffff:0:0:0/96"]), 6],
  [blockList(["64:ff9b::/96", "64:ff9b:1::/48"]), 6],
  [blockList(["2002::/16"]), 1],
];

const groupsOf = (address: string): readonly number[] => {
  // A URL writes every IPv6 address in hexadecimal groups.
  const text = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [head = "", tail] = text.split("::");
  const numbers = (part: string) =>
    part === "" ? [] : part.split(":").map((group) => Number.parseInt(group, 16));
  const [first, last] = [numbers(head), numbers(tail ?? "")];
  return [...first, ...Array(8 - first.length - last.length).fill(0), ...last];
};

const carried = (address: string, at: number): string => {
  const groups = groupsOf(address);
  const [high = 0, low = 0] = [groups[at], groups[at + 1]];
  return [high >> 8, high & 255, low >> 8, low & 255].join(".");
};

const classIn = (address: string, family: "ipv4" | "ipv6"): AddressClass =>
  classes.find(([, list]) => list.check(address, family))?.[0] ?? "public";

/** The class of an IP address in any of its spellings that a socket or a URL gives. */
export const addressClassOf = (address: string): AddressClass => {
  const plain = address.replace(/%.*$/s, "");
  if (isIPv4(plain)) return classIn(plain, "ipv4");
  if (!isIPv6(plain)) return "reserved";
  const own = classIn(plain, "ipv6");
  if (own !== "public") return own;
  const carrier = carriers.find(([list]) => list.check(plain, "ipv6"));
  return carrier === undefined ? "public" : classIn(carried(plain, carrier[1]), "ipv4");
};

/** The class of a URL's host when its text alone tells it: an address, or a name for the machine itself. */
export const literalClassOf = (
  { hostname }: URL,
  classOf: (address: string) => AddressClass = addressClassOf,
): AddressClass | undefined => {
  const host = hostname.replace(/^\[|\]$/g, "").replace(/\.$/, "");
  if (isIP(host) !== 0) return classOf(host);
  return host === "localhost" || host.endsWith(".localhost") ? "loopback" : undefined;
};
