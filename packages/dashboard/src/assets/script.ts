/** What makes a page of the dashboard live. Without it the page is whole, and loads itself again. */
export const script: string = `"use strict";
(() => {
  const everyMs = 3000, slowestMs = 30000;
  const pulse = document.getElementById("pulse");

  const span = (seconds) => {
    if (seconds < 120) return seconds + " s";
    if (seconds < 7200) return Math.round(seconds / 60) + " min";
    if (seconds < 172800) return Math.round(seconds / 3600) + " h";
    return Math.round(seconds / 86400) + " days";
  };
  const ago = (ms) => {
    const seconds = Math.round(ms / 1000);
    if (seconds < -5) return "in " + span(-seconds);
    return seconds < 5 ? "just now" : span(seconds) + " ago";
  };
  // Each moment says how long ago it was, and the whole of it to who points at it.
  const tell = () => {
    for (const time of document.querySelectorAll("main time")) {
      const date = new Date(time.dateTime);
      if (time.dataset.of !== time.dateTime) {
        time.dataset.of = time.dateTime;
        time.title = date.toISOString().slice(0, 19).replace("T", " ") + " UTC, " + date.toLocaleString() + " here";
      }
      const text = ago(Date.now() - date.getTime());
      if (time.textContent !== text) time.textContent = text;
    }
  };

  const choose = () => {
    const words = document.getElementById("find"), tone = document.getElementById("tone");
    if (!words || !tone) return;
    const text = words.value.trim().toLowerCase();
    let shown = 0, all = 0;
    for (const row of document.querySelectorAll("#instances tbody tr")) {
      row.hidden = !(row.textContent.toLowerCase().includes(text) && (tone.value === "" || row.dataset.tone === tone.value));
      all += 1;
      if (!row.hidden) shown += 1;
    }
    const said = shown === all ? "" : shown + " of " + all + " shown";
    const found = document.getElementById("found");
    if (found.textContent !== said) found.textContent = said;
  };
  document.addEventListener("input", (event) => {
    if (event.target.id === "find" || event.target.id === "tone") choose();
  });
  const unveil = () => {
    for (const controls of document.querySelectorAll(".controls.scripted")) controls.hidden = false;
  };

  // What a person opened, chose or focused stays as it is: the page is changed only where it says something else.
  const kept = new Set(["open", "hidden", "title", "data-of"]);
  const isOwn = (now, next) =>
    now.getAttribute("role") === "status" || now.nodeName === "TIME" && now.dateTime === next.dateTime ||
    (next.hasAttribute("hidden") && !now.hasAttribute("hidden"));
  const fits = (now, next) =>
    now !== null && now.nodeName === next.nodeName && (now.id || "") === (next.id || "");
  const morph = (now, next) => {
    if (now.nodeType !== Node.ELEMENT_NODE) {
      if (now.nodeValue !== next.nodeValue) now.nodeValue = next.nodeValue;
      return;
    }
    if (now.isEqualNode(next) || isOwn(now, next)) return;
    for (const { name } of [...now.attributes])
      if (!kept.has(name) && !next.hasAttribute(name)) now.removeAttribute(name);
    for (const { name, value } of next.attributes)
      if (!kept.has(name) && now.getAttribute(name) !== value) now.setAttribute(name, value);
    morphChildren(now, next);
  };
  const morphChildren = (now, next) => {
    let at = now.firstChild;
    for (const wanted of [...next.childNodes]) {
      if (!fits(at, wanted)) {
        const same = wanted.id ? [...now.children].find((each) => fits(each, wanted)) : undefined;
        if (same === undefined) {
          now.insertBefore(document.importNode(wanted, true), at);
          continue;
        }
        now.insertBefore(same, at);
        at = same;
      }
      const following = at.nextSibling;
      morph(at, wanted);
      at = following;
    }
    while (at !== null) {
      const following = at.nextSibling;
      at.remove();
      at = following;
    }
  };

  // The script of a run's picture knows the rows that were there when it ran.
  const again = "script[data-again]";
  const rows = (root) => root.querySelectorAll(".fleet tr[data-s]").length;
  const runAgain = () => {
    const old = document.querySelector(again);
    if (!old) return;
    const fresh = document.createElement("script");
    for (const { name, value } of old.attributes) fresh.setAttribute(name, value);
    old.replaceWith(fresh);
  };
  const take = (text) => {
    const next = new DOMParser().parseFromString(text, "text/html");
    const stale = !document.querySelector(again) || rows(document) !== rows(next);
    if (stale) document.querySelector(".fleet")?.closest("section").remove();
    morph(document.querySelector("main"), next.querySelector("main"));
    if (document.title !== next.title) document.title = next.title;
    if (stale) runAgain();
    unveil();
    tell();
    choose();
  };

  let etag = "", failures = 0, since = 0;
  const say = (text, stale) => {
    if (pulse.textContent !== text) pulse.textContent = text;
    pulse.classList.toggle("stale", stale);
  };
  const look = async () => {
    if (document.hidden) return;
    try {
      const answer = await fetch(location.pathname + location.search, {
        headers: etag ? { "if-none-match": etag } : {},
        signal: AbortSignal.timeout(20000),
        redirect: "error",
      });
      if (answer.status === 401) return location.reload();
      // Read in any case: an answer that is left unread is cut off at the limit.
      const text = await answer.text();
      if (answer.status !== 304) {
        if (!answer.ok) throw new Error(String(answer.status));
        take(text);
        etag = answer.headers.get("etag") || "";
      }
      failures = 0;
      say("Live", false);
    } catch {
      if (failures === 0) since = Date.now();
      failures += 1;
      say("The dashboard has not answered since " + new Date(since).toLocaleTimeString(), true);
    }
  };
  const lookOn = async () => {
    await look();
    setTimeout(lookOn, Math.min(slowestMs, everyMs * 2 ** Math.min(failures, 4)));
  };
  document.addEventListener("visibilitychange", () => { if (!document.hidden) void look(); });
  setInterval(tell, 1000);
  unveil();
  tell();
  setTimeout(lookOn, everyMs);
})();
`;
