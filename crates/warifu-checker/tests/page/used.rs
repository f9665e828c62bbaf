//! The page as it is used: by keys, while it is renewed, when the checker is gone, without its script.

use serde_json::json;

use crate::chromium::{Chromium, Window};
use crate::served::Served;
use crate::states::{seen, states};

const WIDE: Window = Window { width: 1280, dark: false, with_script: true };

fn state(name: &str) -> serde_json::Value {
    states().into_iter().find(|(of, _)| *of == name).unwrap().1
}
