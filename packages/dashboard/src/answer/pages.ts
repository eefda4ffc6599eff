import { html } from "@hawser/report";
import { diffPage } from "../pages/diff.ts";
import { environmentPage } from "../pages/environment.ts";
import { type CardFacts, homePage } from "../pages/home.ts";
import { groundOf, runPage } from "../pages/run.ts";
import { type Crumb, type Shell, shell } from "../pages/shell.ts";
import { nameOf } from "../pages/words.ts";
import { pathOf, type ShownRoute } from "../route.ts";
import type { EnvironmentSight } from "../sight/environment-sight.ts";
import type { Question } from "../sight/question.ts";
import { fleetOf, type Sights } from "../sight/sights.ts";
import type { Answer } from "./answer.ts";

const changedNotice = html`<p class="card warn">The config has changed since this dashboard was started. It shows what it read then: start it again.</p>`;

/** The pages that show something, each made of what the environments' storages say. */
export class Pages {
  readonly #sights: Sights;
  readonly #changed: Question<boolean> | undefined;
  readonly #looks: boolean;
  readonly #guarded: boolean;

  constructor(
    sights: Sights,
    changed: Question<boolean> | undefined,
    { looks, guarded }: { readonly looks: boolean; readonly guarded: boolean },
  ) {
    this.#sights = sights;
    this.#changed = changed;
    this.#looks = looks;
    this.#guarded = guarded;
  }

  /** Undefined when there is no such environment. */
  async answer(route: ShownRoute, mayLook: boolean): Promise<Answer | undefined> {
    if (route.page === "home") return await this.#page([], homePage(await this.#cards()));
    const sight = this.#sights.of(route.environment);
    if (sight === undefined) return undefined;
    const { environment } = sight;
    const here: Crumb = {
      text: nameOf(environment),
      path: pathOf({ page: "environment", environment, look: false }),
    };
    if (route.page === "environment") return await this.#environment(sight, here, route.look && mayLook);
    if (route.page === "ground")
      return { status: 200, type: "text/css", text: groundOf(await sight.facts(route.run)) };
    if (route.page === "run") {
      const { run } = route;
      const [told] = await Promise.all([sight.facts(run), sight.overview.told()]);
      return await this.#page([here, { text: `run ${run}` }], runPage(environment, run, told));
    }
    const { from, to } = route;
    return await this.#page(
      [here, { text: `${from} to ${to}` }],
      diffPage(from, to, await sight.diff(from, to)),
    );
  }

  /** A look is begun and shown where it has no name of its own: who loads the page again asks nobody. */
  async #environment(sight: EnvironmentSight, here: Crumb, look: boolean): Promise<Answer> {
    if (look && this.#looks) {
      sight.look.begin();
      return { status: 303, type: "text/plain", text: "", headers: { location: here.path ?? "/" } };
    }
    const [told, releases, history] = await Promise.all([
      sight.overview.told(),
      sight.releases.told(),
      sight.history.told(),
    ]);
    const facts = {
      environment: sight.environment,
      told,
      beat: sight.beat,
      releases,
      history,
      look: this.#looks ? sight.look.known : undefined,
      ...(await fleetOf(sight, told)),
    };
    return await this.#page([here], environmentPage(facts));
  }

  async #cards(): Promise<CardFacts[]> {
    return await Promise.all(
      this.#sights.all.map(async (sight) => {
        const told = await sight.overview.told();
        const fleet = await fleetOf(sight, told);
        return { sight, told, ...fleet };
      }),
    );
  }

  async #page(crumbs: readonly Crumb[], body: Shell["body"]): Promise<Answer> {
    const { answer: changed } = (await this.#changed?.told()) ?? {};
    const { application } = this.#sights;
    const notice = changed === true ? changedNotice : undefined;
    return {
      status: 200,
      type: "text/html",
      text: shell({ application, crumbs, body, notice, guarded: this.#guarded }),
    };
  }
}
