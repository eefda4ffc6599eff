import { expect, it } from "vitest";
import { addressClassOf, literalClassOf } from "../../src/http/address-class.ts";

it.each([
  ["loopback", ["127.0.0.1", "127.255.0.9", "::1", "::ffff:127.0.0.1", "::ffff:7f00:1", "::127.0.0.1"]],
  ["link-local", ["169.254.169.254", "fe80::1", "fe80::1%eth0", "febf::1", "::ffff:169.254.169.254"]],
  ["link-local", ["64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::1", "::ffff:0:169.254.169.254"]],
  ["reserved", ["0.0.0.0", "0.1.2.3", "::", "224.0.0.1", "255.255.255.255", "ff02::1", "fd00:ec2::254"]],
  ["reserved", ["100.100.100.200", "192.0.0.192", "not an address", "", "::ffff:0.0.0.0"]],
  [
    "private",
    ["10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "100.64.0.1", "fd12::1", "fc00::1"],
  ],
  ["private", ["::ffff:10.1.2.3", "198.18.0.1", "64:ff9b::10.1.2.3", "2002:c0a8:0101::", "fec0::1"]],
  ["public", ["8.8.8.8", "172.32.0.1", "172.15.0.1", "169.253.0.1", "2606:4700::1111", "::ffff:8.8.8.8"]],
  ["public", ["64:ff9b::808:808", "2002:808:808::1", "128.0.0.1", "126.255.255.255"]],
])("%s: %j", (found, addresses) => {
  for (const address of addresses) expect(addressClassOf(address), address).toBe(found);
});

it.each([
  ["http://0x7f.1/", "loopback"],
  ["http://2130706433/", "loopback"],
  ["http://0177.0.0.1/", "loopback"],
  ["http://127.1/", "loopback"],
  ["http://[::ffff:169.254.169.254]/", "link-local"],
  ["http://169.254.169.254./", "link-local"],
  ["http://LOCALHOST/", "loopback"],
  ["http://a.localhost./", "loopback"],
  ["http://localhost.example.com/", undefined],
  ["http://example.com/", undefined],
])("the host of %s says %s", (url, found) => {
  expect(literalClassOf(new URL(url))).toBe(found);
});
