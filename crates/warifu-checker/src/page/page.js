"use strict";
// Renews the parts of the page, says when they are old, and asks before it commands. Everything that is shown
// was made and escaped by the checker.
(() => {
  const EVERY_MS = 5000;
  const HIDDEN_MS = 30000;
  const PATIENCE_MS = 8000;
  const COMMAND_MS = 300000;
  const root = document.documentElement;
  const fresh = document.getElementById("fresh");
  const asOf = document.getElementById("as-of");
  const query = "?lang=" + root.lang;
  let since = asOf.textContent;
  let timer;

  // ---- What is renewed --------------------------------------------------------------------------------

  const made = (html) => {
    const holder = document.createElement("template");
    holder.innerHTML = html;
    return holder.content;
  };
  const last = new Map();
  const isRead = (part) => {
    const chosen = getSelection();
    return chosen && !chosen.isCollapsed && part.contains(chosen.anchorNode);
  };

  function renew(id, html) {
    const part = document.getElementById(id);
    if (!part || last.get(id) === html || isRead(part)) return;
    last.set(id, html);
    if (id === "acts") return renewActs(part, made(html));
    const open = [...part.querySelectorAll("details[open]")].map((fold) => fold.id);
    const left = [...part.querySelectorAll(".wide")].map((wide) => wide.scrollLeft);
    const path = part.contains(document.activeElement) ? pathTo(part, document.activeElement) : null;
    part.replaceChildren(made(html));
    open.forEach((fold) => { if (document.getElementById(fold)) document.getElementById(fold).open = true; });
    part.querySelectorAll(".wide").forEach((wide, at) => { wide.scrollLeft = left[at] || 0; });
    if (path) follow(part, path)?.focus({ preventScroll: true });
  }
  // Where the focus is, by places, so that it is there again.
  function pathTo(part, element) {
    const path = [];
    for (let at = element; at !== part; at = at.parentElement) {
      path.unshift([...at.parentElement.children].indexOf(at));
    }
    return path;
  }
  const follow = (part, path) => path.reduce((at, place) => at && at.children[place], part);

  // A command that somebody reads, answers or has answered stays where it is.
  function renewActs(part, content) {
    const list = part.querySelector("ul");
    const coming = [...content.querySelectorAll("li[data-act]")];
    for (const item of [...list.children]) {
      const next = coming.find((other) => other.id === item.id);
      const isOpen = !item.querySelector("form").hidden;
      const answer = item.querySelector(".answer");
      if (isOpen && (!next || next.dataset.standsOn !== item.dataset.standsOn)) {
        if (item.classList.contains("busy")) continue;
        leave(item);
        say(item, fresh.dataset.changed, false);
      }
      if (next && !item.classList.contains("busy") && item.querySelector("form").hidden) {
        const said = next.querySelector(".answer");
        said.textContent = answer.textContent;
        said.className = answer.className;
        const had = item.contains(document.activeElement);
        item.replaceWith(next);
        if (had) next.querySelector("button").focus({ preventScroll: true });
      } else if (!next) {
        item.classList.add("over");
      }
    }
    coming.filter((item) => !document.getElementById(item.id)).forEach((item) => list.append(item));
    [...list.children].filter((item) => item.matches(".over") && !item.querySelector(".answer").textContent)
      .forEach((item) => item.remove());
  }

  async function look() {
    clearTimeout(timer);
    try {
      const patience = AbortSignal.timeout(PATIENCE_MS);
      const answer = await fetch("page.json" + query, { signal: patience, cache: "no-store" });
      if (!answer.ok) throw new Error(String(answer.status));
      const said = await answer.json();
      for (const [id, html] of Object.entries(said.parts)) renew(id, html);
      document.title = said.title;
      since = said.at;
      asOf.textContent = since;
      fresh.classList.remove("late");
      root.classList.remove("late");
      root.dataset.looks = Number(root.dataset.looks || 0) + 1;
    } catch {
      asOf.textContent = fresh.dataset.late.replace("{at}", since);
      fresh.classList.add("late");
      root.classList.add("late");
      document.title = "✕ " + asOf.textContent;
    }
    timer = setTimeout(look, document.hidden ? HIDDEN_MS : EVERY_MS);
  }
  document.addEventListener("visibilitychange", () => { if (!document.hidden) look(); });

  // ---- What is commanded ------------------------------------------------------------------------------

  function leave(item) {
    item.querySelector("form").hidden = true;
    item.querySelector("[aria-expanded]").setAttribute("aria-expanded", "false");
  }
  function say(item, text, done) {
    const answer = item.querySelector(".answer");
    answer.textContent = text;
    answer.className = "answer " + (done ? "done" : "not-done");
  }
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    const item = button && button.closest("li[data-act]");
    if (!item) return;
    if (button.hasAttribute("aria-expanded")) {
      const form = item.querySelector("form");
      const opens = form.hidden;
      document.querySelectorAll("li[data-act]:not(.busy)").forEach(leave);
      if (!opens) return;
      form.hidden = false;
      button.setAttribute("aria-expanded", "true");
      say(item, "", true);
      (form.querySelector("textarea") || form.querySelector("[type=submit]")).focus();
    } else if (button.hasAttribute("data-leave")) {
      leave(item);
      item.querySelector("[aria-expanded]").focus();
    }
  });
  document.addEventListener("keydown", (event) => {
    const item = event.key === "Escape" && event.target.closest("li[data-act]:not(.busy)");
    if (!item) return;
    leave(item);
    item.querySelector("[aria-expanded]").focus();
  });
  document.addEventListener("submit", async (event) => {
    event.preventDefault();
    const item = event.target.closest("li[data-act]");
    if (item.classList.contains("busy")) return;
    const reason = event.target.elements.reason;
    const command = {
      act: item.dataset.act,
      release: item.dataset.release ? Number(item.dataset.release) : null,
      stands_on: item.dataset.standsOn,
      reason: reason ? reason.value : null,
    };
    item.classList.add("busy");
    item.querySelectorAll("form button").forEach((button) => { button.disabled = true; });
    say(item, "…", true);
    try {
      const answer = await fetch("act" + query, {
        method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(command),
        signal: AbortSignal.timeout(COMMAND_MS),
      });
      const came = await answer.json();
      say(item, came.said, came.done);
    } catch (why) {
      say(item, fresh.dataset.gone.replace("{why}", why.message), false);
    }
    item.classList.remove("busy");
    item.querySelectorAll("form button").forEach((button) => { button.disabled = false; });
    if (reason && item.querySelector(".done")) reason.value = "";
    leave(item);
    const button = item.querySelector("[aria-expanded]");
    if (button.isConnected) button.focus();
    last.delete("acts");
    look();
  });

  timer = setTimeout(look, EVERY_MS);
})();
