"use strict";
// Shows the data beside it: what changed between two states of a master, or in every master of a release; of
// these one is shown at a time, below what concerns the whole. Nothing is asked of the network; what the
// reader has chosen stands in the address, so that a link shows the same.
(() => {
  const root = document.documentElement;
  const at = (id) => document.getElementById(id);
  window.addEventListener("error", (event) => {
    root.dataset.error = String(event.message);
    at("failure").hidden = false;
    at("failure").textContent = "表示できません / This page cannot be shown: " + event.message;
  });

  const given = JSON.parse(at("data").textContent);
  // Of a release those masters that changed; otherwise the one that the page is about.
  const reviews = given.reviews || [given];
  const isRelease = Boolean(given.reviews);
  root.classList.toggle("release", isRelease);

  // ---- Words ----------------------------------------------------------------------------------------------

  const WORDS = {
    what: ["合同レビュー資料", "For the joint review"],
    changes: ["変更点の確認", "review of changes"],
    print: ["要約を印刷", "Print summary"],
    printAll: ["全レコードを印刷", "Print every record"],
    compared: ["比較した状態", "What was compared"],
    phrase: ["照合語", "Phrase"],
    release: ["リリース", "Release"],
    draft: ["草案", "draft"],
    fewMoves: ["変動のあったレコードは次のとおりです。", "These are the records that moved."],
    old: ["旧", "Old"],
    new: ["新", "New"],
    item: ["項目", "Column"],
    given: ["指定", "Given as"],
    series: ["系列", "Series"],
    commit: ["コミット", "Commit"],
    file: ["ファイル", "File"],
    lastFile: ["最後に\u200b取り込んだ\u200bファイル", "File that came in last"],
    dated: ["公表日", "Published"],
    role: ["種別", "Role"],
    full: ["全件", "full"],
    differential: ["変更分", "differential"],
    layout: ["レイアウト", "Layout"],
    count: ["レコード数", "Records"],
    sha256: ["ファイルの SHA-256", "SHA-256 of the file"],
    canonical: ["正準形の SHA-256", "SHA-256, canonical"],
    parts: [
      "変更分ファイルが含まれます。含まれないレコードは「削除」と表示され、参照・レコード間の規則・項目の初使用は判定していません。",
      "One side is a differential: records that it does not carry are shown as removed, and " +
        "references, rules between records and first uses of columns are not judged.",
    ],
    added: ["追加", "Added"],
    changed: ["変更", "Changed"],
    abolished: ["廃止", "Abolished"],
    removed: ["削除", "Removed"],
    class: ["変更区分のみ", "Class only"],
    first: ["先に確認する変更", "Look at these first"],
    firstLead: [
      "間違いであった場合の影響が大きい順です。誤りと判定されたものではありません。行を選ぶと該当レコードだけを一覧に表示します。",
      "In the order of what would go wrong. None of these is proven to be wrong. Choose a line to " +
        "list its records alone.",
    ],
    noRisks: ["特に確認を要する変更はありません。", "No change asks for particular attention."],
    showAll: ["{0} 件すべてを一覧に表示", "List all {0}"],
    showThese: ["一覧に表示", "Show in the list"],
    told: ["実際の旧 {0}、レコードの旧 {1}", "had {0}, record says {1}"],
    various: ["値はさまざま", "to various values"],
    moreColumns: ["ほか {0} 項目", "{0} more columns"],
    commonest: ["最多は {0} 件", "commonest, in {0}"],
    refers: ["参照元 {0}", "named by {0}"],
    references: ["参照元 {0} レコード", "{0} records name them"],
    more: ["ほか {0} 件", "{0} more"],
    movements: ["{0}の変動", "Movements of {0}"],
    points: ["点数", "points"],
    yen: ["価格", "prices"],
    movementsLead: [
      "{0} 件。平均ではなく一件ずつの変動です。読み方（識別・種別）の変わったレコードは含みません。",
      "{0} records, one by one. Records of which the amount is now read in another way are left out.",
    ],
    scatter: ["旧と新", "Old and new"],
    scatterLead: [
      "両対数目盛。斜線上は変動なし、破線は 2 倍と半分。点を選ぶとそのレコードを表示します。",
      "Both scales logarithmic. On the diagonal nothing moved; dashed: twice and half. Choose a dot " +
        "to see its record.",
    ],
    scatterText: [
      "旧と新の散布図、{0} 件。同じ内容は一覧にあります。",
      "Scatter plot of old and new, {0} records; the list holds the same.",
    ],
    histogram: ["変動率ごとの件数", "Records by relative change"],
    histogramLead: ["行を選ぶと一覧を絞り込みます。", "Choose a line to filter the list."],
    fromZero: ["0 から", "from 0"],
    columns: ["項目ごとの変更件数", "Changes by column"],
    columnsLead: [
      "追加・削除を除く。行を選ぶと一覧を絞り込みます。",
      "Without added and removed records. Choose a line to filter the list.",
    ],
    bookkeeping: [
      "管理項目（日付・順序番号・桁数・旧点数など） {0}",
      "Bookkeeping (dates, order numbers, lengths, old amounts): {0}",
    ],
    restColumns: ["ほか {0} 項目", "{0} more"],
    records: ["レコード一覧", "Every record"],
    legend: ["左が旧、右が新。", "Old on the left, new on the right."],
    search: ["検索（コード・名称・値）", "Search (code, name, value)"],
    kind: ["種別", "Kind"],
    risk: ["確認事項", "Look at"],
    sort: ["並べ替え", "Order"],
    any: ["すべて", "all"],
    byRisk: ["確認事項の順", "riskiest first"],
    byKey: ["コード順", "by code"],
    byMove: ["変動の大きい順", "largest movement first"],
    of: ["件 ／ 全 {0} 件", "of {0} records"],
    reset: ["絞り込みを解除", "Clear all filters"],
    movedBy: ["変動 {0}", "moved by {0}"],
    nothing: ["該当するレコードはありません。", "No record fits."],
    loading: ["{0} 件を表示中。スクロールすると続きを表示します。", "{0} shown; scroll for more."],
    end: ["以上 {0} 件", "These are all {0}."],
    blank: ["空", "blank"],
    blanksOnly: ["（空白 {0} 字のみ）", "(nothing but blanks: {0})"],
    blanksAtEnd: ["（末尾に空白 {0} 字）", "(blanks at the end: {0})"],
    none: ["なし", "none"],
    rest: ["ほか {0} 項目", "{0} more columns"],
    restMass: [
      "多数のレコードと同じ変更・桁数だけの変更 {0}",
      "{0} as in many records or with other zeros only",
    ],
    restBooks: ["管理項目 {0}", "{0} bookkeeping"],
    restNeutral: ["0・空・管理項目", "zero, blank or bookkeeping"],
    filtered: ["次の条件で絞り込んだ印刷です: {0}", "Printed with this filter: {0}"],
    unfiltered: ["全レコードの印刷です。", "Every record is printed."],
    summary: [
      "要約の印刷です（レコードの一覧は含みません）。",
      "This is a summary: the list of records is not printed.",
    ],
    notPrinted: [
      "ほか {0} 件は印刷していません。すべて印刷するには「全レコードを印刷」を選んでください。",
      "{0} more are not printed; choose “Print every record” for all.",
    ],
    manyPages: [
      "{0} 件を印刷します。数百ページになり、準備に数分かかることがあります。続けますか。",
      "This prints {0} records: hundreds of pages, which may take minutes to prepare. Go on?",
    ],
    sign: ["次の二つの状態の間の変更を確認した。", "We have looked at the changes between these two states."],
    kikin: ["社会保険診療報酬支払基金", "Kikin (社会保険診療報酬支払基金)"],
    kokuho: ["国民健康保険中央会", "Kokuho (国民健康保険中央会)"],
    name: ["所属・氏名", "Name"],
    date: ["確認日", "Date"],
    signature: ["署名・押印", "Signature"],
    foot: [
      "{0} が作成。このファイルだけで完結し、外部への通信はしません。署名の対象はこのページではなく、上記のダイジェストを持つ状態です。",
      "Made by {0}. This file is complete in itself and asks nothing of the network. What is signed " +
        "is not this page but the states with the digests above.",
    ],
    language: ["表示言語", "Language"],
  };
  const FATES = ["added", "changed", "abolished", "removed", "class"];

  let lang = given.lang === "en" ? "en" : "ja";
  const translate =
    (words) =>
    (word, ...values) =>
      words[word][lang === "ja" ? 0 : 1].replace(/\{(\d)\}/g, (_, n) => String(values[n]));
  const t = translate(WORDS);
  const number = (value) => value.toLocaleString("en-US", { maximumFractionDigits: 2 });
  // A day as people write it: in Japanese by its era, 令和6年6月1日. What is no day stays as it is.
  const ERAS = [["令和", 20190501, 2018], ["平成", 19890108, 1988], ["昭和", 19261225, 1925]];
  const said = (text) => {
    const [, year, month, day] = /^(\d{4})-?(\d\d)-?(\d\d)$/.exec(text) || [];
    if (!year || month < 1 || month > 12 || day < 1 || day > 31) return text;
    if (lang === "en") return [year, month, day].join("-");
    const era = ERAS.find(([, first]) => first <= Number(year + month + day));
    const ofEra = era ? Number(year) - era[2] : Number(year);
    return (era ? era[0] : "") + (era && ofEra === 1 ? "元" : ofEra) + "年" + Number(month) + "月" +
      Number(day) + "日";
  };
  const short = (value) => value.toLocaleString(lang, { notation: "compact" });

  // ---- Text becomes elements in one way only: what is put into h`...` is text unless it came from h`...` --

  class Markup {
    constructor(text) {
      this.text = text;
    }
  }
  const ESCAPES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
  const plain = (value) => String(value).replace(/[&<>"']/g, (char) => ESCAPES[char]);
  const part = (value) => {
    if (value instanceof Markup) return value.text;
    if (Array.isArray(value)) return value.map(part).join("");
    return value === null || value === undefined || value === false ? "" : plain(value);
  };
  const h = (strings, ...values) =>
    new Markup(strings.reduce((text, string, n) => text + part(values[n - 1]) + string));
  const fill = (element, markup) => {
    element.innerHTML = markup.text;
  };

  // ---- The data, made ready -------------------------------------------------------------------------------

  let data, columns, records, cellCount, columnCount, massFrom, rank, risks, amount, movements, texts;
  const columnName = (column) => (lang === "ja" ? columns[column].name : columns[column].id);
  const columnId = (column) => (lang === "ja" ? columns[column].id : columns[column].name);
  const isBoth = (record) => record.fate !== "added" && record.fate !== "removed";
  // What so many records share is told once above, and what is only written with other zeros is no change to
  // people; in a record both are folded.
  const isMass = (cell) => {
    const [, before, after] = data.cells[cell];
    return (
      cellCount[cell] >= massFrom ||
      (/^[0-9.]+$/.test(before) && /^[0-9.]+$/.test(after) && +before === +after)
    );
  };
  const expand = (runs) => {
    const list = [];
    for (let n = 0; n < runs.length; n += 2) {
      for (let k = 0; k < runs[n + 1]; k += 1) list.push(runs[n] + k);
    }
    return list;
  };
  const kindCells = (record, column) => record.cells.some((cell) => data.cells[cell][0] === column);

  // Makes `review` the master that is shown.
  const take = (review) => {
    data = review;
    columns = data.columns.map(([id, name, books]) => ({ id, name, books: books === 1 }));
    records = data.records.map(([fate, key, label, cells], place) => ({
      place,
      fate,
      key,
      label,
      cells,
      risks: [],
    }));
    // In how many records of both states a cell stands, and how many a column changed in.
    cellCount = new Uint32Array(data.cells.length);
    columnCount = new Uint32Array(columns.length);
    let both = 0;
    for (const record of records) {
      if (!isBoth(record)) continue;
      both += 1;
      for (const cell of record.cells) {
        cellCount[cell] += 1;
        columnCount[data.cells[cell][0]] += 1;
      }
    }
    massFrom = Math.max(data.thresholds.same, both / 10);
    rank = new Uint32Array(records.length).fill(0xffffffff);
    let ranked = 0;
    risks = data.risks.map((risk, place) => {
      const list = expand(risk.runs);
      // What concerns a whole column does not make one record riskier than another.
      const single = !risk.kind.startsWith("column/");
      for (const record of list) {
        if (!single) break;
        if (rank[record] === 0xffffffff) rank[record] = ranked++;
        records[record].risks.push(place);
      }
      return { ...risk, place, list, members: new Set(list) };
    });
    [amount, movements, texts] = [data.amount, [], null];
    for (const record of amount ? records : []) {
      if (!isBoth(record)) continue;
      const cell = record.cells.find((number) => data.cells[number][0] === amount.column);
      if (cell === undefined || (amount.kind !== null && kindCells(record, amount.kind))) continue;
      const [before, after] = [data.cells[cell][1], data.cells[cell][2]];
      const [from, to] = [+before, +after];
      if (before === "" || after === "" || !Number.isFinite(from) || !Number.isFinite(to) || from === to)
        continue;
      record.move = { from, to, percent: from === 0 ? Infinity : ((to - from) / from) * 100 };
      movements.push(record);
    }
  };
  const reviewOf = (name) => reviews.find((review) => review.name === name) || reviews[0];

  const factor = ({ from, to }) => {
    const [small, large] = [Math.min(Math.abs(from), Math.abs(to)), Math.max(Math.abs(from), Math.abs(to))];
    return small === 0 ? Infinity : large / small;
  };
  const delta = (move) => {
    if (move.from === 0 || move.to === 0) return "";
    const times = factor(move);
    if (times >= 2) return (move.to > move.from ? "×" : "÷") + number(Math.round(times * 100) / 100);
    return (move.percent > 0 ? "+" : "−") + Math.abs(move.percent).toFixed(1) + " %";
  };

  // Half-width kana, full-width letters, hiragana and case make no difference to a search.
  const folded = (text) =>
    text
      .normalize("NFKC")
      .toLowerCase()
      .replace(/[\u30a1-\u30f6]/g, (kana) => String.fromCharCode(kana.charCodeAt(0) - 0x60));
  const searchable = () => {
    if (!texts) {
      const cells = data.cells.map(([column, before, after]) =>
        columns[column].books ? "" : folded(before + "\n" + after),
      );
      texts = records.map(
        (record) =>
          folded(record.key + "\n" + record.label) +
          "\n" +
          record.cells.map((cell) => cells[cell]).join("\n"),
      );
    }
    return texts;
  };

  // ---- What the reader has chosen, as the address has it --------------------------------------------------

  const CHOICES = ["master", "q", "kind", "column", "risk", "move", "sort", "print"];
  // What lets some records through and others not.
  const FILTERS = ["q", "kind", "column", "risk", "move"];
  const isFiltered = () => FILTERS.some((name) => chosen[name]);
  let chosen = {};
  const readAddress = () => {
    const given = new URLSearchParams(location.hash.slice(1));
    chosen = {};
    for (const name of CHOICES) if (given.get(name)) chosen[name] = given.get(name);
    if (given.get("lang") === "ja" || given.get("lang") === "en") lang = given.get("lang");
  };
  const writeAddress = () => {
    const told = new URLSearchParams();
    for (const name of CHOICES) if (chosen[name]) told.set(name, chosen[name]);
    if (lang !== given.lang) told.set("lang", lang);
    const text = told.toString();
    history.replaceState(null, "", text ? "#" + text : location.pathname + location.search);
  };
  const riskName = (risk) =>
    risk.kind +
    (risk.column === null ? (risk.rule ? ":" + risk.rule.code : "") : ":" + columns[risk.column].id);
  const riskOf = (name) => risks.filter((risk) => riskName(risk) === name || risk.kind === name);
  const riskTitle = (risk) =>
    risk.title[lang] +
    (risk.column === null || risk.kind.startsWith("amount/") || risk.kind.startsWith("name/")
      ? ""
      : lang === "ja"
        ? "：" + columnName(risk.column)
        : ": " + columnName(risk.column));

  const percents = (range) => {
    const [from, to] = range.split(",");
    const bound = (text) => (text === "inf" ? Infinity : text === "-inf" ? -Infinity : Number(text));
    return [bound(from), bound(to)];
  };
  const rangeName = (from, to) => {
    const sign = (value) =>
      (value > 0 ? "+" : value < 0 ? "−" : "") + number(Math.round(Math.abs(value) * 10) / 10);
    if (from === Infinity) return t("fromZero");
    if (to === Infinity) return sign(from) + " % ≤";
    if (from === -Infinity) return "< " + sign(to) + " %";
    return sign(from) + " … " + sign(to) + " %";
  };

  const filter = () => {
    const tests = [];
    if (chosen.kind) tests.push((record) => record.fate === chosen.kind);
    if (chosen.risk) {
      const wanted = riskOf(chosen.risk);
      tests.push((record) => wanted.some((risk) => risk.members.has(record.place)));
    }
    if (chosen.column) {
      const column = columns.findIndex((known) => known.id === chosen.column);
      tests.push((record) => isBoth(record) && kindCells(record, column));
    }
    if (chosen.move) {
      const [from, to] = percents(chosen.move);
      tests.push(
        ({ move }) =>
          move && (from === Infinity ? move.from === 0 : move.percent >= from && move.percent < to),
      );
    }
    if (chosen.q) {
      const words = folded(chosen.q).split(/\s+/).filter(Boolean);
      const all = searchable();
      tests.push((record) => words.every((word) => all[record.place].includes(word)));
    }
    const list = records.filter((record) => tests.every((test) => test(record)));
    const wanted = chosen.risk ? riskOf(chosen.risk) : [];
    if (chosen.sort === "key") return list;
    if (chosen.sort === "move") {
      const size = (record) => (record.move ? Math.min(factor(record.move), 1e9) : 0);
      return list.sort((a, b) => size(b) - size(a) || a.place - b.place);
    }
    // Of one risk its own order, else that of all of them.
    const order =
      wanted.length === 1 ? new Map(wanted[0].list.map((record, place) => [record, place])) : null;
    const place = (record) => (order ? order.get(record.place) : rank[record.place]);
    return list.sort((a, b) => place(a) - place(b) || a.place - b.place);
  };

  // ---- Pieces ---------------------------------------------------------------------------------------------

  // What nobody sees is said.
  const blanksOf = (text) => {
    const count = text.length - text.trimEnd().length;
    return count ? t(count === text.length ? "blanksOnly" : "blanksAtEnd", count) : "";
  };
  const unseen = (text) => (blanksOf(text) ? h` <span class="ends">${blanksOf(text)}</span>` : "");
  const value = (text) =>
    text === "" ? h`<i class="none">${t("blank")}</i>` : h`${text.trimEnd() && text}${unseen(text)}`;
  const marked = (text, lengths, only) => {
    if (!lengths) return value(text);
    let from = 0;
    const pieces = lengths.map((length, n) => {
      const piece = text.slice(from, (from += length));
      if (length === 0) return "";
      if (n % 2 === 0) return piece;
      return only === "old" ? h`<del>${piece}</del>` : h`<ins>${piece}</ins>`;
    });
    return h`${pieces}${unseen(text)}`;
  };
  // What a code means; a list has `-` where a code says that there is none.
  const meant = (place) => (data.meanings[place] === "-" ? t("none") : data.meanings[place]);
  const meaning = (place) => (place >= 0 ? h`<span class="means">${meant(place)}</span>` : "");
  // A code with what it is called.
  const called = (text, place) =>
    place < 0 || data.meanings[place] === text
      ? text
      : h`${text} <span class="means">${meant(place)}</span>`;
  const arrow = h`<span class="arrow" aria-hidden="true">→</span>`;
  const change = (before, after) =>
    h`<span class="before">${value(before)}</span>${arrow}<span class="after">${value(after)}</span>`;
  const counted = (count) => (lang === "ja" ? number(count) + " 件" : number(count));

  const titled = () => {
    const kind = data.kind[lang];
    return lang === "ja"
      ? kind + " " + t("changes")
      : kind[0].toUpperCase() + kind.slice(1) + ": " + t("changes");
  };

  // ---- The front page -------------------------------------------------------------------------------------

  // Twelve words to be read aloud, four in a breath.
  const phrase = (words) => {
    const list = words[lang].split(" ");
    const breaths = [0, 4, 8].map((from) => list.slice(from, from + 4).join(" "));
    return h`<span class="phrase"><small>${t("phrase")}</small>${breaths.map((breath) =>
      h` <span>${breath}</span>`)}</span>`;
  };
  const topBar = () => h`<div class="top"><p class="what">${t("what")}</p>
    <div class="controls">
      <span class="langs" role="group" aria-label="${t("language")}">
        <button type="button" data-lang="ja" lang="ja" aria-pressed="${lang === "ja"}">日本語</button><button
          type="button" data-lang="en" lang="en" aria-pressed="${lang === "en"}">English</button>
      </span>
      <button type="button" class="button" data-print="some">${t("print")}</button>
      ${data ? h`<button type="button" class="button" data-print="all">${t("printAll")}</button>` : ""}
    </div></div>`;
  const sideName = ({ release, dated, name }) => {
    if (release === undefined) return dated ? said(dated) : name;
    return release ? t("release") + " " + release : t("draft");
  };
  const showCover = () => {
    const days = [data.old, data.new].map(sideName);
    fill(at("cover"), h`${topBar()}<h1>${titled()}</h1><p class="span">${days[0]} → ${days[1]}</p>`);
    document.title = titled() + " " + days.join(" → ");
  };
  const showMasterHead = () => {
    const days = [data.old, data.new].map(sideName);
    fill(
      at("master-head"),
      h`<h2 tabindex="-1">${isRelease ? overview.of(data) : ""} <span class="soft">${days[0]} → ${
        days[1]}</span></h2>`,
    );
  };
  const showCompared = () => {
    const sides = [data.old, data.new];
    const row = (word, of, style) => {
      const [before, after] = sides.map(of);
      if (!before && !after) return "";
      const cell = (text) => h`<td class="${style || ""}">${text || "–"}</td>`;
      return h`<tr><th scope="row">${t(word)}</th>${cell(before)}${cell(after)}</tr>`;
    };
    fill(
      at("compared"),
      h`<h2>${t("compared")}</h2>${data.parts ? h`<p class="note">${t("parts")}</p>` : ""}
      <table class="sides"><colgroup><col class="name"><col><col></colgroup>
        <thead><tr><th scope="col"><span class="unseen">${t("item")}</span></th><th scope="col"
          class="old">${t("old")}</th><th scope="col" class="new">${t("new")}</th></tr></thead>
        <tbody>
          ${row("given", (side) => side.name || sideName(side))}
          ${row("series", (side) => side.series)}
          ${row("commit", (side) => side.commit, "digest")}
          ${row(sides.some((side) => side.commit) ? "lastFile" : "file", (side) => side.file)}
          ${row("dated", (side) => side.dated && said(side.dated))}
          ${row("role", (side) => side.role && t(side.role))}
          ${row("layout", (side) => side.layout)}
          ${row("count", (side) => number(side.records))}
          ${row("sha256", (side) => side.sha256, "digest")}
          ${row("canonical", (side) => side.canonical, "digest")}
          ${row("phrase", (side) => phrase(side.phrase))}
        </tbody></table>`,
    );
  };
  // Who looked at it: at the end of a summary.
  const showSign = () => {
    const digest = (word, text, words) =>
      h`<span class="digest">${t(word)} ${text}</span><span class="digest">${phrase(words)}</span>`;
    const signed =
      isRelease && given.release
        ? h`${overview.signed()} <span class="digest">SHA-256 ${given.release.manifest}</span><span
            class="digest">${phrase(given.release.phrase)}</span>`
        : isRelease
          ? overview.signed()
          : h`${t("sign")} ${digest("old", data.old.canonical, data.old.phrase)}${digest("new",
              data.new.canonical, data.new.phrase)}`;
    fill(
      at("sign"),
      h`<p>${signed}</p>
        <p id="printed"></p>
        ${["kikin", "kokuho"].map((side) =>
          h`<div><h3>${t(side)}</h3><dl><dt>${t("name")}</dt><dd></dd><dt
            >${t("date")}</dt><dd></dd><dt>${t("signature")}</dt><dd></dd></dl></div>`)}`,
    );
  };
  const printedDigest = () => {
    if (!isRelease) return data.new.canonical;
    return given.release ? given.release.manifest : "";
  };
  const showFoot = () => {
    fill(at("foot"), h`<p>${t("foot", given.program)}</p>`);
    root.lang = lang;
    const running = (text) => '"' + text.replace(/["\\\n]/g, " ") + '"';
    let style = at("running");
    if (!style) {
      style = document.createElement("style");
      style.id = "running";
      document.head.append(style);
    }
    const font =
      'font: 8pt "Noto Sans JP", "Noto Sans CJK JP", "Hiragino Sans", "Yu Gothic", Meiryo, sans-serif; ' +
      "color: #555;";
    style.textContent =
      `@page { @top-left { content: ${running(document.title)}; ${font} } ` +
      `@top-right { content: ${running(printedDigest().slice(0, 16))}; ${font} } ` +
      `@bottom-center { content: counter(page) " / " counter(pages); ${font} } }`;
  };

  const showFigures = () => {
    const counts = { ...data.summary, class: data.summary.class_only };
    fill(
      at("figures"),
      h`<ul class="figures">${FATES.map((fate) => h`<li class="${counts[fate] === 0 ? "zero" : ""}"><button
        type="button" data-choose="kind" data-value="${fate}"
        aria-pressed="${chosen.kind ===
        fate}"><b>${number(counts[fate])}</b><span>${t(fate)}</span></button></li>`)}</ul>`,
    );
  };

  // ---- Look here first ------------------------------------------------------------------------------------

  const SAMPLES = { high: 5, medium: 3, low: 2 };
  const WHOLE_SAMPLES = { high: 3, medium: 2, low: 0 };
  // A plot of less says nothing that the records themselves do not.
  const PLOTTED = 12;
  const COLUMNS_SHOWN = 6;

  const sample = (risk, record) => {
    const named = h`<span class="of"><span class="code">${record.key}</span>${record.label}</span>`;
    let shown = "";
    let long = false;
    if (risk.references) {
      const from = risk.listed.find(([code]) => code === record.key);
      if (from) {
        shown = h`${t("refers", data.masters[from[1]][lang] + " " + from[2])} ${from[3]}`;
        long = true;
      }
    } else if (risk.told) {
      shown = t("told", number(record.move.from), number(+risk.told[risk.list.indexOf(record.place)]));
    } else if (risk.column !== null && isBoth(record)) {
      const cell = record.cells.find((number) => data.cells[number][0] === risk.column);
      if (cell !== undefined) {
        const [, before, after, means = -1, meansAfter = -1, marksBefore, marksAfter] = data.cells[cell];
        long = before.length + after.length > 24;
        const [was, is] = [marked(before, marksBefore, "old"), marked(after, marksAfter, "new")];
        shown = h`<span class="before">${called(was, means)}</span>${arrow}<span
          class="after">${called(is, meansAfter)}</span>`;
        if (amount && risk.column === amount.column && record.move)
          shown = h`${shown}<span class="delta">${delta(record.move)}</span>`;
      }
    }
    return h`<li><button type="button" class="row" data-choose="q" data-value="${record.key}">${named}<span
      class="value ${long ? "long" : ""}">${shown}</span></button></li>`;
  };
  const place = (risk, [key, field, found, expected]) => {
    const column = columns.findIndex((known) => known.id === field);
    const text = risk.rule[lang]
      .replace("{found}", () => found || "")
      .replace("{expected}", () => expected || "");
    return h`<li><button type="button" class="row" data-choose="q" data-value="${key || ""}"><span
      class="of"><span class="code">${key}</span>${column < 0 ? field : columnName(column)}</span><span
      class="value long">${text}</span></button></li>`;
  };
  const allOf = (risk) =>
    risk.list.length
      ? h`<p class="all"><button type="button" class="link" data-choose="risk"
        data-value="${riskName(risk)}">${risk.list.length > SAMPLES[risk.level] ? t("showAll",
        number(risk.list.length)) : t("showThese")}</button></p>`
      : "";
  // What a value of a column is called, as some cell has it; -1 where none does.
  const meaningOf = (column, text) => {
    for (const [of, before, after, means = -1, meansAfter = -1] of data.cells) {
      if (of !== column) continue;
      if (after === text && meansAfter >= 0) return meansAfter;
      if (before === text && means >= 0) return means;
    }
    return -1;
  };
  const coded = (column, before, after) =>
    h`<span class="before">${called(value(before), meaningOf(column, before))}</span>${arrow}<span
      class="after">${called(value(after), meaningOf(column, after))}</span>`;
  const columnRow = (risk) => {
    const [before, after, most] = risk.commonest || [];
    const shown = risk.commonest
      ? most === 1
        ? h`<small>${t("various")}</small>`
        : h`${coded(risk.column, before, after)} <small>${most < risk.records ? t("commonest", number(most)) :
          ""}</small>`
      : risk.values
        ? risk.values
            .slice(0, 6)
            .map(
              ([text, count], n) =>
                h`${n ? "、" : ""}<span class="after">${called(text, meaningOf(risk.column, text))}</span>
                  <small>${counted(count)}</small>`,
            )
        : "";
    return h`<li><button type="button" class="row tally" data-choose="risk"
      data-value="${riskName(risk)}"><span class="of">${columnName(risk.column)} <small
      class="id">${columnId(risk.column)}</small><br>${shown}</span><span
      class="value">${counted(risk.records)}</span></button></li>`;
  };

  const isSeveral = ({ column, kind }) => column !== null && !/^(amount|name|date)\//.test(kind);
  const samplesOf = (risk, most) =>
    risk.rule
      ? risk.places.slice(0, most).map((found) => place(risk, found))
      : risk.list.slice(0, most).map((record) => sample(risk, records[record]));
  const showFirst = () => {
    const groups = new Map();
    for (const risk of risks) {
      if (!groups.has(risk.kind)) groups.set(risk.kind, []);
      groups.get(risk.kind).push(risk);
    }
    const body = [...groups.values()].map((group) => {
      const { level, title, reason, kind } = group[0];
      const word = data.levels.find((known) => known.id === level)[lang];
      const several = isSeveral(group[0]);
      let rows;
      if (several) {
        const [shown, rest] = [group.slice(0, COLUMNS_SHOWN), group.slice(COLUMNS_SHOWN)];
        rows = h`<ul class="rows">${shown.map(columnRow)}</ul>${rest.length ?
          h`<details><summary class="soft">${t("moreColumns", rest.length)}</summary><ul
          class="rows">${rest.map(columnRow)}</ul></details>` : ""}`;
      } else {
        rows = group.map((risk) => {
          const samples = samplesOf(risk, SAMPLES[level]);
          return h`<ul class="rows">${samples}</ul>${allOf(risk)}`;
        });
      }
      const count = several
        ? ""
        : h` <span class="soft">${counted(group.reduce((sum, risk) => sum + risk.records, 0))}</span>`;
      const references = group[0].references
        ? h`<p class="why">${t("references", number(group[0].references))}</p>`
        : "";
      return h`<article class="risk" data-risk="${kind}"><div><span
        class="level ${level}">${word}</span><h3>${title[lang]}${count}</h3><p
        class="why">${reason[lang]}</p>${references}</div><div>${rows}</div></article>`;
    });
    fill(
      at("first"),
      h`<h2>${t("first")}</h2><p class="lead">${t("firstLead")}</p>${body.length ?
        h`<div class="risks">${body}</div>` : h`<p class="empty">${t("noRisks")}</p>`}`,
    );
  };

  // The risks of every master of a release, each kind of a master once, for what stands above the masters.
  const riskRows = () => {
    const shown = data;
    const all = reviews.flatMap((review) => {
      take(review);
      const kinds = new Map();
      for (const risk of risks) kinds.set(risk.kind, [...(kinds.get(risk.kind) || []), risk]);
      return [...kinds.values()].map((group) => {
        const { kind, level, title, reason, rank } = group[0];
        const most = WHOLE_SAMPLES[level];
        const rows = isSeveral(group[0])
          ? group.slice(0, most).map(columnRow)
          : group.flatMap((risk) => samplesOf(risk, most)).slice(0, most);
        return {
          master: data.name,
          name: overview.of(data),
          kind,
          level,
          rank,
          rows,
          word: data.levels.find((known) => known.id === level)[lang],
          title: title[lang],
          reason: reason[lang],
          records: group.reduce((sum, risk) => sum + risk.records, 0),
        };
      });
    });
    if (shown) take(shown);
    return all;
  };

  // ---- Movements ------------------------------------------------------------------------------------------

  const PLOT = { width: 560, height: 440, left: 52, right: 10, top: 10, bottom: 46, band: 26 };
  const EDGES = [-Infinity, -90, -50, -100 / 3, -20, -10, -5, -2, 0, 2, 5, 10, 20, 50, 100, 900, Infinity];
  let scale = null;

  const showMovements = () => {
    scale = null;
    if (movements.length === 0) return fill(at("movements"), h``);
    if (movements.length < PLOTTED) {
      const row = (record) =>
        h`<li><button type="button" class="row" data-choose="q" data-value="${record.key}"><span
          class="of"><span class="code">${record.key}</span>${record.label}</span><span
          class="value">${change(number(record.move.from), number(record.move.to))}<span class="delta">${
          delta(record.move)}</span></span></button></li>`;
      return fill(
        at("movements"),
        h`<h2>${t("movements", t(amount.unit.en))}</h2><p class="lead">${t("fewMoves")}</p><ul
          class="rows">${movements.map(row)}</ul>`,
      );
    }
    const positive = movements.flatMap(({ move }) => [move.from, move.to]).filter((number) => number > 0);
    let [low, high] = [Infinity, -Infinity];
    for (const number of positive) {
      low = Math.min(low, number);
      high = Math.max(high, number);
    }
    const [from, to] = positive.length
      ? [Math.floor(Math.log10(low)), Math.max(Math.ceil(Math.log10(high)), Math.floor(Math.log10(low)) + 1)]
      : [0, 1];
    const zero = movements.some(({ move }) => move.from <= 0 || move.to <= 0);
    const band = zero ? PLOT.band : 0;
    const inner = {
      left: PLOT.left + band,
      right: PLOT.width - PLOT.right,
      top: PLOT.top,
      bottom: PLOT.height - PLOT.bottom - band,
    };
    const along = (number) => (Math.log10(number) - from) / (to - from);
    const x = (number) =>
      number > 0 ? inner.left + along(number) * (inner.right - inner.left) : PLOT.left + band / 2;
    const y = (number) =>
      number > 0 ? inner.bottom - along(number) * (inner.bottom - inner.top) : inner.bottom + band / 2;
    scale = { x, y };
    const lines = [];
    const svgText = (left, top, anchor, text) =>
      h`<text x="${left}" y="${top}" text-anchor="${anchor}">${text}</text>`;
    for (let power = from; power <= to; power += 1) {
      const [left, top, text] = [x(10 ** power), y(10 ** power), short(10 ** power)];
      lines.push(
        h`<path class="grid" d="M${left} ${inner.top}V${inner.bottom}M${inner.left} ${top}H${inner.right}"/>`,
      );
      lines.push(
        svgText(left, inner.bottom + band + 17, power === to ? "end" : "middle", text),
        svgText(PLOT.left - 7, top + 4, "end", text),
      );
    }
    if (zero)
      lines.push(
        svgText(PLOT.left + band / 2, inner.bottom + band + 17, "middle", "0"),
        svgText(PLOT.left - 7, inner.bottom + band / 2 + 4, "end", "0"),
      );
    const [least, most] = [10 ** from, 10 ** to];
    const guide = (times, style) => {
      const [a, b] = [Math.max(least, least / times), Math.min(most, most / times)];
      return h`<path class="${style}" d="M${x(a)} ${y(a * times)}L${x(b)} ${y(b * times)}"/>`;
    };
    const dots = { up: "", down: "", "up large": "", "down large": "" };
    for (const { move } of movements) {
      const style =
        (move.to > move.from ? "up" : "down") + (factor(move) >= data.thresholds.large ? " large" : "");
      dots[style] += `M${x(move.from).toFixed(1)} ${y(move.to).toFixed(1)}h0`;
    }
    const unit = amount.unit[lang];
    const bins = EDGES.slice(0, -1).map((edge, n) => ({ from: edge, to: EDGES[n + 1], count: 0 }));
    bins.push({ from: Infinity, to: Infinity, count: 0 });
    for (const { move } of movements) {
      const bin =
        move.from === 0 ? bins.at(-1) : bins.find((bin) => move.percent >= bin.from && move.percent < bin.to);
      bin.count += 1;
    }
    const tallest = Math.max(...bins.map((bin) => bin.count));
    const bound = (edge) => (edge === Infinity ? "inf" : edge === -Infinity ? "-inf" : String(edge));
    const bar = (bin) => {
      const range = bound(bin.from) + "," + bound(bin.to);
      const style = bin.from >= 0 ? "up" : "down";
      return h`<li><button type="button" data-choose="move" data-value="${range}"
        aria-pressed="${chosen.move === range}"><span class="label">${rangeName(bin.from, bin.to)}</span><span
        class="bar ${style}" style="width:${((bin.count / tallest) * 100).toFixed(1)}%"></span><span
        class="count">${number(bin.count)}</span></button></li>`;
    };
    const filled = bins.filter((bin) => bin.count > 0);
    fill(
      at("movements"),
      h`<h2>${t("movements", t(amount.unit.en))}</h2><p
        class="lead">${t("movementsLead", number(movements.length))}</p>
      <div class="plots">
        <figure class="plot"><figcaption>${t("scatter")}<small>${t("scatterLead")}</small></figcaption>
          <svg id="scatter" viewBox="0 0 ${PLOT.width} ${PLOT.height}" role="img"
            aria-label="${t("scatterText", number(movements.length))}">
            ${lines}<rect class="frame" x="${inner.left}" y="${inner.top}" width="${inner.right - inner.left}"
              height="${inner.bottom - inner.top}"/>
            ${guide(1, "same")}${guide(2, "guide")}${guide(0.5, "guide")}
            ${Object.entries(dots).map(([style, path]) => (path ? h`<path class="dots ${style}" d="${path}"/>`
              : ""))}
            <circle class="here" id="here" r="6" cx="-20" cy="-20"/>
            ${svgText(inner.right, PLOT.height - 6, "end", t("old") + " (" + unit + ")")}${svgText(inner.left
              + 6, inner.top + 16, "start", t("new") + " (" + unit + ")")}
          </svg></figure>
        <figure><figcaption>${t("histogram")}<small>${t("histogramLead")}</small></figcaption><ul
          class="bars moves">${filled.map(bar)}</ul></figure>
      </div>`,
    );
  };

  const NEAR = 14;
  const nearest = (event) => {
    const box = at("scatter").getBoundingClientRect();
    const zoom = PLOT.width / box.width;
    const [left, top] = [(event.clientX - box.left) * zoom, (event.clientY - box.top) * zoom];
    let [found, least] = [null, NEAR * zoom];
    for (const record of movements) {
      const distance = Math.hypot(scale.x(record.move.from) - left, scale.y(record.move.to) - top);
      if (distance < least) [found, least] = [record, distance];
    }
    return found;
  };
  const hideTip = () => {
    at("tip").hidden = true;
    if (at("here")) at("here").setAttribute("cx", "-20");
  };
  const hover = (event) => {
    const record = event.target.closest && event.target.closest("#scatter") ? nearest(event) : null;
    if (!record) return hideTip();
    const tip = at("tip");
    const unit = amount.unit[lang];
    fill(
      tip,
      h`${record.key} ${record.label}<br>${number(record.move.from)} → ${number(record.move.to)} ${unit} ${
        delta(record.move)}`,
    );
    tip.hidden = false;
    at("here").setAttribute("cx", scale.x(record.move.from));
    at("here").setAttribute("cy", scale.y(record.move.to));
    tip.style.left = Math.min(event.clientX + 14, innerWidth - tip.offsetWidth - 8) + "px";
    tip.style.top = Math.min(event.clientY + 14, innerHeight - tip.offsetHeight - 8) + "px";
  };

  // ---- Columns --------------------------------------------------------------------------------------------

  const BARS_SHOWN = 24;
  const showColumns = () => {
    const all = columns
      .map((column, place) => ({ ...column, place, count: columnCount[place] }))
      .filter((column) => column.count > 0);
    all.sort((a, b) => b.count - a.count || a.place - b.place);
    if (all.length === 0) return fill(at("columns"), h``);
    const own = all.filter((column) => !column.books);
    const books = all.filter((column) => column.books);
    const bar = (column) => {
      const most = (column.books ? books : own)[0].count;
      return h`<li><button type="button" data-choose="column" data-value="${column.id}"
        aria-pressed="${chosen.column === column.id}"><span
        class="label">${columnName(column.place)} <small>${columnId(column.place)}</small></span><span><span
        class="bar" style="display:block;width:${((column.count / most) *
        100).toFixed(1)}%"></span></span><span class="count">${number(column.count)}</span></button></li>`;
    };
    const [shown, rest] = [own.slice(0, BARS_SHOWN), own.slice(BARS_SHOWN)];
    fill(
      at("columns"),
      h`<h2>${t("columns")}</h2><p class="lead">${t("columnsLead")}</p><ul
        class="bars wide">${shown.map(bar)}</ul>
      ${rest.length ? h`<details><summary>${t("restColumns", rest.length)}</summary><ul
        class="bars wide">${rest.map(bar)}</ul></details>` : ""}
      ${books.length ? h`<details><summary>${t("bookkeeping", books.length)}</summary><ul
        class="bars wide">${books.map(bar)}</ul></details>` : ""}`,
    );
  };

  // ---- Every record ---------------------------------------------------------------------------------------

  const showToolbar = () => {
    const options = (list, current) =>
      list.map(
        ([id, name]) =>
          h`<option value="${id}" ${id === (current || "") ? h`selected` : ""}>${name}</option>`,
      );
    const counts = { ...data.summary, class: data.summary.class_only };
    const kinds = FATES.filter((fate) => counts[fate] > 0).map((fate) => [
      fate,
      t(fate) + " " + number(counts[fate]),
    ]);
    const changed = columns
      .map((column, place) => [
        column.id,
        columnName(place) + " " + number(columnCount[place]),
        columnCount[place],
      ])
      .filter(([, , count]) => count > 0);
    const concerns = risks
      .filter((risk) => risk.list.length)
      .map((risk) => [riskName(risk), riskTitle(risk) + " " + number(risk.list.length)]);
    const sorts = [
      ["", t("byRisk")],
      ["key", t("byKey")],
      ...(movements.length ? [["move", t("byMove")]] : []),
    ];
    const pick = (name, list) =>
      h`<label>${t(name === "column" ? "item" : name)}<select
        data-pick="${name}">${options(name === "sort" ? list : [["", t("any")], ...list],
        chosen[name])}</select></label>`;
    fill(
      at("heading"),
      h`<h2 tabindex="-1">${t("records")}</h2><p class="only-print soft">${t("legend")}</p>`,
    );
    fill(
      at("toolbar"),
      h`<div class="tools"><label class="search">${t("search")}<input type="search" id="q" autocomplete="off"
        spellcheck="false" value="${chosen.q || ""}"></label>
      ${pick("kind", kinds)}${pick("risk", concerns)}${pick("column", changed)}${pick("sort",
        sorts)}</div><div class="now" id="now" aria-live="polite"></div>`,
    );
  };

  const told = () => {
    const list = [];
    if (chosen.q) list.push(["q", "「" + chosen.q + "」"]);
    if (chosen.kind) list.push(["kind", t(chosen.kind)]);
    if (chosen.risk) list.push(["risk", riskOf(chosen.risk).slice(0, 1).map(riskTitle)[0] || chosen.risk]);
    if (chosen.column) {
      const place = columns.findIndex((column) => column.id === chosen.column);
      list.push(["column", place < 0 ? chosen.column : columnName(place)]);
    }
    if (chosen.move) list.push(["move", t("movedBy", rangeName(...percents(chosen.move)))]);
    return list;
  };

  const field = (column) => h`${columnName(column)} <small>${columnId(column)}</small>`;
  const neutral = (text) => /^[0.]*$/.test(text) || text === "99999999";

  const pairTable = (record, cells) => {
    const row = (number) => {
      const [column, before, after, meansBefore = -1, meansAfter = -1, marksBefore, marksAfter] =
        data.cells[number];
      const moved =
        amount && column === amount.column && record.move
          ? h` <span class="delta">${delta(record.move)}</span>`
          : "";
      return h`<tr><th scope="row">${field(column)}</th><td class="old"><span
        class="v">${marked(before, marksBefore, "old")}</span>${meaning(meansBefore)}</td><td
        class="new"><span class="v">${marked(after, marksAfter,
        "new")}</span>${moved}${meaning(meansAfter)}</td></tr>`;
    };
    return h`<table class="pair"><colgroup><col class="name"><col><col></colgroup><thead><tr><th
      scope="col"></th><th scope="col">${t("old")}</th><th
      scope="col">${t("new")}</th></tr></thead><tbody>${cells.map(row)}</tbody></table>`;
  };
  const fieldList = (cells, show) =>
    h`<dl
      class="fields">${cells.map((number) =>
      h`<div><dt>${field(data.cells[number][0])}</dt><dd>${show(data.cells[number])}</dd></div>`)}</dl>`;

  // The cells of a record, and what its fold holds: [shown, folded, what the fold is called].
  const partsOf = (record) => {
    if (isBoth(record)) {
      const books = record.cells.filter((cell) => columns[data.cells[cell][0]].books);
      const own = record.cells.filter((cell) => !columns[data.cells[cell][0]].books);
      const mass = own.filter(isMass);
      const names = [
        mass.length && t("restMass", mass.length),
        books.length && t("restBooks", books.length),
      ].filter(Boolean);
      return [
        own.filter((cell) => !isMass(cell)),
        [...mass, ...books],
        names.join(lang === "ja" ? "、" : ", "),
      ];
    }
    const side = record.fate === "added" ? 2 : 1;
    const byColumn = new Map(data.base[record.fate].map((cell) => [data.cells[cell][0], cell]));
    for (const cell of record.cells) byColumn.set(data.cells[cell][0], cell);
    const all = [...byColumn.entries()].sort(([a], [b]) => a - b).map(([, cell]) => cell);
    const tells = (cell) =>
      !columns[data.cells[cell][0]].books &&
      columns[data.cells[cell][0]].id !== "master_type" &&
      !neutral(data.cells[cell][side]) &&
      data.cells[cell][side] !== record.label &&
      data.cells[cell][side] !== record.key;
    const rest = all.filter((cell) => !tells(cell));
    return [all.filter(tells), rest, t("restNeutral")];
  };
  const restOf = (record, cells) => {
    if (isBoth(record)) return fieldList(cells, ([, before, after]) => change(before, after));
    return fieldList(cells, ([, before, after]) => value(record.fate === "added" ? after : before));
  };

  // The same on paper: one line of text, and no zeros of records that came or went.
  const restLine = (record, cells) => {
    const shown = (text) => (text === "" ? t("blank") : text + blanksOf(text));
    const head = [record.key, record.label];
    const tells = (text) => !neutral(text) && !head.includes(text);
    const told = isBoth(record) ? cells : cells.filter((cell) => data.cells[cell].slice(1, 3).some(tells));
    const line = told.map((cell) => {
      const [column, before, after] = data.cells[cell];
      const values = isBoth(record) ? shown(before) + " → " + shown(after) : shown(before || after);
      return columnName(column) + " " + values;
    });
    return line.join(" ／ ");
  };

  const BADGES = 2;
  // On paper a record with more columns than this may go on over a page.
  const TALL = 8;
  const article = (record, whole) => {
    const [shown, rest, name] = partsOf(record);
    const badges = record.risks.map((risk) => risks[risk]).slice(0, BADGES);
    const table = isBoth(record)
      ? shown.length
        ? pairTable(record, shown)
        : ""
      : fieldList(shown, ([, before, after, meansBefore = -1, meansAfter = -1]) => {
          const [text, means] = record.fate === "added" ? [after, meansAfter] : [before, meansBefore];
          return h`${value(text)}${meaning(means)}`;
        });
    const called =
      isBoth(record) && !shown.length ? name : t("rest", rest.length) + (lang === "ja" ? "：" : ": ") + name;
    let fold = "";
    if (rest.length && whole) fold = h`<p class="rest">${called} ${restLine(record, rest)}</p>`;
    else if (rest.length)
      fold = h`<details class="rest" data-rest="${record.place}"><summary>${called}</summary></details>`;
    return h`<article class="rec ${shown.length > TALL ? "tall" : ""}" data-key="${record.key}"><header><span
      class="fate ${record.fate}">${t(record.fate)}</span><h3><span class="code">${record.key}</span><span
      class="label">${record.label}</span></h3><span class="badges">${badges.map((risk) =>
      h`<button type="button" class="${risk.level}" data-choose="risk"
      data-value="${riskName(risk)}">${risk.title[lang]}</button>`)}</span></header>${table}${
      fold}</article>`;
  };

  // How many records paper has of those that are chosen, and from how many on all of them are asked about.
  const PRINTED = 100;
  const PRINTED_UNASKED = 1000;
  const paper = () => (chosen.print === "all" ? "all" : isFiltered() ? "chosen" : "summary");
  const CHUNK = 60;
  let list = [];
  let shown = 0;
  const showMore = (count) => {
    const next = list.slice(shown, shown + count);
    shown += next.length;
    at("list").insertAdjacentHTML("beforeend", next.map((record) => article(record, false).text).join(""));
    fill(
      at("more"),
      shown < list.length
        ? h`${t("loading", number(shown))}`
        : list.length
          ? h`${t("end", number(list.length))}`
          : h`<p class="empty">${t("nothing")}</p>`,
    );
    root.dataset.shown = shown;
  };
  const showList = () => {
    list = filter();
    shown = 0;
    fill(at("list"), h``);
    const chips = told();
    fill(
      at("now"),
      h`<span><b>${number(list.length)}</b> ${t("of", number(records.length))}</span>${chips.map(([name,
        text]) => h`<button type="button" class="chip" data-drop="${name}">${text}</button>`)}${chips.length ?
        h`<button type="button" class="link" data-drop="">${t("reset")}</button>` : ""}`,
    );
    root.dataset.paper = paper();
    fill(
      at("printed"),
      h`${chips.length ? t("filtered", chips.map(([, text]) => text).join(" / ") + " (" + counted(list.length)
        + ")") : t(paper() === "all" ? "unfiltered" : "summary")}`,
    );
    root.dataset.fits = list.length;
    showMore(CHUNK);
  };
  const showPressed = () => {
    for (const button of document.querySelectorAll("[data-choose][aria-pressed]")) {
      button.setAttribute("aria-pressed", String(chosen[button.dataset.choose] === button.dataset.value));
    }
  };
  const showChosen = () => {
    if (!data) return;
    for (const select of document.querySelectorAll("[data-pick]"))
      select.value = chosen[select.dataset.pick] || "";
    if (document.activeElement !== at("q")) at("q").value = chosen.q || "";
    showPressed();
    showList();
  };
  const showMaster = () => {
    if (!data) return;
    showMasterHead();
    showFigures();
    showFirst();
    showMovements();
    showColumns();
    showCompared();
    showToolbar();
  };
  const overview = isRelease
    ? releaseOverview({
        ...{ given, at, h, fill, translate, number, counted, unseen, said, riskRows, topBar, phrase },
        language: () => lang,
      })
    : null;
  // Who signs off a comparison of two states has seen it; a release is signed off above its masters.
  if (!isRelease) at("records").before(at("sign"));
  const showAll = () => {
    if (isRelease) overview.show(data ? data.name : "");
    else showCover();
    showMaster();
    showSign();
    showFoot();
    if (data) showList();
    else root.dataset.paper = "summary";
  };
  // Shows the master that the address names, where it is another one.
  const openChosen = () => {
    const review = reviewOf(chosen.master);
    if (!review || review === data) return;
    take(review);
    showMaster();
    if (isRelease) overview.showTable(data.name);
  };

  // ---- What the reader does -------------------------------------------------------------------------------

  const choose = (name, wanted) => {
    if (wanted) chosen[name] = wanted;
    else delete chosen[name];
    writeAddress();
    openChosen();
    showChosen();
  };
  // What stays when other records are chosen.
  const kept = () => ({ sort: chosen.sort, master: chosen.master });
  document.addEventListener("click", (event) => {
    if (!event.target.closest) return;
    if (overview && overview.click(event.target)) return event.preventDefault();
    const button = event.target.closest("[data-choose],[data-drop],[data-lang],[data-print],[data-open]");
    const { choose: name, value: wanted, drop, lang: language, print, open } = button ? button.dataset : {};
    if (open) {
      chosen = {};
      choose("master", open);
      at("master-head").scrollIntoView();
    } else if (name) {
      const of = button.closest("[data-master]");
      // A line above the list shows its records and no others; inside of the list a filter is added.
      if (name === "q" || !button.closest("#records")) chosen = kept();
      if (of) chosen.master = of.dataset.master;
      choose(name, button.getAttribute("aria-pressed") === "true" ? "" : wanted);
      if (!button.closest("#toolbar")) {
        at("heading").scrollIntoView();
        at("heading").firstElementChild.focus({ preventScroll: true });
      }
    } else if (drop !== undefined) {
      if (drop) delete chosen[drop];
      else chosen = kept();
      choose("sort", chosen.sort);
    } else if (language) {
      lang = language;
      writeAddress();
      showAll();
    } else if (print) {
      const every = print === "all";
      const many = every && list.length > PRINTED_UNASKED;
      if (many && !window.confirm(t("manyPages", number(list.length)))) return;
      const before = chosen.print;
      choose("print", every ? "all" : "");
      window.print();
      choose("print", before);
    } else if (scale && event.target.closest("#scatter")) {
      const record = nearest(event);
      if (record) {
        chosen = kept();
        choose("q", record.key);
        at("heading").scrollIntoView();
      }
    }
  });
  document.addEventListener("change", (event) => {
    if (event.target.dataset.pick) choose(event.target.dataset.pick, event.target.value);
  });
  let pause = 0;
  document.addEventListener("input", (event) => {
    if (event.target.id !== "q") return;
    clearTimeout(pause);
    pause = setTimeout(() => choose("q", event.target.value.trim()), 120);
  });
  document.addEventListener(
    "toggle",
    (event) => {
      const { rest } = event.target.dataset || {};
      if (rest === undefined || event.target.childElementCount > 1) return;
      const record = records[Number(rest)];
      event.target.insertAdjacentHTML("beforeend", restOf(record, partsOf(record)[1]).text);
    },
    true,
  );
  document.addEventListener("mousemove", hover);
  document.addEventListener("scroll", hideTip, { passive: true });
  window.addEventListener("hashchange", () => {
    const before = lang;
    readAddress();
    openChosen();
    if (lang !== before) showAll();
    else showChosen();
  });
  new IntersectionObserver(
    (entries) => {
      if (entries.some((entry) => entry.isIntersecting) && shown < list.length) showMore(CHUNK);
    },
    { rootMargin: "1200px" },
  ).observe(at("more"));

  // Paper has no scrolling and no folds. A revision would be thousands of pages: it has the summary, the
  // first of the records that are chosen, and all of them when asked.
  window.addEventListener("beforeprint", () => {
    if (!data) return;
    const printed = { all: list.length, chosen: PRINTED, summary: 0 }[paper()];
    if (printed) for (const fold of document.querySelectorAll("#first details")) fold.open = true;
    at("list").innerHTML = list
      .slice(0, printed)
      .map((record) => article(record, true).text)
      .join("");
    const left = list.length - printed;
    fill(at("left"), left > 0 ? h`<p class="only-print soft">${t("notPrinted", number(left))}</p>` : h``);
    root.dataset.shown = Math.min(printed, list.length);
  });
  window.addEventListener("afterprint", () => {
    if (data) showList();
  });

  readAddress();
  if (reviews.length) take(reviewOf(chosen.master));
  showAll();
  root.dataset.readyMs = Math.round(performance.now());
  requestAnimationFrame(() =>
    setTimeout(() => {
      root.dataset.paintedMs = Math.round(performance.now());
    }),
  );
})();
