/** What makes a page of the dashboard live. Without it the page is whole, and loads itself again. */
export const script: string = `"use strict";
(() => {
  const everyMs = 3000, slowestMs = 30000;
  const pulse = document.getElementById("pulse");
  const parts = new Map();
  const read = (root) => root.querySelectorAll("main [id][data-part], #notice");
  for (const part of read(document)) parts.set(part.id, part.innerHTML);

  const ago = (ms) => {
    const seconds = Math.round(ms / 1000);
    if (seconds < -5) return "in " + span(-seconds);
    return seconds < 5 ? "just now" : span(seconds) + " ago";
  };
  const span = (seconds) => {
    if (seconds < 120) return seconds + " s";
    if (seconds < 7200) return Math.round(seconds / 60) + " min";
    if (seconds < 172800) return Math.round(seconds / 3600) + " h";
    return Math.round(seconds / 86400) + " days";
  };
  const tell = () => {
    for (const time of document.querySelectorAll("main time")) {
      const date = new Date(time.dateTime);
      if (!time.title) time.title = time.textContent + " (" + date.toLocaleString() + " here)";
      const text = ago(Date.now() - date.getTime());
      if (time.textContent !== text) time.textContent = text;
    }
  };

  const choose = () => {
    const words = document.getElementById("find"), state = document.getElementById("state");
    if (!words || !state) return;
    const text = words.value.trim().toLowerCase();
    let shown = 0, all = 0;
    for (const row of document.querySelectorAll("#instances tbody tr")) {
      const fits = (text === "" || row.textContent.toLowerCase().includes(text)) &&
        (state.value === "" || row.dataset.tone === state.value);
      row.hidden = !fits;
      all += 1;
      if (fits) shown += 1;
    }
    const found = document.getElementById("found");
    const said = shown === all ? "" : shown + " of " + all + " shown";
    if (found.textContent !== said) found.textContent = said;
  };
  document.addEventListener("input", (event) => {
    if (event.target.id === "find" || event.target.id === "state") choose();
  });
  for (const controls of document.querySelectorAll(".controls[hidden]")) controls.hidden = false;

  // What a person opened stays open, and what has the focus keeps it.
  const renew = (part, text) => {
    const open = new Set([...part.querySelectorAll("details[open][id]")].map((each) => each.id));
    const focused = part.contains(document.activeElement) ? document.activeElement : null;
    const place = focused && (focused.id ? "#" + CSS.escape(focused.id)
      : focused.matches("a[href]") ? 'a[href="' + CSS.escape(focused.getAttribute("href")) + '"]' : null);
    part.innerHTML = text;
    for (const each of part.querySelectorAll("details[id]")) if (open.has(each.id)) each.open = true;
    if (place) part.querySelector(place)?.focus({ preventScroll: true });
  };
  const take = (text) => {
    const next = new DOMParser().parseFromString(text, "text/html");
    const found = [...read(next)];
    const here = [...read(document)];
    if (found.length !== here.length || found.some((part, at) => part.id !== here[at].id || part.className !== here[at].className)) {
      const main = document.querySelector("main");
      renew(main, next.querySelector("main").innerHTML);
      for (const controls of document.querySelectorAll(".controls[hidden]")) controls.hidden = false;
      parts.clear();
    }
    for (const part of found) {
      if (parts.get(part.id) === part.innerHTML) continue;
      const now = document.getElementById(part.id);
      if (parts.has(part.id)) renew(now, part.innerHTML);
      parts.set(part.id, part.innerHTML);
    }
    document.title = next.title;
    tell();
    choose();
  };

  let etag = "", failures = 0, since = 0;
  const look = async () => {
    if (document.hidden) return;
    try {
      const answer = await fetch(location.pathname + location.search, {
        headers: etag ? { "if-none-match": etag } : {},
        signal: AbortSignal.timeout(20000),
        redirect: "error",
      });
      if (answer.status === 401) return location.reload();
      if (answer.status !== 304) {
        if (!answer.ok) throw new Error(String(answer.status));
        take(await answer.text());
        etag = answer.headers.get("etag") || "";
      }
      failures = 0;
      if (pulse.textContent !== "Live") { pulse.textContent = "Live"; pulse.classList.remove("stale"); }
    } catch {
      if (failures === 0) since = Date.now();
      failures += 1;
      pulse.classList.add("stale");
      pulse.textContent = "The dashboard has not answered since " + new Date(since).toLocaleTimeString();
    }
  };
  const again = async () => {
    await look();
    setTimeout(again, Math.min(slowestMs, everyMs * 2 ** Math.min(failures, 4)));
  };
  document.addEventListener("visibilitychange", () => { if (!document.hidden) void look(); });
  setInterval(tell, 1000);
  tell();
  setTimeout(again, everyMs);
})();
`;
