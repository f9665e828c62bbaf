//! The page as it looks: nothing is cut, hidden or too pale, in any state, width, language or light.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use warifu_checker::page::{Act, Shown, alarms, document, offered};
use warifu_values::lang::Lang;

use crate::chromium::{Chromium, Window};
use crate::served::Served;
use crate::states::{new_born, seen, states};

/// What is wrong with how a page looks, in words: text that is too pale, that leaves its place or the window.
const FAULTS: &str = r#"(() => {
  const faults = [];
  const root = document.documentElement;
  if (root.scrollWidth > root.clientWidth) faults.push(`wide: ${root.scrollWidth} > ${root.clientWidth}`);
  const parse = (colour) => (colour.match(/[\d.]+/g) || []).map(Number);
  const light = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((v) => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const [r, g, b, a = 1] = parse(getComputedStyle(at).backgroundColor);
      if (a === 1) return [r, g, b];
      if (a !== 0) faults.push("half transparent: " + at.className);
    }
    return [255, 255, 255];
  };
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let text = walk.nextNode(); text; text = walk.nextNode()) {
    const words = text.data.trim();
    const element = text.parentElement;
    if (!words || element.closest("noscript, title, script") || !element.checkVisibility()) continue;
    const range = document.createRange();
    range.selectNodeContents(text);
    const box = range.getBoundingClientRect();
    if (box.width === 0) continue;
    const style = getComputedStyle(element);
    const ink = parse(element.closest("svg") ? style.fill : style.color);
    const [one, two] = [light(ink), light(behind(element))].sort((a, b) => b - a);
    const contrast = (one + 0.05) / (two + 0.05);
    if (contrast < 4.5) faults.push(`pale ${contrast.toFixed(2)}: ${words.slice(0, 40)}`);
    if (parseFloat(style.fontSize) < 12) faults.push(`small: ${words.slice(0, 40)}`);
    if (!element.closest(".wide")) {
      if (box.right > root.clientWidth + 1 || box.left < -1) faults.push(`outside: ${words.slice(0, 40)}`);
      const place = element.closest(".card, .banner, .top");
      if (place) {
        const around = place.getBoundingClientRect();
        if (box.right > around.right + 1 || box.left < around.left - 1 || box.bottom > around.bottom + 1) {
          faults.push(`leaves its card: ${words.slice(0, 40)}`);
        }
      }
    }
  }
  for (const element of document.querySelectorAll("body *")) {
    const style = getComputedStyle(element);
    if (["hidden", "clip"].includes(style.overflowX) && element.scrollWidth > element.clientWidth + 1
        && !element.closest("svg")) faults.push(`cut: ${element.className}`);
  }
  const cards = [...document.querySelectorAll(".card")].map((card) => card.getBoundingClientRect());
  cards.forEach((one, at) => cards.slice(at + 1).forEach((two) => {
    const across = Math.min(one.right, two.right) - Math.max(one.left, two.left);
    const down = Math.min(one.bottom, two.bottom) - Math.max(one.top, two.top);
    if (across > 1 && down > 1) faults.push("cards lie over each other");
  }));
  return faults;
})()"#;

/// Everything that can be opened is.
const OPENED: &str = "document.querySelectorAll('details').forEach((fold) => { fold.open = true; }); \
    document.querySelectorAll('form.ask').forEach((form) => { form.hidden = false; }); true";

#[test]
fn every_state_is_legible_in_every_window() {
    let Some(mut browser) = Chromium::start("how the operators' page looks") else { return };
    let served = Served::with_buttons(seen(&json!({})), |_| String::new());
    let url = served.url();
    for (name, differs) in states() {
        *served.seen.lock().unwrap() = seen(&differs);
        for width in [1280, 390] {
            for dark in [false, true] {
                for (language, word) in [("en", "What runs"), ("ja", "稼働中のリリース")] {
                    let window = Window { width, dark, with_script: true };
                    browser.open(&url, language, window);
                    let light = if dark { "dark" } else { "light" };
                    let shown = format!("{name}-{width}-{light}-{language}");
                    browser.picture(&shown);
                    assert_eq!(browser.evaluate(FAULTS), json!([]), "{shown}");
                    assert_eq!(browser.evaluate(OPENED), true);
                    assert_eq!(browser.evaluate(FAULTS), json!([]), "{shown}, opened");
                    let text = browser.evaluate("document.body.innerText");
                    assert!(text.as_str().unwrap().contains(word), "{shown}: {text}");
                    browser.is_in_order(&url);
                }
            }
        }
    }
}

