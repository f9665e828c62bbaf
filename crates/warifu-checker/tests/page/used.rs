//! The page as it is used: by keys, while it is renewed, when the checker is gone, without its script.

use serde_json::json;

use crate::chromium::{Chromium, Window};
use crate::served::Served;
use crate::states::{seen, states};

const WIDE: Window = Window { width: 1280, dark: false, with_script: true };

fn state(name: &str) -> serde_json::Value {
    states().into_iter().find(|(of, _)| *of == name).unwrap().1
}

/// A decision, as a command answers it.
fn decided(path: &str) -> String {
    let decided = match path {
        "/freeze" => "frozen",
        "/unhold" => "unheld",
        _ => return json!({ "error": { "en": format!("no {path}"), "ja": "不可" } }).to_string(),
    };
    json!({ "decided": decided, "reason": "a reason", "at": "2026-06-10T18:12:45Z" }).to_string()
}

/// Every place that keys lead to, in their order; each shows that it has the focus.
fn by_keys(browser: &mut Chromium) -> Vec<String> {
    let mut seen = Vec::new();
    loop {
        browser.press("Tab");
        let at = browser.evaluate(
            "(() => { const at = document.activeElement; if (at === document.body) return '';
              const style = getComputedStyle(at);
              const shows = at.matches(':focus-visible') && style.outlineStyle !== 'none'
                && parseFloat(style.outlineWidth) >= 2;
              return (shows ? '' : 'unseen ') + at.tagName + ' ' + at.innerText.trim().slice(0, 60); })()",
        );
        let at = at.as_str().unwrap().to_owned();
        if at.is_empty() || seen.len() > 200 {
            return seen;
        }
        seen.push(at);
    }
}

#[test]
fn keys_reach_every_button_and_a_command_asks_before_it_is_done() {
    let Some(mut browser) = Chromium::start("the operators' page by keys") else { return };
    let served = Served::with_buttons(seen(&state("held")), decided);
    let url = served.url();
    browser.open(&url, "en", WIDE);
    let places = by_keys(&mut browser);
    assert!(!places.iter().any(|place| place.starts_with("unseen")), "{places:?}");
    let buttons = browser.evaluate("document.querySelectorAll('li[data-act] > button').length");
    let reached = places.iter().filter(|place| place.starts_with("BUTTON")).count();
    assert_eq!(buttons, reached, "{places:?}");

    // Opened, left, opened again: nothing is asked of the checker until somebody says so.
    browser.evaluate("document.querySelector('[data-act=unhold] > button').focus()");
    browser.press("Enter");
    assert_eq!(browser.evaluate("document.activeElement.name"), "reason");
    let asks = browser.evaluate("document.querySelector('[data-act=unhold] form').innerText");
    assert!(asks.as_str().unwrap().contains("Release 12 may be taken again"), "{asks}");
    browser.press("Escape");
    assert_eq!(browser.evaluate("document.querySelector('[data-act=unhold] form').hidden"), true);
    browser.press("Enter");
    // Without a reason it does not go.
    browser.press("Tab");
    browser.press("Enter");
    assert!(served.asked.lock().unwrap().is_empty());
    browser.evaluate("document.activeElement.form.elements.reason.focus()");
    browser.types("the \"code\" was <corrected>");
    browser.press("Tab");
    browser.press("Enter");
    browser.until("!!document.querySelector('[data-act=unhold] .answer.done')?.innerText.includes('lifted')");
    let asked = served.asked.lock().unwrap().clone();
    assert_eq!(asked.len(), 1);
    assert_eq!(asked[0].0, "/unhold");
    let body: serde_json::Value = serde_json::from_str(&asked[0].1).unwrap();
    assert_eq!(body, json!({ "release": 12, "reason": "the \"code\" was <corrected>" }));

    // What the checker refuses is told where the button is.
    browser.evaluate("document.querySelector('[data-act=replay] > button').click()");
    browser.evaluate("document.querySelector('[data-act=replay] form').requestSubmit()");
    browser
        .until("!!document.querySelector('[data-act=replay] .not-done')?.innerText.includes('no /replay')");
    browser.picture("answered-1280-en");
    browser.is_in_order(&url);
}

#[test]
fn nobody_commands_in_another_state_than_he_saw() {
    let Some(mut browser) = Chromium::start("a command after the state changed") else { return };
    let served = Served::with_buttons(seen(&json!({})), decided);
    browser.open(&served.url(), "en", WIDE);
    browser.evaluate("document.querySelector('[data-act=fall-back] > button').click()");
    let asks = browser.evaluate("document.querySelector('[data-act=fall-back] form').innerText");
    assert!(asks.as_str().unwrap().contains("Release 12 goes, release 11"), "{asks}");
    *served.seen.lock().unwrap() = seen(&state("probation"));
    browser.evaluate("document.querySelector('[data-act=fall-back] form').requestSubmit()");
    browser.until(
        "!!document.querySelector('[data-act=fall-back] .not-done')?.innerText.includes('nothing was done')",
    );
    assert!(served.asked.lock().unwrap().is_empty());

    // Nor does it stay open while what it says is over.
    browser.evaluate("document.querySelector('[data-act=freeze] > button').click()");
    *served.seen.lock().unwrap() = seen(&state("frozen"));
    browser.until("document.querySelector('[data-act=freeze] .answer').innerText.includes('has changed')");
    assert_eq!(browser.evaluate("document.querySelector('[data-act=freeze] form').hidden"), true);
    browser.until("!!document.querySelector('[data-act=thaw]')");
}

