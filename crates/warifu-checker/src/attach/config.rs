//! What is configured of an attached program: one TOML file, strictly read, and what cannot be together.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use rustix::process::Signal;
use warifu_masters::schema::Schemas;

use crate::attach::given::{self, Placed, Tables};
use crate::attach::owner::Owner;
use crate::attach::page::Page;
use crate::attach::paths::{is_within, real};
use crate::config_file::{Fault, Faults, Kind, Section, Shape, Text};
use crate::log::{Form, Level};
use crate::said::Said;

/// What may take its time takes a day at most.
const DAY_SECONDS: u64 = 86_400;

/// The file.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where releases come from.
    pub from: From,
    /// Where this keeps its state.
    pub state: Placed<PathBuf>,
    /// The socket to hear operators at; `operator.sock` in the state directory without it.
    pub socket: Option<PathBuf>,
    /// Look at the channel every so many seconds.
    pub poll_seconds: u64,
    /// The calendar, or `none`; the built-in one of the claim windows without it.
    pub calendar: Option<PathBuf>,
    /// The area of the network.
    pub area: Option<String>,
    /// What a site adds to the schemas.
    pub schemas: Option<PathBuf>,
    /// Confirmed releases that are kept to be gone back to.
    pub keep_releases: u8,
    /// What is placed where.
    pub place: Place,
    /// How the program is told.
    pub reload: Reload,
    /// How it is asked whether it works: all of them, in their order.
    pub probe: Vec<Probe>,
    /// For so many seconds it must work with a new release before that is confirmed.
    pub watch_seconds: u64,
    /// A command that is run when the program could not be given back what it had.
    pub alert: Option<Placed<Vec<String>>>,
    /// Where it is watched, where that is said.
    pub watch: Option<Watch>,
    /// What is told on stderr.
    pub log: Telling,
}

/// Where it is watched, as `serve` has it.
#[derive(Debug, Clone)]
pub struct Watch {
    /// The address.
    pub listen: SocketAddr,
    /// What it is called there besides.
    pub names: Vec<String>,
}

/// What is told on stderr, as `serve` has it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Telling {
    /// Lines for people, or JSON objects.
    pub form: Form,
    /// The least that is told.
    pub level: Level,
}

/// Where releases come from.
#[derive(Debug, Clone)]
pub struct From {
    /// The channel and its mirrors.
    pub channel: Placed<Vec<String>>,
    /// The pinned root file.
    pub root: Placed<PathBuf>,
    /// What this side demands whatever the root says.
    pub policy: Option<PathBuf>,
}

/// What is placed where.
#[derive(Debug, Clone)]
pub struct Place {
    /// Each release gets a folder in this one.
    pub folder: Placed<PathBuf>,
    /// The link that names the folder to be used.
    pub link: Placed<PathBuf>,
    /// The formats that are written, each into a folder of its own.
    pub formats: Placed<Vec<String>>,
    /// The mode of files; folders can be entered by whoever reads them.
    pub mode: u32,
    /// Whose they are.
    pub(super) owner: Option<Owner>,
}

/// How the program is told.
#[derive(Debug, Clone)]
pub enum Reload {
    /// By a command and its arguments; no shell.
    Command {
        /// It.
        command: Placed<Vec<String>>,
        /// It may take so long.
        limit_seconds: u64,
    },
    /// By a signal to the process that a file names.
    Signal {
        /// It.
        signal: Signal,
        /// The file.
        pid_file: PathBuf,
    },
    /// By systemd, which reloads this unit.
    SystemdUnit {
        /// It.
        unit: String,
        /// It may take so long.
        limit_seconds: u64,
    },
}

/// How it is asked whether it works.
#[derive(Debug, Clone)]
pub struct Probe {
    /// By what.
    pub by: ProbeBy,
    /// It is asked so often before the answer is no.
    pub tries: u64,
    /// Between two tries.
    pub pause_ms: u64,
    /// Each may take so long.
    pub limit_seconds: u64,
}

/// By what a program is asked.
#[derive(Debug, Clone)]
pub enum ProbeBy {
    /// A page of a web server: `http://host:port/path`.
    Page {
        /// Where.
        http: String,
        /// The status that the page must have.
        status: u16,
        /// What must be in the page; `{release}` stands for the release's number, `{manifest}` for its
        /// digest.
        contains: Option<String>,
    },
    /// A command that must end with status 0; no shell.
    Command(Placed<Vec<String>>),
}

