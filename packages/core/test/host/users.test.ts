import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { application, environment } from "./releases.ts";
import { context, liveHost, shells } from "./shells.ts";
import { folder } from "./trees.ts";

describe.each(shells)("questions about users under $name", ({ path }) => {
  test("are answered in their order, and one outside its grammar is refused", async () => {
    await using live = await liveHost(join(folder(), "srv"), { path });
    const users = [
      { user: "nobody" },
      { user: "no-such-user" },
      { user: "nobody", kind: "shared", path: "a b/c" },
      { user: "no-such-user", kind: "writable", path: "cache" },
    ] as const;
    const survey = await live.host.survey({ application, environment, users }, context());
    expect(survey.users.map(({ may }) => may)).toEqual(["yes", "absent", "yes", "absent"]);
    expect(survey.users.map(({ may: _, ...question }) => question)).toEqual(users);
    expect(survey.programs.sh).toMatch(/^\/.*sh$/);
    for (const user of ["-u root", "a/b"])
      await expect(
        live.host.survey({ application, environment, users: [{ user }] }, context()),
      ).rejects.toMatchObject({ code: "HWS_HOST_REQUEST" });
  });
});
