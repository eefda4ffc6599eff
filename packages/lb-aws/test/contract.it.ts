import { describeLoadBalancer } from "@hawser/testkit";
import { describe } from "vitest";
import { withRetry } from "../../core/src/decorate/retry.ts";
import { groupOf, startWeb, trialOf, until } from "./aws-trial.ts";

describeLoadBalancer("lb-aws with two target groups of both types", {
  create: async () => {
    const web = await startWeb();
    const group = await groupOf(web, { type: "instance" });
    const other = await groupOf(web, { type: "ip", protocol: "TCP", endsConnections: true });
    return await trialOf(web, group, { targetGroupArn: [group.arn, other.arn] });
  },
});

describeLoadBalancer("lb-aws with a classic load balancer", {
  create: async () => {
    const web = await startWeb();
    const classic = await web.aws.account.addClassic({ name: "web", port: web.port });
    for (const { id, address } of web.machines) classic.register(id, { address, port: web.port });
    await until("health", () => classic.healthy === web.machines.length);
    return await trialOf(web, classic, { classicName: "web" });
  },
});

// Each shape takes a minute: every change has those that differ most, acceptance these too.
describe.runIf(process.env.HAWSER_SCALE === "whole")("at acceptance", () => {
  describeLoadBalancer("lb-aws with a target group of instances", {
    create: async () => {
      const web = await startWeb();
      const group = await groupOf(web, { type: "instance" });
      return await trialOf(web, group, { targetGroupArn: group.arn });
    },
  });

  describeLoadBalancer("lb-aws with a target group of addresses and a port of its own", {
    create: async () => {
      const web = await startWeb();
      const group = await groupOf(web, { type: "ip", port: web.port });
      return await trialOf(web, group, { targetGroupArn: group.arn, port: web.port });
    },
  });

  describeLoadBalancer("lb-aws while every third call is throttled", {
    create: async () => {
      const web = await startWeb();
      const group = await groupOf(web, { type: "instance" });
      const trial = await trialOf(web, group, { targetGroupArn: group.arn });
      // The engine tries again what passes, as it does around every load balancer of a run.
      web.aws.throttleEvery = 3;
      return { ...trial, loadBalancer: withRetry(trial.loadBalancer, { attempts: 50, totalMs: 30_000 }) };
    },
  });
});
