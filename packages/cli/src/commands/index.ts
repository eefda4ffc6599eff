import type { AddCommand } from "./command.ts";
import { completion } from "./completion.ts";
import { config } from "./config.ts";
import { dashboard } from "./dashboard.ts";
import { deploy } from "./deploy.ts";
import { diff } from "./diff.ts";
import { doctor } from "./doctor.ts";
import { drain } from "./drain.ts";
import { exec } from "./exec.ts";
import { fsck } from "./fsck.ts";
import { history } from "./history.ts";
import { hold } from "./hold.ts";
import { init } from "./init.ts";
import { logs } from "./logs.ts";
import { maintenance } from "./maintenance.ts";
import { pin } from "./pin.ts";
import { plan } from "./plan.ts";
import { plugin } from "./plugin.ts";
import { provision } from "./provision.ts";
import { prune } from "./prune.ts";
import { reconcile } from "./reconcile.ts";
import { releases } from "./releases.ts";
import { report } from "./report.ts";
import { rollback } from "./rollback.ts";
import { schema } from "./schema.ts";
import { sign } from "./sign.ts";
import { status } from "./status.ts";
import { undrain } from "./undrain.ts";
import { unhold } from "./unhold.ts";
import { unlock } from "./unlock.ts";
import { unpin } from "./unpin.ts";
import { validate } from "./validate.ts";
import { watch } from "./watch.ts";
/** Every verb, in the order of the help. */
export const commands: readonly AddCommand[] = [
  init,
  validate,
  config,
  schema,
  doctor,
  plan,
  deploy,
  rollback,
  reconcile,
  watch,
  status,
  releases,
  history,
  logs,
  report,
  diff,
  dashboard,
  provision,
  pin,
  unpin,
  hold,
  unhold,
  drain,
  undrain,
  maintenance,
  exec,
  prune,
  fsck,
  sign,
  unlock,
  plugin,
  completion,
];
