import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Inventory } from "@hawser/core/plugin";
import { describe, expect, it } from "vitest";
import { HawserError, type Run, type RunEvent } from "../../src/index.ts";
import { type Elastic, endingOf, openServing, until } from "./fixtures/elastic.ts";
import { ending, given } from "./fixtures/project.ts";

const intervalMs = 100;

/** A watch and what it has said so far. */
const listening = (run: Run): { readonly run: Run; readonly said: RunEvent[] } => {
  const said: RunEvent[] = [];
  void (async () => {
    for await (const event of run) said.push(event);
  })();
  return { run, said };
};

const isIn = (elastic: Elastic, id: string) => async () => (await elastic.member(id)) === "in";

describe("watch", () => {
  it("brings up who comes, removes who goes, and ends with 0 when it is told to", async () => {
    const elastic = await openServing();
    const { run, said } = listening(elastic.engine.watch({ intervalMs }));
    elastic.appear("web3");
    await until("web3 is in", isIn(elastic, "web3"));
    elastic.inventory.remove("web1");
    await until("web1 is gone", async () => (await elastic.member("web1")) === "absent");
    run.cancel("stop");
    expect(ending(await run.result)).toBe("0 done");
    const told = said.flatMap((event) => (event.type === "instance" ? [event.instance] : []));
    expect(new Set(told)).toEqual(new Set(["web3", "web1"]));
    expect(said.filter(({ type }) => type === "start" || type === "result")).toHaveLength(2);
  });

  it("has the lease alone: a second one stands by and says so, reconcile is refused, and then the second takes over", async () => {
    const elastic = await openServing();
    const first = listening(elastic.engine.watch({ intervalMs: 60_000 }));
    await until("the first has looked", async () =>
      (await elastic.stored()).some((object) => object.includes("/watcher ")),
    );
    const second = listening(elastic.engine.watch({ intervalMs }));
    await until("the second stands by", () =>
      second.said.some((event) => event.type === "waiting" && event.what.includes("lease")),
    );
    elastic.appear("web3");
    expect(await endingOf(elastic.engine.reconcile())).toBe("75 untouched HWS_LOCK_BUSY");
    first.run.cancel();
    expect(ending(await first.run.result)).toBe("0 done");
    await until("web3 is in", isIn(elastic, "web3"));
    second.run.cancel();
    expect(ending(await second.run.result)).toBe("0 done");
  });

  it("one that stands by ends when it is told to", async () => {
    const elastic = await openServing();
    const first = listening(elastic.engine.watch({ intervalMs: 60_000 }));
    await until("the first has the lease", async () =>
      (await elastic.stored()).some((object) => object.includes("/watcher ")),
    );
    const second = listening(elastic.engine.watch({ intervalMs }));
    await until("the second stands by", () => second.said.some(({ type }) => type === "waiting"));
    second.run.cancel();
    expect(ending(await second.run.result)).toBe("0 done");
    first.run.cancel();
    await first.run.result;
  });

  it("goes on while the inventory does not answer, and says once that it does not and once that it does again", async () => {
    const elastic = await openServing();
    let down = false;
    const inventory: Inventory = {
      list: async (context) => {
        if (down) throw new HawserError("HWS_INVENTORY_EMPTY", "the inventory lists no instance");
        return await elastic.inventory.list(context);
      },
    };
    const engine = await elastic.engineWith({ inventory: given("inventory", inventory) });
    const { run, said } = listening(engine.watch({ intervalMs }));
    const warnings = () => said.filter(({ type }) => type === "warning");
    down = true;
    await until("it says so", () => warnings().length > 0);
    elastic.appear("web3");
    down = false;
    await until("web3 is in", isIn(elastic, "web3"));
    run.cancel();
    await run.result;
    expect(warnings()).toMatchObject([{ code: "HWS_INVENTORY_EMPTY" }]);
    expect(said).toContainEqual(expect.objectContaining({ type: "step", detail: "the watch is well again" }));
  });

  it("reads the config anew each turn; with one that became wrong the one before goes on", async () => {
    const elastic = await openServing();
    let config: unknown = elastic.config;
    const { run, said } = listening(elastic.engine.watch({ intervalMs, config: async () => config }));
    await until("it has begun", () => said.length > 0);
    config = { ...elastic.config, keep: "many" };
    await until("it says so", () => said.some(({ type }) => type === "warning"));
    elastic.appear("web3");
    await until("web3 is in", isIn(elastic, "web3"));
    run.cancel();
    await run.result;
    expect(said.filter(({ type }) => type === "warning")).toMatchObject([{ code: "HWS_CONFIG_INVALID" }]);
  });

  it("a deploy that meets a turn waits for its end, whatever it was told of waiting", async () => {
    const wait = {
      name: "wait",
      run: 'if [ "$HAWSER_INSTANCE" = web3 ]; then : >"$HAWSER_ROOT/waits"; until [ -e "$HAWSER_ROOT/go" ]; do sleep 0.05; done; fi',
      timeoutMs: 20_000,
    };
    const elastic = await openServing({ plan: { activate: [wait] } });
    elastic.appear("web3");
    const turn = elastic.engine.reconcile();
    await until("web3 waits", () => existsSync(join(elastic.root("web3"), "waits")));
    elastic.source.add({ "index.html": "two" });
    const deploy = listening(elastic.engine.deploy());
    await until("the deploy waits", () => deploy.said.some(({ type }) => type === "waiting"));
    writeFileSync(join(elastic.root("web3"), "go"), "");
    expect(ending(await turn.result)).toBe("0 done");
    expect(ending(await deploy.run.result)).toBe("0 done");
  });

  it("serves its figures as OpenMetrics text at a port of the loopback address", async () => {
    const elastic = await openServing();
    const { run, said } = listening(elastic.engine.watch({ intervalMs, metrics: 0 }));
    elastic.appear("web3");
    await until("web3 is in", isIn(elastic, "web3"));
    const url = said.flatMap((event) =>
      event.type === "step" ? [/http:\S+/.exec(event.detail ?? "")?.[0] ?? ""] : [],
    )[0] as string;
    const ask = async (): Promise<string> => await (await fetch(url)).text();
    await until("it is counted", async () => (await ask()).includes('state="well"} 3'));
    const answer = await fetch(url);
    expect(answer.headers.get("content-type")).toMatch(/^application\/openmetrics-text; version=1\.0\.0/);
    const text = await answer.text();
    expect(text).toContain('hawser_watch_mends_total{application="shop",environment="",kind="start"} 1');
    expect(text).toContain(
      'hawser_desired_info{application="shop",environment="",release="000001",version="1"} 1',
    );
    expect(text).toContain('hawser_watch_lease_held{application="shop",environment=""} 1');
    expect(text.endsWith("# EOF\n")).toBe(true);
    expect(new URL(url).hostname).toBe("127.0.0.1");
    run.cancel();
    await run.result;
    await expect(fetch(url)).rejects.toThrow();
  });

  it.each(["everywhere", "example.org:80", "127.0.0.1", "70000", "*:80"])(
    "refuses to serve figures at %s",
    async (metrics) => {
      const elastic = await openServing({ instances: 1 });
      expect(await endingOf(elastic.engine.watch({ metrics }))).toBe("2 untouched HWS_WATCH_METRICS");
    },
  );
});
