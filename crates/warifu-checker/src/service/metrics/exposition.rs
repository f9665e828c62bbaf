//! The text that Prometheus reads: exposition format 0.0.4.

use std::fmt::Write as _;

use crate::service::metrics::catalogue::{Metric, MetricKind};
use crate::service::metrics::histogram::{BOUNDS_MICROS, Histogram};

/// What it is called.
pub(in crate::service) const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// An exposition that is being written. Each metric is written once, with all its samples.
#[derive(Debug, Default)]
pub(in crate::service) struct Exposition {
    text: String,
}

impl Exposition {
    fn head(&mut self, metric: &Metric) {
        let Metric { name, kind, en, .. } = metric;
        // Writing into memory cannot fail.
        let _ = writeln!(self.text, "# HELP {name} {en}.\n# TYPE {name} {}", kind.as_str());
    }

    /// A metric with one value.
    pub(in crate::service) fn one(&mut self, metric: &Metric, value: impl Value) {
        self.each(metric, [([], value)]);
    }

    /// A metric with a sample for each of these values of its labels.
    pub(in crate::service) fn each<const LABELS: usize, V: Value>(
        &mut self,
        metric: &Metric,
        samples: impl IntoIterator<Item = ([String; LABELS], V)>,
    ) {
        debug_assert!(metric.kind != MetricKind::Histogram && metric.labels.len() == LABELS);
        self.head(metric);
        for (labels, value) in samples {
            self.text.push_str(metric.name);
            let labels: Vec<String> = metric
                .labels
                .iter()
                .zip(labels)
                .map(|(name, value)| format!("{name}=\"{}\"", escaped(&value)))
                .collect();
            if !labels.is_empty() {
                let _ = write!(self.text, "{{{}}}", labels.join(","));
            }
            let _ = writeln!(self.text, " {}", value.text());
        }
    }

    /// A histogram.
    pub(in crate::service) fn histogram(&mut self, metric: &Metric, histogram: &Histogram) {
        debug_assert!(metric.kind == MetricKind::Histogram);
        self.head(metric);
        let name = metric.name;
        let (up_to, all) = histogram.up_to();
        for (micros, count) in BOUNDS_MICROS.iter().zip(up_to) {
            let seconds = *micros as f64 / 1e6;
            let _ = writeln!(self.text, "{name}_bucket{{le=\"{seconds}\"}} {count}");
        }
        let sum = histogram.sum_seconds();
        let _ =
            writeln!(self.text, "{name}_bucket{{le=\"+Inf\"}} {all}\n{name}_sum {sum}\n{name}_count {all}");
    }

    /// The text.
    pub(in crate::service) fn finish(self) -> String {
        self.text
    }
}

/// Something that is measured.
pub(in crate::service) trait Value {
    /// As the format writes it.
    fn text(&self) -> String;
}

macro_rules! whole_numbers {
    ($($number:ty),+) => {
        $(impl Value for $number {
            fn text(&self) -> String {
                self.to_string()
            }
        })+
    };
}

whole_numbers!(u64, usize, i64);

impl Value for f64 {
    fn text(&self) -> String {
        self.to_string()
    }
}

impl Value for bool {
    fn text(&self) -> String {
        u8::from(*self).to_string()
    }
}

fn escaped(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::service::metrics::catalogue::{CERTIFICATE_EXPIRES, READY, WAITING_SECONDS};

    #[test]
    fn it_is_the_format_that_prometheus_reads() {
        let mut exposition = Exposition::default();
        exposition.one(&READY, true);
        exposition
            .each(&CERTIFICATE_EXPIRES, [(["it".to_owned(), "a\"\\\nb".to_owned(), "1".to_owned()], 7u64)]);
        let text = exposition.finish();
        let lines: Vec<&str> = text.lines().filter(|line| !line.starts_with("# HELP")).collect();
        assert_eq!(
            lines,
            [
                "# TYPE warifu_ready gauge",
                "warifu_ready 1",
                "# TYPE warifu_certificate_expires_timestamp_seconds gauge",
                r#"warifu_certificate_expires_timestamp_seconds{door="it",file="a\"\\\nb",position="1"} 7"#,
            ]
        );
        let histogram = Histogram::default();
        histogram.took(std::time::Duration::from_millis(1));
        let mut exposition = Exposition::default();
        exposition.histogram(&WAITING_SECONDS, &histogram);
        let text = exposition.finish();
        assert!(text.contains("\nwarifu_waiting_seconds_bucket{le=\"0.00005\"} 0\n"), "{text}");
        assert!(text.contains("_bucket{le=\"0.001\"} 1\n") && text.contains("_bucket{le=\"30\"} 1\n"));
        assert!(text.ends_with(
            "_bucket{le=\"+Inf\"} 1\nwarifu_waiting_seconds_sum 0.001\nwarifu_waiting_seconds_count 1\n"
        ));
    }
}
