import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { repository } from "../place.ts";
import { type RunitService, underRunit } from "./runit.ts";

const folder = "/srv/php";

/** Opcache is on and both caches are as Debian's packages leave them, unless lines say otherwise. */
const pool = (lines: string): string => `[global]
error_log = ${folder}/fpm.log
process_control_timeout = 10s
[www]
user = www-data
group = www-data
listen = ${folder}/fpm.sock
listen.owner = www-data
pm = static
pm.max_children = 3
${lines}`;

/** Every file is looked for and compiled anew: nothing hides what a switch in the middle of a request does. */
export const withoutCaches = `php_admin_value[realpath_cache_size] = 0
php_admin_flag[opcache.enable] = off
`;

/** The lines that a README gives for a web server, at the places of these machines. */
const linesFor = async (server: "nginx" | "haproxy"): Promise<string> => {
  const text = await readFile(join(repository, "packages/installer-php/README.md"), "utf8");
  const [, lines] = new RegExp(`\n\`\`\`${server}\n(.*?)\`\`\``, "s").exec(text) ?? [];
  if (lines === undefined) throw new Error(`the README has no lines for ${server}`);
  return lines
    .replaceAll("/srv/shop", "/srv/app")
    .replaceAll("/run/php/php8.2-fpm.sock", `${folder}/fpm.sock`)
    .replaceAll("include fastcgi_params", "include /etc/nginx/fastcgi_params");
};

const nginx = (lines: string): string => `user www-data;
worker_processes 2;
pid ${folder}/nginx.pid;
error_log ${folder}/nginx.log;
events {}
http {
  include /etc/nginx/mime.types;
  access_log off;
  client_body_temp_path ${folder}/nginx-body;
  fastcgi_temp_path ${folder}/nginx-fastcgi;
  proxy_temp_path ${folder}/nginx-proxy;
  scgi_temp_path ${folder}/nginx-scgi;
  uwsgi_temp_path ${folder}/nginx-uwsgi;
${lines}}
`;

const haproxy = (lines: string): string => `global
  maxconn 500
defaults
  mode http
  timeout connect 5s
  timeout client 60s
  timeout server 60s
${lines}`;

const run = `#!/bin/sh
exec 2>&1
exec php-fpm8.2 --nodaemonize --fpm-config ${folder}/fpm.conf
`;

/** PHP-FPM under runit, behind a web server that is set as the README says, on every instance. */
export const phpFpmBehind = (server: "nginx" | "haproxy", poolLines = ""): RunitService => {
  const fpm = underRunit("php-fpm", run);
  return {
    service: fpm.service,
    ready: async (instance) => {
      await instance.write(`${folder}/fpm.conf`, pool(poolLines));
      await fpm.ready(instance);
      const lines = await linesFor(server);
      const config = `${folder}/${server}.conf`;
      await instance.write(config, server === "nginx" ? nginx(lines) : haproxy(lines));
      if (server === "nginx") instance.start("nginx", "-c", config, "-g", "daemon off;");
      else instance.start("haproxy", "-db", "-f", config);
    },
  };
};
