import { HawserError, type Lifecycle, type OpenRequest, type Transport } from "@hawser/core/plugin";
import { MemoryInventory, operationContext } from "@hawser/testkit";
import { afterEach, expect, it, vi } from "vitest";
import { Reporter } from "../../src/engine/reporter.ts";
import { Fleet } from "../../src/fleet/fleet.ts";
import { ending, given, openProject } from "../engine/fixtures/project.ts";

afterEach(() => vi.restoreAllMocks());

const unreachable = () =>
  new HawserError("HWS_TRANSPORT_UNREACHABLE", "connect EHOSTUNREACH", { retryable: true });

/** A transport to machines without a route: each attempt takes the three seconds that a system asks for one. */
const withoutRoute = () => {
  let elapsedMs = 0;
  const real = performance.now.bind(performance);
  vi.spyOn(performance, "now").mockImplementation(() => real() + elapsedMs);
  const asked: string[] = [];
  const transport: Transport = {
    open: async ({ instance }: OpenRequest) => {
      asked.push(instance.id);
      await Promise.resolve();
      elapsedMs += 3_080;
      throw unreachable();
    },
  };
  return { transport, asked };
};

const instance = (id: string, lifecycle: Lifecycle) => ({ id, address: id, roles: ["web"], lifecycle });

it("an instance that is plainly absent is asked once, one that is starting as long as anything else", async () => {
  const { transport, asked } = withoutRoute();
  const { engineWith } = await openProject();
  const engineFor = (lifecycle: Lifecycle) =>
    engineWith({
      transport: given("transport", transport),
      inventory: given("inventory", new MemoryInventory([instance("web1", lifecycle)])),
    });
  const absent = await (await engineFor("inService")).deploy().result;
  expect(ending(absent)).toBe("1 untouched HWS_FLEET_PREFLIGHT");
  expect(asked).toEqual(["web1"]);
  expect(ending(await (await engineFor("starting")).status().result)).toBe(
    "4 untouched HWS_FLEET_UNREACHABLE",
  );
  expect(asked).toHaveLength(1 + 4);
});

it("one whose session was lost may be starting again: it is asked as patiently", async () => {
  const opened: string[] = [];
  const named = (name: string): Transport => ({
    open: async () => {
      opened.push(name);
      throw unreachable();
    },
  });
  const fleet = new Fleet({
    application: "shop",
    environment: "",
    root: "/srv/shop",
    inventory: new MemoryInventory([instance("web1", "inService")]),
    transport: named("first word"),
    patientTransport: named("patient"),
    reporter: new Reporter([], (value) => value),
    concurrency: 1,
    keepProgram: false,
  });
  const [member] = await fleet.list(operationContext());
  await fleet.survey([member!], operationContext());
  await expect(fleet.reconnect(member!, operationContext())).rejects.toMatchObject({ retryable: true });
  expect(opened).toEqual(["first word", "patient"]);
});
