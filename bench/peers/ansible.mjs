import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../command.mjs";
import { sshOptions } from "./ssh.mjs";

const inventory = ({ fleet }) =>
  [
    "[web]",
    ...fleet.instances.map(({ id, address, port }) => `${id} ansible_host=${address} ansible_port=${port}`),
    "[web:vars]",
    `ansible_user=${fleet.user}`,
    `ansible_ssh_private_key_file=${fleet.privateKey}`,
    "ansible_python_interpreter=/usr/bin/python3",
    "",
  ].join("\n");

/** The usual way (Ansistrano's too): a copy on every instance is kept in step, copied to a release, and linked. */
const playbook = ({ folder, root, git, keep }) => `
- hosts: web
  gather_facts: false
  tasks:
    - name: update the work tree
      ansible.builtin.git:
        repo: "${git.url}"
        dest: "${folder}/tree"
        version: main
        key_file: "${git.privateKey}"
        ssh_opts: "-o UserKnownHostsFile=${git.knownHosts} -o StrictHostKeyChecking=yes"
      delegate_to: localhost
      run_once: true
    - name: name the release
      ansible.builtin.set_fact:
        release: "{{ lookup('pipe', 'date +%Y%m%d%H%M%S%N') }}"
      run_once: true
    - name: make folders
      ansible.builtin.file:
        path: "${root}/{{ item }}"
        state: directory
      loop: [copy, releases]
    - name: synchronize
      ansible.posix.synchronize:
        src: "${folder}/tree/"
        dest: "${root}/copy/"
        delete: true
        use_ssh_args: true
        rsync_opts: ["--exclude=/.git"]
    - name: copy
      ansible.builtin.command: "cp -a ${root}/copy ${root}/releases/{{ release }}"
    - name: link
      ansible.builtin.shell: "ln -sfn releases/{{ release }} current.new && mv -T current.new current"
      args:
        chdir: "${root}"
    - name: clean up
      ansible.builtin.shell: "ls -1d releases/* | sort -r | tail -n +${keep + 1} | xargs -r rm -rf"
      args:
        chdir: "${root}"
`;

const settings = ({ fleet }) => `
[defaults]
inventory = inventory
forks = ${fleet.instances.length}
retry_files_enabled = false
[ssh_connection]
pipelining = true
ssh_args = -o ControlMaster=auto -o ControlPersist=60s ${sshOptions(fleet)}
`;

export const ansible = {
  key: "ansible",
  name: "Ansible",
  programs: ["ansible-playbook", "rsync"],
  packages: ["ansible", "rsync"],
  open: (place) => {
    mkdirSync(place.folder, { recursive: true });
    writeFileSync(join(place.folder, "inventory"), inventory(place));
    writeFileSync(join(place.folder, "ansible.cfg"), settings(place));
    writeFileSync(join(place.folder, "deploy.yml"), playbook(place));
    let sockets = "";
    return {
      deploy: async () => {
        // Connections that an earlier deploy left open would spare this one its handshakes.
        sockets = mkdtempSync(join(tmpdir(), "cp-"));
        const { PATH } = process.env;
        const env = { PATH, HOME: place.folder, LANG: "C.UTF-8", ANSIBLE_SSH_CONTROL_PATH_DIR: sockets };
        await run("ansible-playbook", ["deploy.yml"], {
          cwd: place.folder,
          env,
          log: join(place.folder, "output.log"),
        });
      },
      settle: () => endConnections(sockets),
    };
  },
};

/** Ends the connections that ssh keeps open for a minute in the hope of another run. */
const endConnections = async (folder) => {
  for (const name of readdirSync(folder))
    await run("ssh", ["-F", "none", "-o", `ControlPath=${join(folder, name)}`, "-O", "exit", "instance"]);
  rmSync(folder, { recursive: true });
};