#[test]
fn it_is_renewed_in_place_and_says_when_it_is_old() {
    let Some(mut browser) = Chromium::start("the operators' page over time") else { return };
    let mut served = Served::with_buttons(seen(&json!({})), decided);
    let url = served.url();
    browser.open(&url, "en", WIDE);
    browser.evaluate(
        "document.getElementById('in-numbers').open = true; scrollTo(0, 700);
         window.reads = document.getElementById('of-months');
         window.place = reads.getBoundingClientRect().top; true",
    );
    *served.seen.lock().unwrap() = seen(&state("withdrawn"));
    browser.until("document.querySelector('.banner .word').innerText.includes('Withdrawn')");
    assert_eq!(browser.evaluate("document.title.startsWith('✕ Withdrawn 12')"), true);
    // What was open is open, and what somebody reads stays where it is, although the banner grew.
    assert_eq!(browser.evaluate("document.getElementById('in-numbers').open"), true);
    assert_eq!(browser.evaluate("Math.abs(reads.getBoundingClientRect().top - place) < 2"), true);
    browser.is_in_order(&url);
    served.end();
    browser.until("document.getElementById('fresh').classList.contains('late')");
    let told = browser.evaluate("document.getElementById('fresh').innerText");
    assert!(told.as_str().unwrap().contains("No answer since 2026-06-11 03:12:40 JST"), "{told}");
    browser.picture("late-1280-en");
}

#[test]
fn it_is_whole_without_its_script() {
    let Some(mut browser) = Chromium::start("the operators' page without JavaScript") else { return };
    let served = Served::with_buttons(seen(&state("probation")), decided);
    browser.open(&served.url(), "ja", Window { width: 390, dark: false, with_script: false });
    browser.picture("no-script-390-ja");
    let (_, page) = get(&served, "/", "ja");
    assert!(page.contains("<noscript><meta http-equiv=\"refresh\""), "{page}");
    assert!(page.contains("観察期間中") && page.contains("JavaScript が無効"), "{page}");
}

fn get(served: &Served, path: &str, language: &str) -> (ureq::http::HeaderMap, String) {
    let url = format!("http://{}{path}", served.address);
    let mut answer = ureq::get(url).header("accept-language", language).call().unwrap();
    let headers = answer.headers().clone();
    (headers, answer.body_mut().read_to_string().unwrap())
}

#[test]
fn the_language_is_the_one_asked_for() {
    let served = Served::to_look_at(seen(&json!({})));
    for (path, language, word) in [
        ("/", "ja,en;q=0.8", "lang=\"ja\""),
        ("/", "en-GB,ja;q=0.5", "lang=\"en\""),
        ("/", "de, fr", "lang=\"en\""),
        ("/?lang=ja", "en", "lang=\"ja\""),
        ("/?lang=\"><script>", "ja", "lang=\"ja\""),
    ] {
        let (headers, page) = get(&served, &path.replace('"', "%22").replace(['<', '>'], "%3C"), language);
        assert!(page.contains(&format!("<html {word}")), "{path} {language}");
        let policy = headers["content-security-policy"].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
        assert!(!headers.contains_key("set-cookie"));
    }
    // Whoever looks only has no way to command.
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
    assert_eq!(agent.post(format!("{}act", served.url())).send("{}").unwrap().status(), 404);
}

#[test]
fn nothing_from_outside_becomes_markup() {
    let hostile = "</p><img src=x onerror=alert(1)><script>alert(2)</script>\"' \u{202e}evil";
    let mut shown = seen(&state("everything"));
    shown.status.running.as_mut().unwrap().title = hostile.to_owned();
    shown.status.refused.as_mut().unwrap().why = warifu_checker::said::Said::new(hostile, hostile);
    for (act, why) in shown.history.acts.iter_mut().zip(std::iter::repeat(hostile)) {
        act.why = Some(warifu_checker::said::Said::new(why, why));
    }
    shown.load.lines[0].institution = Some(hostile.to_owned());
    let served = Served::with_buttons(shown, decided);
    for path in ["/", "/report"] {
        let (_, page) = get(&served, path, "en");
        assert!(!page.contains("<img") && !page.contains("<script>") && !page.contains('\u{202e}'), "{page}");
    }
    let (_, page) = get(&served, "/", "en");
    assert!(page.contains("[U+202E]evil"), "{page}");
    let Some(mut browser) = Chromium::start("hostile text on the operators' page") else { return };
    browser.open(&served.url(), "en", WIDE);
    browser.until("document.documentElement.dataset.looks > 0");
    browser.picture("hostile-1280-en");
    browser.is_in_order(&served.url());
}
