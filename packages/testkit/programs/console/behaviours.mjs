// What the commands do that leave something behind which a later command, or a test, looks at. All of them else do nothing.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

const write = (file, text) => {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
};
const read = (file) => (existsSync(file) ? readFileSync(file, "utf8").trim() : "");

/** The state that every instance shares, as a database is shared. */
const database = ({ world }, name) => join(world, "database", name);

/** What the code of this release says the database should be. */
const code = ({ release }, name) => read(join(release, "schema", name));

const isCurrent = (place, name) => read(database(place, name)) === code(place, name);
const bring = (place, name) => write(database(place, name), `${code(place, name)}\n`);

/** 0 when all is up to date, 2 when it is not, 1 when there is no application: Magento's codes. */
const magentoStatus = (name) => (place) => {
  if (!existsSync(join(place.release, "app/etc/env.php"))) {
    place.say("No information is available: the application is not installed.");
    return 1;
  }
  return isCurrent(place, name) ? 0 : 2;
};

const flag = ({ release }) => join(release, "var/.maintenance.flag");

/** Magento keeps the tasks of each installation apart by the digest of its real path. */
const crontab = ({ world, instance }) => join(world, "crontab", instance);
const blocks = (place) => JSON.parse(read(crontab(place)) || "{}");
const blockOf = ({ release }) => createHash("md5").update(realpathSync(release)).digest("hex");
const keep = (place, kept) => write(crontab(place), JSON.stringify(kept));

const magento = {
  "setup:di:compile": (place) => {
    if (!read(join(place.release, "app/etc/config.php")).includes("'modules'")) {
      place.say("You cannot run this command because modules are not enabled.");
      return 1;
    }
    write(join(place.release, "generated/metadata/global.php"), "compiled\n");
    write(join(place.release, "var/cache/mage-tags/x"), "left behind\n");
    write(join(place.release, "var/log/system.log"), "left behind\n");
  },
  "setup:static-content:deploy": (place, options, values) => {
    if (process.env.MAGE_MODE !== "production" && options.force !== true) return 1;
    write(
      join(place.release, "pub/static/deployed_version.txt"),
      `${(values.length > 0 ? values : ["en_US"]).join(" ")}\n`,
    );
  },
  "setup:db:status": magentoStatus("schema"),
  "app:config:status": magentoStatus("config"),
  "setup:upgrade": (place, options) => {
    bring(place, "schema");
    bring(place, "config");
    if (options["keep-generated"] !== true)
      rmSync(join(place.release, "generated"), { recursive: true, force: true });
  },
  "app:config:import": (place) => bring(place, "config"),
  "maintenance:enable": (place) => write(flag(place), ""),
  "maintenance:disable": (place) => rmSync(flag(place), { force: true }),
  "cron:install": (place, options) => {
    const found = blocks(place);
    if (found[blockOf(place)] !== undefined && options.force !== true) return 1;
    keep(place, { ...found, [blockOf(place)]: realpathSync(place.release) });
  },
  "cron:remove": (place) => {
    const { [blockOf(place)]: _, ...others } = blocks(place);
    keep(place, others);
  },
};

const shopware = {
  "bundle:dump": (place) => write(join(place.release, "var/plugins.json"), "{}\n"),
  "assets:install": (place) => write(join(place.release, "public/bundles/core/x.js"), "asset\n"),
  "cache:warmup": (place) => write(join(place.release, "var/cache/prod/container.php"), "warm\n"),
  "theme:compile": (place) => write(join(place.release, "public/theme/all.css"), "css\n"),
  "database:migrate": (place) => bring(place, "schema"),
  "system:config:get": (place, _, [key]) => place.say(read(database(place, key))),
  "system:config:set": (place, _, [key, value]) => write(database(place, key), `${value}\n`),
  "plugin:list": (place) => place.say(read(database(place, "plugins")) || "[]"),
  "plugin:update:all": (place) => write(database(place, "plugins"), "[]\n"),
  "sales-channel:maintenance:enable": (place) => write(database(place, "maintenance"), "1\n"),
  "sales-channel:maintenance:disable": (place) => rmSync(database(place, "maintenance"), { force: true }),
  version: (place) => place.say(`Shopware ${code(place, "version")} (env: prod, debug: false)`),
};

const composer = {
  install: ({ release }) => write(join(release, "vendor/autoload.php"), "<?php\n"),
};

/** By program, then by command: (place, options, arguments) → exit code, 0 when it gives none. */
export const behaviours = { "bin/magento": magento, "bin/console": shopware, composer };
