import { expect, it } from "vitest";
import { proxyFor } from "../../src/http/proxy-choice.ts";

const choose = (url: string, environment: Record<string, string>) =>
  proxyFor(new URL(url), environment)?.href;

it("takes the proxy of the URL's own scheme, and lower case before upper case", () => {
  const environment = { HTTP_PROXY: "http://plain:1", HTTPS_PROXY: "http://tls:1" };
  expect(choose("http://a.test/", environment)).toBe("http://plain:1/");
  expect(choose("https://a.test/", environment)).toBe("http://tls:1/");
  expect(choose("http://a.test/", { ...environment, http_proxy: "lower:2" })).toBe("http://lower:2/");
  expect(choose("http://a.test/", { ...environment, http_proxy: "" })).toBeUndefined();
  expect(choose("http://a.test/", { HTTPS_PROXY: "http://tls:1" })).toBeUndefined();
});

it.each([
  ["*", "http://any.test/"],
  ["a.test", "http://a.test/"],
  ["a.test", "http://b.a.test/"],
  [".a.test", "http://b.a.test/"],
  ["*.a.test", "http://b.a.test/"],
  ["x, A.TEST", "http://a.test/"],
  ["x a.test", "http://a.test/"],
  ["a.test:8080", "http://a.test:8080/"],
  ["a.test:80", "http://a.test/"],
  ["192.0.2.7", "http://192.0.2.7/"],
  ["192.0.2.0/24", "http://192.0.2.7/"],
  ["2001:db8::/32", "http://[2001:db8::7]/"],
  ["2001:db8::7", "http://[2001:db8::7]/"],
  ["[2001:db8::7]:80", "http://[2001:db8::7]/"],
])("NO_PROXY=%s leaves out %s", (exempt, url) => {
  expect(choose(url, { HTTP_PROXY: "http://p:1", NO_PROXY: exempt })).toBeUndefined();
  expect(choose(url, { HTTP_PROXY: "http://p:1", no_proxy: exempt })).toBeUndefined();
});

it.each([
  ["b.test", "http://a.test/"],
  ["a.test", "http://nota.test/"],
  ["a.test:81", "http://a.test/"],
  ["192.0.2.0/24", "http://192.0.3.7/"],
  ["192.0.2.0/99", "http://192.0.2.7/"],
  ["", "http://a.test/"],
  [",.,", "http://a.test/"],
])("NO_PROXY=%s does not leave out %s", (exempt, url) => {
  expect(choose(url, { HTTP_PROXY: "http://p:1", NO_PROXY: exempt })).toBe("http://p:1/");
});

it("never asks for the deployer's own machine through a proxy", () => {
  for (const host of ["localhost", "127.0.0.1", "127.1", "[::1]", "app.localhost"])
    expect(choose(`http://${host}/`, { HTTP_PROXY: "http://p:1" }), host).toBeUndefined();
});

it("refuses a proxy that is none, without showing what was given", () => {
  for (const proxy of ["socks5://user:hidden@p:1", "http://user:hidden@:x"]) {
    expect(() => choose("http://a.test/", { HTTP_PROXY: proxy })).toThrow(
      expect.objectContaining({ code: "HWS_HTTP_PROXY", message: expect.not.stringContaining("hidden") }),
    );
  }
});
