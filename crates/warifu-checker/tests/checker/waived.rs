//! Findings that both organisations let pass are signed with the release, and a checker lets pass those and
//! no others.

use warifu_checker::candidate::Candidate;
use warifu_checker::release::ReleaseContent;
use warifu_masters::schema::Schemas;
use warifu_trust::testing::{head, held};
use warifu_values::judgement::{LetPass, PassedBy};
use warifu_values::lang::{Lang, Speak as _};

use crate::masters::{good, procedures, with_timelines};

/// A release in which the first procedures say that their quantities count in steps, and have no unit.
fn release(wrong: usize, waived: &[(&str, &[&str])]) -> ReleaseContent {
    let mut master = procedures(&good());
    let schemas = Schemas::built_in().unwrap();
    let step = schemas.editions("procedure")[0].column("step_method").unwrap();
    let text = String::from_utf8(master.canonical).unwrap();
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    for line in &mut lines[1..=wrong] {
        let mut fields: Vec<&str> = line.split(',').collect();
        fields[step] = "1";
        *line = fields.join(",");
    }
    master.canonical = (lines.join("\n") + "\n").into_bytes();
    let waived = waived.iter().map(|(finding, keys)| LetPass {
        finding: (*finding).to_owned(),
        keys: keys.iter().map(ToString::to_string).collect(),
        by: PassedBy::Repository,
        reason: "known".to_owned(),
    });
    master.let_pass = waived.collect();
    let masters = [with_timelines(&schemas, master)];
    let (manifest, bytes) = held(head(1, None), &masters);
    ReleaseContent::new(manifest, bytes).unwrap()
}

#[test]
fn what_was_let_pass_is_let_pass_here_and_nothing_else() {
    let schemas = Schemas::built_in().unwrap();
    let key = format!("{:09}", good()[0].0);
    let build = |waived: &[(&str, &[&str])]| Candidate::build(&schemas, release(1, waived)).map(|_| ());
    let refused = build(&[]).unwrap_err();
    assert!(refused.say(Lang::En).contains("set/step"), "{refused:?}");
    assert_eq!(build(&[("set/step", &[&key])]), Ok(()));
    assert_eq!(build(&[("set/step", &[])]), Ok(()), "every record");
    assert!(build(&[("set/step", &["999999999"])]).is_err(), "another record");
    assert!(build(&[("set/price-zero", &[&key])]).is_err(), "another finding");
}

#[test]
fn what_was_let_pass_is_not_counted_as_denied() {
    let schemas = Schemas::built_in().unwrap();
    let key = format!("{:09}", good()[0].0);
    let told = |waived: &[(&str, &[&str])]| {
        Candidate::build(&schemas, release(3, waived)).map(|_| ()).unwrap_err().say(Lang::En)
    };
    assert!(told(&[]).contains("denied by 3 findings"), "{}", told(&[]));
    let two = told(&[("set/step", &[&key])]);
    assert!(two.contains("denied by 2 findings"), "{two}");
}