/// No claims come there: nothing is said of them, and nothing is offered that needs them.
#[test]
fn the_page_of_an_attached_program_says_nothing_of_claims() {
    let states: BTreeMap<_, _> = states().into_iter().collect();
    let shown = |differs: &Value, lang| {
        let seen = seen(differs);
        let acts: Vec<Act> = offered(&seen.status, lang).iter().map(|offered| offered.act).collect();
        (document(Shown { seen: &seen, lang, with_buttons: true }).into_string(), acts)
    };
    let of_claims = ["id=\"load\"", "id=\"queue\"", "id=\"findings\"", "id=\"trial\"", "data-act=\"replay\""];
    let none = json!({ "state": "none", "running": null, "previous": null,
        "attached": { "is_changing": false, "uses": null, "watched_until": null, "trouble": null } });
    let confirmed = json!({ "attached": { "is_changing": false, "uses": 12, "watched_until": null,
        "trouble": null } });
    // What may be amiss is so there too.
    // What a calendar and an area say is of claims, too.
    let of_both = states.iter().filter(|(name, _)| **name != "waiting" && !name.starts_with("fleet"));
    let of_both = of_both.map(|(_, differs)| {
        let mut differs = differs.clone();
        if differs["attached"].is_null() {
            differs["attached"] = confirmed["attached"].clone();
        }
        // As it is told there.
        (differs["queue"], differs["requests"]) = (Value::Null, Value::Null);
        differs
    });
    for differs in of_both.chain([confirmed.clone(), none]) {
        for lang in [Lang::En, Lang::Ja] {
            let (page, acts) = shown(&differs, lang);
            assert!(!of_claims.iter().any(|part| page.contains(part)), "{page}");
            assert!(!acts.contains(&Act::Replay) && !acts.contains(&Act::ForgetClaims), "{acts:?}");
            let freezes = if differs["frozen"].is_null() { Act::Freeze } else { Act::Thaw };
            assert!(acts.contains(&Act::Swap) && acts.contains(&freezes), "{acts:?}");
            let banner = &page[page.find("id=\"banner\"").unwrap()..page.find("id=\"runs\"").unwrap()];
            let acts = &page[page.find("id=\"acts\"").unwrap()..page.find("id=\"comes\"").unwrap()];
            let months = &page[page.find("id=\"months\"").unwrap()..page.find("id=\"decisions\"").unwrap()];
            for words in ["judge", "claim", "点検", "請求", "レセプト"] {
                assert!(!banner.contains(words) && !acts.contains(words), "{words}: {banner} {acts}");
                assert!(!months.contains(words), "{words}: {months}");
            }
        }
    }
    let (page, acts) = shown(&json!({}), Lang::En);
    assert!(of_claims.iter().all(|part| page.contains(part)), "{page}");
    assert!(acts.contains(&Act::Replay) && acts.contains(&Act::ForgetClaims), "{acts:?}");
}

/// A forgery may hide behind a channel that is gone the next minute.
#[test]
fn a_refusal_for_trust_stands_above_a_channel_that_does_not_answer() {
    let states: BTreeMap<_, _> = states().into_iter().collect();
    let mut differs = states["refused"].clone();
    differs["refused"]["refused_for"] = json!("trust");
    let all = alarms(&seen(&differs).status, Lang::Ja);
    let words: Vec<&str> = all.iter().map(|alarm| alarm.word.as_str()).collect();
    assert_eq!(words[..2], ["信頼による拒否", "配信元なし"]);
}

