import { emptyPlan } from "@hawser/testkit";
import { expect, it } from "vitest";
import { userQuestions } from "../../src/fleet/users.ts";
import type { InstallPlan } from "../../src/index.ts";

const plan = (fields: Partial<InstallPlan>): InstallPlan => ({ ...emptyPlan, ...fields });

it("asks of each user that commands name whether the session may become it, and of the transport's own nothing", () => {
  const asked = plan({
    user: "shop",
    install: [
      { name: "a", run: "x", timeoutMs: 1 },
      { name: "b", run: "x", timeoutMs: 1, user: null },
      { name: "c", run: "x", timeoutMs: 1, user: "root", roles: ["worker"] },
    ],
  });
  expect(userQuestions(asked, ["web"])).toEqual([{ user: "shop" }]);
  expect(userQuestions(asked, ["worker"])).toEqual([{ user: "root" }, { user: "shop" }]);
});

it("asks whether a file may be given to its owner, whom nobody has to become for it", () => {
  const env = { HAWSER_FILE: "config/.env", HAWSER_FILE_OWNER: "shop" };
  const asked = plan({ install: [{ name: "file", run: "x", timeoutMs: 1, user: null, env }] });
  expect(userQuestions(asked, ["web"])).toEqual([{ user: "shop", kind: "writable", path: "config/.env" }]);
});