/// Signals that a program may be told by.
const SIGNALS: [(&str, Signal); 3] = [("HUP", Signal::HUP), ("USR1", Signal::USR1), ("USR2", Signal::USR2)];

fn shape() -> Shape {
    use Kind::{Command, Number, Texts};
    let before = [
        ("state", Kind::Text),
        ("socket", Kind::Text),
        ("poll_seconds", Number),
        ("watch_seconds", Number),
        ("keep_releases", Number),
        ("calendar", Kind::Text),
        ("area", Kind::Text),
        ("schemas", Kind::Text),
        ("alert", Command),
    ];
    let from = [("channel", Texts), ("root", Kind::Text), ("policy", Kind::Text)];
    let place = [
        ("folder", Kind::Text),
        ("link", Kind::Text),
        ("formats", Texts),
        ("mode", Kind::Text),
        ("owner", Kind::Text),
    ];
    let reload = [
        ("command", Command),
        ("signal", Kind::Text),
        ("pid_file", Kind::Text),
        ("systemd_unit", Kind::Text),
        ("limit_seconds", Number),
    ];
    let probe = [
        ("http", Kind::Text),
        ("status", Number),
        ("contains", Kind::Text),
        ("command", Command),
        ("tries", Number),
        ("pause_ms", Number),
        ("limit_seconds", Number),
    ];
    let watch = [("listen", Kind::Text), ("name", Texts)];
    let log = [("form", Kind::Text), ("level", Kind::Text)];
    let probe = Section { is_many: true, ..Section::of(Some("probe"), &probe) };
    Shape {
        sections: vec![
            Section::of(None, &before),
            Section::of(Some("from"), &from),
            Section::of(Some("place"), &place),
            Section::of(Some("reload"), &reload),
            probe,
            Section::of(Some("watch"), &watch),
            Section::of(Some("log"), &log),
        ],
    }
}

impl Config {
    /// Reads the file at `path`; a relative path in it is from the file's folder.
    ///
    /// # Errors
    /// All that is wrong with it.
    pub fn read(path: &Path) -> Result<Config, Vec<Fault>> {
        let text = Text::of_file(path).map_err(|fault| vec![fault])?;
        let mut faults = Faults::default();
        let mut tables = Tables::read(&text, &shape(), &mut faults);
        let config = Config::of(&mut tables);
        if let Some(config) = &config {
            config.fits_together(&mut faults);
        }
        let told = faults.in_order(path);
        config.filter(|_| told.is_empty()).ok_or(told)
    }