/// What lets releases in that nobody has looked at says so before it is done, as the command line does.
#[test]
fn repair_and_thaw_warn_before_they_are_done() {
    let states: BTreeMap<_, _> = states().into_iter().collect();
    let of = |differs: &Value, act| {
        let all = offered(&seen(differs).status, Lang::Ja);
        all.into_iter().find(|offered| offered.act == act).unwrap()
    };
    let repaired = json!([{ "decided": "repaired", "reason": "停電", "at": "2026-06-10T13:00:00Z" }]);
    let waits = json!({ "at": "2026-06-10T18:12:10Z", "result": { "outcome": "held", "release": 13,
        "cause": "frozen", "why": { "en": "frozen", "ja": "凍結" } } });
    let with = |mut differs: Value, more: &[(&str, &Value)]| {
        for (name, value) in more {
            differs[*name] = (*value).clone();
        }
        differs
    };
    let (damaged, frozen) = (&states["damaged"], &states["frozen"]);
    let frozen_once = &frozen["frozen"];

    let open = of(damaged, Act::Repair);
    assert!(open.cautions[0].contains("切替が凍結されていません"), "{:?}", open.cautions);
    let shut = of(&with(damaged.clone(), &[("frozen", frozen_once)]), Act::Repair);
    assert!(shut.cautions.is_empty());
    // Whoever saw it frozen does not repair once it is thawed.
    assert_ne!(open.stands_on, shut.stands_on);

    assert!(of(frozen, Act::Thaw).cautions.is_empty());
    for (differs, says) in [
        (with(damaged.clone(), &[("frozen", frozen_once)]), "破損がまだ残っています"),
        (with(frozen.clone(), &[("decisions", &repaired)]), "両団体と電話で照合"),
        (states["frozen-twice"].clone(), "全員に確かめてください"),
    ] {
        let thaw = of(&differs, Act::Thaw);
        let [caution] = &thaw.cautions[..] else { panic!("{:?}", thaw.cautions) };
        assert!(caution.contains(says), "{caution}");
        assert_ne!(thaw.stands_on, of(frozen, Act::Thaw).stands_on);
        let page = document(Shown { seen: &seen(&differs), lang: Lang::Ja, with_buttons: true });
        let page = page.into_string();
        let form = page.split("id=\"ask-thaw\"").nth(1).unwrap().split("</form>").next().unwrap();
        assert!(form.contains("class=\"caution\"") && form.contains("button grave"), "{form}");
    }
    // A repair of before the freeze is over.
    let earlier = json!([{ "decided": "repaired", "reason": "停電", "at": "2026-06-10T11:00:00Z" }]);
    assert!(of(&with(frozen.clone(), &[("decisions", &earlier)]), Act::Thaw).cautions.is_empty());
    let waiting = of(&with(frozen.clone(), &[("last_poll", &waits)]), Act::Thaw);
    assert!(waiting.will[0].contains("リリース 13 が解除を待っており"), "{:?}", waiting.will);
}

#[test]
fn a_new_checker_and_one_that_is_only_looked_at_are_legible() {
    let Some(mut browser) = Chromium::start("the operators' page with nothing in it") else { return };
    let served = Served::to_look_at(new_born());
    let url = served.url();
    for (width, language, with_script) in [(1280, "ja", true), (390, "en", true), (390, "ja", false)] {
        browser.open(&url, language, Window { width, dark: false, with_script });
        browser.picture(&format!("new-born-{width}-{language}"));
        if with_script {
            assert_eq!(browser.evaluate(FAULTS), json!([]), "{width} {language}");
            assert_eq!(browser.evaluate("document.querySelectorAll('button, form').length"), 0);
        }
        browser.is_in_order(&url);
    }
    *served.seen.lock().unwrap() = seen(&json!({}));
    browser.open(&url, "ja", Window { width: 1280, dark: false, with_script: true });
    browser.picture("to-look-at-1280-ja");
    assert_eq!(browser.evaluate(FAULTS), json!([]));
    browser.open(&format!("{url}report"), "ja", Window { width: 390, dark: true, with_script: true });
    browser.picture("report-390-ja");
    assert_eq!(browser.evaluate(FAULTS), json!([]));
    // What stands side by side in a wide window stands below each other, each with its name.
    let told = browser.evaluate(
        "[...document.querySelectorAll('.drift')].map((table) => [
            table.parentElement.scrollWidth <= table.parentElement.clientWidth + 1,
            getComputedStyle(table.querySelector('td'), '::before').content])",
    );
    let told = told.as_array().unwrap();
    assert!(!told.is_empty() && told.iter().all(|table| *table == json!([true, "\"判断\""])), "{told:?}");
}
