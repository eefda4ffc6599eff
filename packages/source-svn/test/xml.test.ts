import { expect, test } from "vitest";
import { readXml, XmlError } from "../src/xml.ts";

test("reads elements, attributes, text and character references", () => {
  const { name, children } = readXml(
    '<?xml version="1.0" encoding="UTF-8"?>\n<info>\n<entry kind="dir" path="a&quot;&lt;">x &amp; &#252;&#x1F680;</entry><empty/>\n</info>\n',
  );
  expect(name).toBe("info");
  expect(children.map((child) => child.name)).toEqual(["entry", "empty"]);
  expect(children[0]?.attributes).toEqual(
    new Map([
      ["kind", "dir"],
      ["path", 'a"<'],
    ]),
  );
  expect(children[0]?.text).toBe("x & \u00fc\u{1f680}");
});

test.each([
  ["a document type", '<!DOCTYPE info SYSTEM "file:///etc/passwd"><info/>'],
  ["an entity of its own", "<info>&secret;</info>"],
  ["a comment", "<info><!-- x --></info>"],
  ["CDATA", "<info><![CDATA[x]]></info>"],
  ["a processing instruction", "<info><?php x ?></info>"],
  ["a document that was cut", "<info><entry>"],
  ["an element that is closed by another", "<info><entry></info></entry>"],
  ["two documents", "<info/><info/>"],
  ["text beside the document", "<info/>x"],
  ["no document", ""],
  ["a character beyond Unicode", "<info>&#1114112;</info>"],
  ["elements nested without end", "<a>".repeat(100_000)],
])("%s is refused", (_, text) => {
  expect(() => readXml(text)).toThrow(XmlError);
});
