"use strict";
// The page's one script: shows the data beside it, some rows at a time.
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const STEP = 200;
  const WORDS = {
    ja: {
      title: (d) => d.release ? `リリース ${d.release}「${d.title}」の変更点` : "次のリリースの変更点",
      against: (d) => d.published === null ? "" : `公開中のリリース ${d.published} との比較`,
      made: (d) => d.release ? `作成 ${d.created}、コミット ${d.commit.slice(0, 12)}` : "",
      starts: (at) => `適用開始 ${at}`, emergency: (why) => `緊急: ${why}`,
      correction: ([of, day, file, keys, why]) => `緊急訂正（${of}、${day}、公式ファイル未収載）: ${file}（${keys}）: ${why}`,
      reverts: (to) => `内容の復元: リリース ${to} のマスターに戻す`,
      past: (day) => `遡及変更: ${day} より前の診療日の判定が変わるもの`,
      future: (day) => `${day} 以降の変更`,
      none: "ありません。", rows: (n) => `${n.toLocaleString("ja")} 件`, each: "コードごとに承認",
      accepted: ([n, why, source]) => `承認済み ${n.toLocaleString("ja")} 件: ${why}（${source}）`,
      open: "承認されていません。", head: ["コード", "名称", "診療日", "変更前", "変更後", "公表日"],
      more: (n) => `続きを表示（残り ${n.toLocaleString("ja")} 件）`, all: "すべて開く", close: "すべて閉じる",
      find: "コード・名称で絞り込み", every: "どのファイルにもないコードすべて", blank: "（空欄）", other: "English",
      cut: (n) => `ほか ${n.toLocaleString("ja")} 件は印刷していません。`, dash: "～",
    },
    en: {
      title: (d) => d.release ? `Changes of release ${d.release}: ${d.title}` : "Changes of the next release",
      against: (d) => d.published === null ? "" : `Compared with the published release ${d.published}`,
      made: (d) => d.release ? `made ${d.created}, commit ${d.commit.slice(0, 12)}` : "",
      starts: (at) => `in force from ${at}`, emergency: (why) => `EMERGENCY: ${why}`,
      correction: ([of, day, file, keys, why]) =>
        `EMERGENCY CORRECTION (${of}, ${day}, in no official file yet): ${file} (${keys}): ${why}`,
      reverts: (to) => `REVERT: brings back the masters of release ${to}`,
      past: (day) => `Retroactive changes: days before ${day} are judged differently`,
      future: (day) => `From ${day} on`,
      none: "None.", rows: (n) => n === 1 ? "1 change" : `${n.toLocaleString("en")} changes`,
      each: "each code by name",
      accepted: ([n, why, source]) => `accepted, ${n.toLocaleString("en")}: ${why} (${source})`,
      open: "Not accepted.", head: ["code", "name", "treatment days", "before", "after", "published"],
      more: (n) => `Show more (${n.toLocaleString("en")} left)`, all: "Open all", close: "Close all",
      find: "Filter by code or name", every: "every code that is in no file", blank: "(blank)", other: "日本語",
      cut: (n) => `${n.toLocaleString("en")} more are not printed.`, dash: "–",
    },
  };
  let lang = data.lang;
  let needle = "";
  const opened = new Map();
  const word = () => WORDS[lang];

  function element(name, text, cls) {
    const made = document.createElement(name);
    if (text !== undefined) made.textContent = text;
    if (cls) made.className = cls;
    return made;
  }
  const name = (group, key) => key === "" ? word().every : (data.names[group.kind] || {})[key] || "";
  function value(text) {
    const known = data.words[text];
    if (known) return known[lang === "ja" ? 0 : 1];
    return text === "" ? word().blank : text;
  }
  const fits = (group, key) => key.includes(needle) || name(group, key).toLowerCase().includes(needle);
  const matches = (group) => needle === "" ? group.rows : group.rows.filter((row) => fits(group, row[0]));

  function fill(box, group, rows) {
    const body = element("tbody");
    const left = element("p", undefined, "only-print soft");
    const more = element("button");
    let shown = 0;
    function step(count) {
      const part = document.createDocumentFragment();
      for (const [key, first, last, before, after, published] of rows.slice(shown, shown + count)) {
        const line = element("tr");
        line.append(element("td", key || "*", "code"), element("td", name(group, key)),
          element("td", `${first}${word().dash}${last}`, "days"), element("td", value(before), "old"),
          element("td", value(after), "new"), element("td", published, "days"));
        part.append(line);
      }
      body.append(part);
      shown = Math.min(rows.length, shown + count);
      more.hidden = shown === rows.length;
      more.textContent = word().more(rows.length - shown);
      left.hidden = more.hidden;
      left.textContent = word().cut(rows.length - shown);
    }
    const head = element("tr");
    for (const title of word().head) head.append(element("th", title));
    const top = element("thead");
    top.append(head);
    const table = element("table");
    table.append(top, body);
    const wide = element("div", undefined, "wide");
    wide.append(table);
    more.addEventListener("click", () => step(STEP * 5));
    box.append(wide, more, left);
    step(STEP);
  }

  function groupBox(group, isPast, isOpen) {
    const rows = matches(group);
    const box = element("details");
    const summary = element("summary", group[lang]);
    summary.append(element("span", word().rows(rows.length), "count"));
    box.append(summary);
    if (isPast && data.release) {
      const lines = group.accepted.length ? group.accepted.map(word().accepted) : [word().open];
      for (const line of lines) box.append(element("p", line, "soft"));
    } else if (isPast && group.each) {
      box.append(element("p", word().each, "soft"));
    }
    let filled = false;
    const open = () => {
      if (!filled) fill(box, group, rows);
      filled = true;
    };
    box.addEventListener("toggle", () => {
      if (box.open) open();
      opened.set(group, box.open);
    });
    if (opened.has(group) ? opened.get(group) : isOpen) {
      box.open = true;
      open();
    }
    box.openFilled = () => { box.open = true; open(); };
    return box;
  }

  function show() {
    document.documentElement.lang = lang;
    document.title = word().title(data);
    const head = document.getElementById("head");
    const starts = data.activate_at && word().starts(data.activate_at);
    const about = [word().against(data), word().made(data), starts];
    head.replaceChildren(element("h1", word().title(data)),
      element("p", about.filter(Boolean).join(" / "), "soft"));
    if (data.emergency) head.append(element("p", word().emergency(data.emergency)));
    for (const one of data.corrections || []) head.append(element("p", word().correction(one)));
    if (data.reverts_to) head.append(element("p", word().reverts(data.reverts_to)));
    const bar = element("div", undefined, "bar");
    const find = element("input");
    find.type = "search";
    find.placeholder = word().find;
    find.setAttribute("aria-label", word().find);
    find.value = needle;
    let waits;
    find.addEventListener("input", () => {
      clearTimeout(waits);
      waits = setTimeout(() => { needle = find.value.trim().toLowerCase(); lists(); }, 200);
    });
    const button = (text, act) => {
      const made = element("button", text);
      made.type = "button";
      made.addEventListener("click", act);
      return made;
    };
    const each = (act) => document.querySelectorAll("details").forEach(act);
    bar.append(find, button(word().all, () => each((box) => box.openFilled())),
      button(word().close, () => each((box) => { box.open = false; })),
      button(word().other, () => { lang = lang === "ja" ? "en" : "ja"; show(); }));
    head.append(bar);
    lists();
  }

  function lists() {
    const parts = [];
    data.sides.forEach((groups, at) => {
      const isPast = at === 0;
      const total = groups.reduce((sum, group) => sum + group.rows.length, 0);
      const title = isPast ? word().past(data.past_before) : word().future(data.past_before);
      const heading = element("h2", title, isPast && total ? "past" : "");
      heading.append(element("span", `　${word().rows(total)}`));
      parts.push(heading);
      const found = needle === "" ? groups : groups.filter((group) => matches(group).length);
      if (!found.length) parts.push(element("p", word().none, "soft"));
      // The gravest are open at once; so is everything where that is little.
      found.forEach((group, place) => {
        parts.push(groupBox(group, isPast, needle !== "" || (isPast && place < 8)));
      });
    });
    document.getElementById("main").replaceChildren(...parts);
  }

  window.addEventListener("beforeprint", () => {
    document.querySelectorAll("details").forEach((box) => box.openFilled());
  });
  show();
})();
