import { expect, it } from "vitest";
import { envelopeSchema } from "../../src/config/envelope.schema.ts";

it.each([
  { form: "one load balancer", loadBalancer: { use: "lb" } },
  { form: "named load balancers", loadBalancer: { web: { use: "lb" } } },
  { form: "none", loadBalancer: undefined },
])("is the same schema at each reading, so that nothing is compiled anew: $form", ({ loadBalancer }) => {
  expect(envelopeSchema({ loadBalancer })).toBe(envelopeSchema({ app: "shop", loadBalancer }));
});