    /// None where something is missing or wrong, which is told.
    fn of(tables: &mut Tables<'_>) -> Option<Config> {
        // All of them are asked for before one is found to be missing.
        let mut before = tables.section(None);
        let state = before.path("state").or_else(|| before.missing("state"));
        let socket = before.path("socket").map(|it| it.value);
        let poll_seconds = before.number("poll_seconds", 1, DAY_SECONDS, 30);
        let watch_seconds = before.number("watch_seconds", 0, DAY_SECONDS, 60);
        let keep_releases = before.number("keep_releases", 1, 255, 3);
        let calendar = before.text("calendar").map(|it| match &*it.value {
            "none" => it.value.into(),
            _ => before.beside_the_file(&it.value),
        });
        let area = before.text("area").map(|it| it.value);
        let schemas = before.path("schemas").map(|it| it.value);
        let alert = before.command("alert");

        let mut of_from = tables.section(Some("from"));
        let channel = of_from.texts("channel").or_else(|| of_from.missing("channel"));
        let channel = channel.map(|Placed { value, place }| {
            let value = value.into_iter().map(|channel| of_from.channel(channel)).collect();
            Placed { value, place }
        });
        let root = of_from.path("root").or_else(|| of_from.missing("root"));
        let policy = of_from.path("policy").map(|it| it.value);

        let mut of_place = tables.section(Some("place"));
        let folder = of_place.path("folder").or_else(|| of_place.missing("folder"));
        let link = of_place.path("link").or_else(|| of_place.missing("link"));
        let formats = of_place.texts("formats").or_else(|| of_place.missing("formats"));
        let mode = of_place.made("mode", |mode| {
            let digits = (1..=4).contains(&mode.len()) && mode.bytes().all(|byte| byte.is_ascii_digit());
            let mode = u32::from_str_radix(mode, 8).ok().filter(|mode| digits && *mode <= 0o777);
            mode.ok_or_else(|| {
                Said::new(
                    "a mode is three octal digits, as in \"0640\"",
                    "mode は 8 進数で指定してください（例: \"0640\"）",
                )
            })
        });
        let owner = of_place.made("owner", |owner| {
            Owner::of(owner).ok_or_else(|| {
                Said::new(
                    "nobody here is called so; an owner is user, user:group or :group",
                    "そのようなユーザーやグループはありません（user、user:group、:group）",
                )
            })
        });
        let reload = reload_of(tables);
        let probe: Vec<Option<Probe>> = tables.each("probe", probe_of);

        let watch = watch_of(tables);

        let mut of_log = tables.section(Some("log"));
        let form = of_log.one_of("form", &[("human", Form::Human), ("json", Form::Json)]);
        let levels = [("info", Level::Info), ("warn", Level::Warn), ("error", Level::Error)];
        let level = of_log.one_of("level", &levels);
        let log = Telling { form: form.unwrap_or_default(), level: level.unwrap_or_default() };

        let mode = mode.unwrap_or(0o644);
        Some(Config {
            from: From { channel: channel?, root: root?, policy },
            state: state?,
            socket,
            poll_seconds,
            calendar,
            area,
            schemas,
            keep_releases: u8::try_from(keep_releases).unwrap_or(u8::MAX),
            place: Place { folder: folder?, link: link?, formats: formats?, mode, owner },
            reload: reload?,
            probe: probe.into_iter().collect::<Option<_>>()?,
            watch_seconds,
            alert,
            watch,
            log,
        })
    }

    /// What would be in the way of each other: told where the first of the two stands.
    fn fits_together(&self, faults: &mut Faults) {
        let Place { folder, link, formats, .. } = &self.place;
        let (state, folder_at, link_at) = (real(&self.state.value), real(&folder.value), real(&link.value));
        let apart = [
            (link, "[place] link", &link_at, &folder_at, "[place] folder"),
            (folder, "[place] folder", &folder_at, &link_at, "[place] link"),
            (folder, "[place] folder", &folder_at, &state, "state"),
            (link, "[place] link", &link_at, &state, "state"),
            (&self.state, "state", &state, &folder_at, "[place] folder"),
            (&self.state, "state", &state, &link_at, "[place] link"),
        ];
        let mut known = Vec::new();
        for (placed, name, inner, outer, other) in apart {
            // Two that are the same are told once.
            if is_within(inner, outer) && !known.contains(&(outer, inner)) {
                known.push((inner, outer));
                faults.add(|| Fault::at(&placed.place, one_in_the_other(name, inner == outer, other)));
            }
        }
        let mut names = formats.value.clone();
        names.sort();
        names.dedup();
        if names.len() < formats.value.len() {
            let twice = Said::new("a format is named twice", "同じ形式が 2 回指定されています");
            faults.add(|| Fault::at(&formats.place, twice));
        }
    }

    /// What is wrong with the formats by the layouts and formats that are known here.
    pub fn unknown_formats(&self, schemas: &Schemas) -> Vec<Fault> {
        let Placed { value, place } = &self.place.formats;
        let unknown = value.iter().filter(|name| schemas.format(name).is_none());
        unknown
            .map(|name| {
                let why = Said::new(
                    format!("[place] formats: no format is called {name}"),
                    format!("[place] formats: 形式 {name} はありません"),
                );
                Fault::at(place, why)
            })
            .collect()
    }

    /// The commands, each where it stands.
    pub(super) fn commands(&self) -> Vec<&Placed<Vec<String>>> {
        let reload = match &self.reload {
            Reload::Command { command, .. } => Some(command),
            Reload::Signal { .. } | Reload::SystemdUnit { .. } => None,
        };
        let probes = self.probe.iter().filter_map(|probe| match &probe.by {
            ProbeBy::Command(command) => Some(command),
            ProbeBy::Page { .. } => None,
        });
        reload.into_iter().chain(probes).chain(&self.alert).collect()
    }
}

