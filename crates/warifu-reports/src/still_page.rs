//! A page for people that stands still: no script, no network, nothing else to load.

use warifu_values::html;
use warifu_values::html::Html;

const STYLE: &str = "body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:80rem;padding:0 1rem;\
color-scheme:light dark}table{border-collapse:collapse;width:100%;font-size:13px}\
th,td{border-bottom:1px solid #8886;padding:.3rem .5rem;text-align:left;vertical-align:top}\
thead th{position:sticky;top:0;background:Canvas}\
.n{text-align:right;font-variant-numeric:tabular-nums}.wide{overflow-x:auto}p{margin:.3rem 0}\
summary{margin:.6rem 0;cursor:pointer}\
[lang=en]{opacity:.75}@media print{thead{display:table-header-group}}";

/// All that stands before the content, with the heading.
pub fn opening(title: &str, heading: &str) -> Html {
    html!(
        "<!doctype html><html lang=\"ja\"><head><meta charset=\"utf-8\"><meta http-equiv=\
         \"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <title>{}</title><style>{}</style></head><body><h1>{}</h1>",
        title,
        STYLE,
        heading
    )
}

/// All that stands after it.
pub const CLOSING: &str = "</body></html>\n";
