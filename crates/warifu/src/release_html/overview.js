"use strict";
// The release as a whole, above its masters: what it changes for days that have been, what was let pass,
// where to look first in all masters, and what is compared. The page's script gives what both need.
const releaseOverview = (kit) => {
  const { given, at, h, fill, translate, number, counted, unseen, said, language, riskRows, topBar, phrase } =
    kit;
  const WORDS = {
    title: ["リリース {0}「{1}」の変更点", "Changes of release {0}: {1}"],
    titleNext: ["次のリリースの変更点", "Changes of the next release"],
    against: ["公開中のリリース {0} との比較", "Compared with the published release {0}"],
    renews: [
      "公開済みのリリースの再署名（マスターの変更なし。遡及変更などは公開時に署名したもの）",
      "Published already, to be signed anew: no master changes, and the changes below were signed then",
    ],
    againstNothing: ["まだ何も公開されていません（最初のリリース）", "Nothing is published yet: a first release"],
    made: ["作成 {0}", "made {0}"],
    commit: ["コミット {0}", "commit {0}"],
    warning: ["警告: {0}", "WARNING: {0}"],
    pastFigure: ["遡及変更", "retroactive changes"],
    futureFigure: ["将来分の変更", "changes of days to come"],
    waiverFigure: ["承認済みの指摘", "findings let pass"],
    riskFigure: ["確認事項（要確認）", "to be checked each"],
    masterFigure: ["変更のあるマスター", "masters changed"],
    past: [
      "遡及変更: {0} より前の診療日の判定が変わるもの",
      "Retroactive changes: days before {0} judged differently",
    ],
    future: ["{0} 以降の変更", "From {0} on"],
    pastLead: [
      "両団体が区分ごとに理由を付けて承認し、署名する内容です。1 件でも違えばチェッカーは受け入れません。",
      "What both organisations accept by class with a reason, and sign. A checker takes no release with " +
        "one entry more or less.",
    ],
    noChanges: ["ありません。", "None."],
    changes: ["{0} 件", "{0}"],
    accepted: ["承認済み {0} 件: {1}（{2}）", "accepted, {0}: {1} ({2})"],
    open: ["承認されていません。", "Not accepted."],
    each: ["コードごとに承認", "each code by name"],
    code: ["コード", "code"],
    name: ["名称", "name"],
    days: ["診療日", "treatment days"],
    before: ["変更前", "before"],
    after: ["変更後", "after"],
    dated: ["公表日", "published"],
    dash: ["～", "–"],
    every: ["どのファイルにもないコードすべて", "every code that is in no file"],
    blank: ["（空欄）", "(blank)"],
    more: ["続きを表示（残り {0} 件）", "Show more ({0} left)"],
    cut: ["ほか {0} 件は印刷していません。", "{0} more are not printed."],
    find: ["変更をコード・名称で検索", "Find changes by code or name"],
    waivers: ["承認済みの指摘（例外）", "Findings let pass (waivers)"],
    waiversLead: [
      "検査で見つかり、理由を付けて通したものです。公開中のリリースにないものに「新規」と付けます。",
      "Found by the rules and let pass with a reason. What the published release does not let pass is " +
        "marked.",
    ],
    newWaiver: ["新規", "new"],
    everyRecord: ["全レコード", "every record"],
    moreKeys: ["{0} ほか {1} 件", "{0} and {1} more"],
    risks: ["全マスターで先に確認する変更", "Look at these first, over all masters"],
    risksLead: [
      "間違いであった場合の影響が大きい順です。行を選ぶと、下にそのマスターの該当レコードを表示します。",
      "In the order of what would go wrong. Choose a line to see its records, in its master, below.",
    ],
    noRisks: ["特に確認を要する変更はありません。", "No change asks for particular attention."],
    masters: ["マスター", "Masters"],
    mastersLead: [
      "選ぶと、その変更を下に表示します。",
      "Choose one to see its changes below.",
    ],
    master: ["マスター", "master"],
    records: ["レコード数", "records"],
    added: ["追加", "added"],
    changed: ["変更", "changed"],
    abolished: ["廃止", "abolished"],
    removed: ["削除", "removed"],
    same: ["変更なし", "no change"],
    isNew: ["新しいマスター", "new in this release"],
    isGone: ["このリリースにはない", "not in this release"],
    digests: ["照合するダイジェスト", "Digests to compare"],
    digestsLead: [
      "照合語はダイジェストを 12 の言葉で表したものです。電話で 4 語ずつ読み上げ、一致しなければ署名しないでください。マニフェスト" +
        "の照合語が一致すれば、以下はすべて一致しています。",
      "A phrase says its digest in 12 words. Read it over the telephone, four words at a time, and do not " +
        "sign where it differs. When that of the manifest is the same, so is all below it.",
    ],
    manifest: ["マニフェスト（署名の対象）", "Manifest (what is signed)"],
    publishedManifest: ["公開中のリリース {0} のマニフェスト", "Manifest of the published release {0}"],
    signed: ["このリリースの変更を確認した。", "We have looked at the changes of this release."],
  };
  const t = translate(WORDS);
  const { release, published } = given;
  const isRenewal = Boolean(release && published && release.number === published.number);
  // How many rows of a class are shown at first, with each step and on paper; how many classes are open.
  const [FIRST, STEP, ON_PAPER, OPEN] = [6, 200, 3, 6];
  let needle = "";
  const rowsShown = new Map();
  const opened = new Map();

  const title = () => (release ? t("title", release.number, release.title) : t("titleNext"));
  const kindOf = (kind) => given.kinds[kind][language()];
  // Of a line of the table, or of a master as it is compared.
  const nameOf = ({ series, kind }) => series + " " + kindOf(kind.id || kind);

  // ---- Head -----------------------------------------------------------------------------------------------

  const total = (groups) => groups.reduce((sum, group) => sum + group.rows.length, 0);
  const marks = release ? release.marks : [];
  const markClass = (mark) => (mark.is_grave ? "note grave" : "note");
  const showHead = (risks) => {
    const facts = [
      isRenewal ? t("renews") : published ? t("against", published.number) : t("againstNothing"),
      release && t("made", release.created[language()]),
      release && t("commit", release.commit.slice(0, 12)),
    ].filter(Boolean);
    const urgent = risks.filter((risk) => risk.level === "high").reduce((sum, risk) => sum + risk.records, 0);
    const figure = (count, word, to) =>
      h`<li class="${count === 0 ? "zero" : ""}"><a href="#${to}"
        data-go="${to}"><b>${number(count)}</b><span>${t(word)}</span></a></li>`;
    fill(
      at("cover"),
      h`${topBar()}<h1>${title()}</h1><p class="span">${facts.join(language() === "ja" ? "、" : ", ")}</p>
      ${marks.map((mark) => h`<p class="${markClass(mark)}">${mark[language()]}</p>`)}
      ${given.warnings.map((warning) =>
        h`<p class="note">${t("warning", warning[language()])}</p>`)}
      <ul class="figures whole">${figure(total(given.sides[0]), "pastFigure", "past")}${figure(
        given.waivers.length,
        "waiverFigure",
        "waivers",
      )}${figure(urgent, "riskFigure", "risks")}${figure(
        given.table.filter((row) => row.changed || !row.old || !row.new).length,
        "masterFigure",
        "table",
      )}${figure(total(given.sides[1]), "futureFigure", "future")}</ul>
      ${release ? phrase(release.phrase) : ""}`,
    );
    document.title = title();
  };

  // ---- What is judged differently -------------------------------------------------------------------------

  const called = (group, key) =>
    key === "" ? t("every") : ((given.names[group.kind] || {})[key] || "").trim();
  const value = (text, isDay) => {
    const known = given.words[text];
    if (isDay && said(text) !== text) return said(text);
    if (known) return known[language() === "ja" ? 0 : 1];
    return text === "" ? t("blank") : h`${text.trimEnd() && text}${unseen(text)}`;
  };
  const fits = (group, [key]) => key.includes(needle) || called(group, key).toLowerCase().includes(needle);
  const found = (group) => (needle ? group.rows.filter((row) => fits(group, row)) : group.rows);
  const lineOf = (group, [key, first, last, before, after, dated], place) =>
    h`<tr class="${place >= ON_PAPER ? "screen" : ""}"><td class="code">${key || "*"}</td><td>${called(group,
      key)}</td><td class="days">${said(first)}${t("dash")}${said(last)}</td><td
      class="before">${value(before, group.days)}</td><td class="after">${value(after, group.days)}</td><td
      class="days dated"><small>${t("dated")} </small>${said(dated)}</td></tr>`;
  const groupBox = (group, isPast, id) => {
    const rows = found(group);
    const shown = Math.min(rows.length, rowsShown.get(id) || FIRST);
    const isOpen = opened.has(id) ? opened.get(id) : needle !== "" || (isPast && Number(id.slice(2)) < OPEN);
    const accepted = group.accepted.map(([count, why, source]) => t("accepted", number(count), why, source));
    const asked = group.each ? [t("each")] : [];
    const ofDraft = accepted.length ? accepted : [t("open")];
    const notes = isPast ? (release ? ofDraft : asked) : [];
    const left = rows.length - shown;
    const offPaper = rows.length - Math.min(shown, ON_PAPER);
    return h`<details class="changes ${isPast ? "" : "later"}" data-group="${id}"
      ${isOpen ? h`open` : ""}><summary>${group[language()]} <b>${counted(rows.length)}</b>${notes.map(
      (note) => h`<span class="reason">${note}</span>`)}</summary>${
      isOpen
        ? h`<div class="scroll"><table class="list"><thead><tr>${["code", "name", "days", "before", "after",
            "dated"].map((word) => h`<th scope="col">${t(word)}</th>`)}</tr></thead><tbody>${rows
            .slice(0, shown)
            .map((row, place) => lineOf(group, row, place))}</tbody></table></div>${
            left > 0
              ? h`<p class="all"><button type="button" class="link" data-more="${id}">${t("more",
                  number(left))}</button></p>`
              : ""}${offPaper > 0 ? h`<p class="only-print soft">${t("cut", number(offPaper))}</p>` : ""}`
        : ""
    }</details>`;
  };
  const showSide = (place) => {
    const isPast = place === 0;
    const groups = given.sides[place];
    const named = groups.map((group, at) => [group, place + "." + at]);
    const shown = named.filter(([group]) => found(group).length);
    fill(
      at(isPast ? "past" : "future"),
      h`<h2 class="${isPast && total(groups) ? "grave" : ""}" tabindex="-1">${t(isPast ? "past" : "future",
        given.past_before[language()])} <b>${counted(total(groups))}</b></h2>${
        isPast
          ? h`<p class="lead">${t("pastLead")}</p>`
          : ""}${total(given.sides[0]) + total(given.sides[1]) > 0 && isPast
        ? h`<p class="controls"><input type="search" id="find" value="${needle}" placeholder="${t("find")}"
            aria-label="${t("find")}"></p>`
        : ""}<div class="groups">${
        shown.length ? shown.map(([group, id]) => groupBox(group, isPast, id)) : h`<p class="soft">${t(
          "noChanges")}</p>`}</div>`,
    );
  };

  // ---- What was let pass ----------------------------------------------------------------------------------

  const KEYS = 10;
  const keysOf = ({ keys, count }) =>
    count === 0
      ? t("everyRecord")
      : count > KEYS
        ? t("moreKeys", keys.slice(0, KEYS).join(", "), number(count - KEYS))
        : keys.join(", ");
  const showWaivers = () => {
    const row = (one) =>
      h`<tr><td>${one.master} ${one.is_new ? h`<span class="level medium">${t("newWaiver")}</span>` : ""}</td
        ><td class="code">${one.finding}</td><td>${keysOf(one)}</td><td>${one.by[language()]}</td><td>${
        one.reason}</td></tr>`;
    fill(
      at("waivers"),
      h`<h2 tabindex="-1">${t("waivers")} <b>${counted(given.waivers.length)}</b></h2>${
        given.waivers.length
          ? h`<p class="lead">${t("waiversLead")}</p><div class="scroll"><table
            class="list"><tbody>${given.waivers.map(row)}</tbody></table></div>`
          : h`<p class="soft">${t("noChanges")}</p>`}`,
    );
  };

  // ---- Where to look first, over all masters --------------------------------------------------------------

  const showRisks = (risks) => {
    const kinds = new Map();
    for (const risk of risks) {
      if (!kinds.has(risk.kind)) kinds.set(risk.kind, []);
      kinds.get(risk.kind).push(risk);
    }
    const body = [...kinds.values()]
      .sort((a, b) => a[0].rank - b[0].rank)
      .map((group) => {
        const { level, word, title: what, reason, kind } = group[0];
        const records = group.reduce((sum, risk) => sum + risk.records, 0);
        const ofMaster = (risk) =>
          h`<div class="of-master" data-master="${risk.master}"><p><button type="button" class="link"
            data-choose="risk" data-value="${kind}">${risk.name}</button> ${counted(risk.records)}</p><ul
            class="rows">${risk.rows}</ul></div>`;
        return h`<article class="risk" data-risk="${kind}"><div><span
          class="level ${level}">${word}</span><h3>${what} <span
          class="soft">${counted(records)}</span></h3><p class="why">${reason}</p></div><div>${group.map(
          ofMaster)}</div></article>`;
      });
    fill(
      at("risks"),
      h`<h2 tabindex="-1">${t("risks")}</h2>${body.length
        ? h`<p class="lead">${t("risksLead")}</p><div class="risks">${body}</div>`
        : h`<p class="soft">${t("noRisks")}</p>`}`,
    );
  };

  // ---- Masters and digests --------------------------------------------------------------------------------

  const showTable = (current) => {
    const counts = (row) => {
      if (!row.old) return h`<td colspan="4" class="soft">${t("isNew")}</td>`;
      if (!row.new) return h`<td colspan="4" class="soft">${t("isGone")}</td>`;
      if (!row.changed) return h`<td colspan="4" class="soft">${t("same")}</td>`;
      return ["added", "changed", "abolished", "removed"].map(
        (fate) => h`<td class="number">${number(row.changed[fate])}</td>`,
      );
    };
    const size = (side) => (side ? number(side.records) : "–");
    const row = (one) =>
      h`<tr class="${one.name === current ? "here" : ""}"><th scope="row">${one.changed
        ? h`<button type="button" class="link" data-open="${one.name}">${nameOf(one)}</button>`
        : nameOf(one)}</th><td
        class="number">${size(one.old)} → ${size(one.new)}</td>${counts(one)}</tr>`;
    fill(
      at("table"),
      h`<h2 tabindex="-1">${t("masters")}</h2><p class="lead controls">${t("mastersLead")}</p><div
        class="scroll"><table class="list"><thead><tr>${["master", "records", "added", "changed", "abolished",
        "removed"].map((word, at) =>
        h`<th scope="col" class="${at ? "number" : ""}">${t(word)}</th>`)}</tr></thead><tbody>${
        given.table.map(row)}</tbody></table></div>`,
    );
  };
  const showDigests = () => {
    const row = (name, digest, words) =>
      h`<tr><th scope="row">${name}</th><td class="digest">${digest}</td><td>${phrase(words)}</td></tr>`;
    const ofMaster = (one) => one.new && row(nameOf(one), one.new.canonical, one.new.phrase);
    fill(
      at("digests"),
      h`<h2 tabindex="-1">${t("digests")}</h2><p class="lead">${t("digestsLead")}</p><div
        class="scroll"><table class="list digests"><tbody>${
        release ? row(t("manifest"), release.manifest, release.phrase) : ""}${
        published && !isRenewal
          ? row(t("publishedManifest", published.number), published.manifest, published.phrase)
          : ""}${
        given.table.map(ofMaster)}</tbody></table></div>`,
    );
  };

  // ---- What the reader does -------------------------------------------------------------------------------

  const show = (current) => {
    const risks = riskRows();
    showHead(risks);
    showSide(0);
    showWaivers();
    showRisks(risks);
    showTable(current);
    showSide(1);
    showDigests();
  };
  const click = (target) => {
    const more = target.closest("[data-more]");
    const go = target.closest("[data-go]");
    if (more) {
      const id = more.dataset.more;
      rowsShown.set(id, (rowsShown.get(id) || FIRST) + STEP);
      showSide(Number(id.split(".")[0]));
    } else if (go) {
      at(go.dataset.go).scrollIntoView();
    }
    return Boolean(more || go);
  };
  document.addEventListener(
    "toggle",
    ({ target }) => {
      const id = target.dataset && target.dataset.group;
      if (!id || opened.get(id) === target.open) return;
      const wasFilled = target.querySelector("table");
      opened.set(id, target.open);
      if (target.open && !wasFilled) showSide(Number(id.split(".")[0]));
    },
    true,
  );
  let pause = 0;
  document.addEventListener("input", ({ target }) => {
    if (target.id !== "find") return;
    clearTimeout(pause);
    pause = setTimeout(() => {
      needle = target.value.trim().toLowerCase();
      showSide(0);
      showSide(1);
      at("find").focus();
      at("find").setSelectionRange(needle.length, needle.length);
    }, 200);
  });
  return { show, showTable, click, title, signed: () => t("signed"), of: nameOf };
};