fn one_in_the_other(name: &str, is_same: bool, other: &str) -> Said {
    if is_same {
        return Said::new(
            format!("{name} and {other} are the same: each needs a place of its own"),
            format!("{name} と {other} が同じ場所です。別々の場所を指定してください"),
        );
    }
    Said::new(
        format!("{name} lies inside {other}: each needs a place of its own"),
        format!("{name} が {other} の中にあります。別々の場所を指定してください"),
    )
}

fn watch_of(tables: &mut Tables<'_>) -> Option<Watch> {
    let mut watch = tables.section(Some("watch"));
    let listen = watch.made("listen", |address| {
        address.parse().map_err(|_| {
            Said::new(
                format!("{address} is no address and port, as in 127.0.0.1:9642"),
                format!("{address} はアドレスとポートではありません（例: 127.0.0.1:9642）"),
            )
        })
    });
    let names = watch.texts("name").map(|it| it.value);
    if watch.has("name") && !watch.has("listen") {
        return watch.wrong(Said::new(
            "name is by what it is asked for at listen, which is missing",
            "name は listen とともに指定します",
        ));
    }
    Some(Watch { listen: listen?, names: names.unwrap_or_default() })
}

fn reload_of(tables: &mut Tables<'_>) -> Option<Reload> {
    let mut reload = tables.section(Some("reload"));
    let command = reload.command("command");
    let signal = reload.one_of("signal", &SIGNALS);
    let pid_file = reload.path("pid_file").map(|it| it.value);
    let unit = reload.text("systemd_unit").map(|it| it.value);
    let limit_seconds = reload.number("limit_seconds", 1, DAY_SECONDS, 60);
    let named = ["command", "signal", "systemd_unit"].iter().filter(|key| reload.has(key)).count();
    if named != 1 {
        return reload.wrong(Said::new(
            "exactly one of command, signal and systemd_unit says how the program is told",
            "command、signal、systemd_unit のいずれか 1 つを指定してください",
        ));
    }
    if reload.has("signal") != reload.has("pid_file") {
        return reload.wrong(Said::new(
            "signal and pid_file go together",
            "signal と pid_file は組で指定してください",
        ));
    }
    if reload.has("signal") && reload.has("limit_seconds") {
        return reload.wrong(Said::new(
            "a signal takes no time: limit_seconds is of command and systemd_unit",
            "signal には limit_seconds を指定できません（command と systemd_unit 用です）",
        ));
    }
    let by_signal = || Some(Reload::Signal { signal: signal?, pid_file: pid_file? });
    command
        .map(|command| Reload::Command { command, limit_seconds })
        .or_else(by_signal)
        .or_else(|| unit.map(|unit| Reload::SystemdUnit { unit, limit_seconds }))
}

fn probe_of(probe: &mut given::Section<'_, '_>) -> Option<Probe> {
    let http = probe.made("http", |url| match Page::of(url) {
        Some(_) => Ok(url.to_owned()),
        None => Err(Said::new(
            "a page is named as http://host:port/path; for any other, name a command",
            "ページは http://ホスト:ポート/パス で指定してください。それ以外は command を使用してください",
        )),
    });
    let status = probe.number("status", 100, 599, 200);
    let contains = probe.text("contains").map(|it| it.value);
    let command = probe.command("command");
    let tries = probe.number("tries", 1, 100_000, 5);
    let pause_ms = probe.number("pause_ms", 0, DAY_SECONDS * 1000, 1000);
    let limit_seconds = probe.number("limit_seconds", 1, DAY_SECONDS, 10);
    if probe.has("http") == probe.has("command") {
        return probe.wrong(Said::new(
            "exactly one of http and command says how the program is asked",
            "http と command のどちらか一方を指定してください",
        ));
    }
    if !probe.has("http") && (probe.has("status") || probe.has("contains")) {
        return probe.wrong(Said::new(
            "status and contains are of a page",
            "status と contains は http とともに指定します",
        ));
    }
    let status = u16::try_from(status).unwrap_or(200);
    let page = http.map(|http| ProbeBy::Page { http, status, contains });
    let by = page.or_else(|| command.map(ProbeBy::Command))?;
    Some(Probe { by, tries, pause_ms, limit_seconds })
}
