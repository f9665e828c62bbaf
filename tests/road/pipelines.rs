//! The pipelines of docs/ci.md: their own steps, taken from the two files and run in order on a real master,
//! with the signatures of two people who sign elsewhere.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::releases::house;
use crate::stage::{Ran, Stage, checkout, data, not_installed};

/// Where the pipelines keep what outlives a run.
const STORE: &str = "/srv/warifu";

/// Which of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum On {
    GitHub,
    GitLab,
}

/// What the two call the number of a run, which is this.
const RUN: [(&str, &str); 2] = [("${{ github.run_id }}", "77"), ("$CI_PIPELINE_ID", "77")];

/// A pipeline as its file says.
struct Pipeline {
    on: On,
    document: Value,
}

impl Pipeline {
    /// None where no YAML can be read here.
    fn read(on: On) -> Option<Pipeline> {
        let name = if on == On::GitHub { "github" } else { "gitlab" };
        let python = std::env::var_os("WARIFU_TEST_PYTHON").map(PathBuf::from);
        let python = python.unwrap_or_else(|| checkout().join("target/test-python/bin/python"));
        let script = "import json, sys, yaml; print(json.dumps(yaml.safe_load(sys.stdin)))";
        let file = checkout().join(format!("docs/examples/ci/{name}.yml"));
        let file = std::fs::File::open(file).unwrap();
        let read = Command::new(python).args(["-c", script]).stdin(file).stderr(Stdio::null()).output();
        let Some(read) = read.ok().filter(|read| read.status.success()) else {
            not_installed("the pipelines of docs/ci.md", "no Python with yaml named in WARIFU_TEST_PYTHON");
            return None;
        };
        Some(Pipeline { on, document: serde_json::from_slice(&read.stdout).unwrap() })
    }

    fn job(&self, name: &str) -> &Value {
        match self.on {
            On::GitHub => &self.document["jobs"][name],
            On::GitLab => &self.document[name],
        }
    }

    /// The commands of a job, step by step.
    fn steps(&self, job: &str) -> Vec<String> {
        let job = self.job(job);
        let steps = match self.on {
            On::GitHub => {
                job["steps"].as_array().unwrap().iter().map(|step| &step["run"]).collect::<Vec<_>>()
            }
            On::GitLab => job["script"].as_array().unwrap().iter().collect(),
        };
        steps.into_iter().filter_map(Value::as_str).map(|step| step.trim().to_owned()).collect()
    }

    /// What a job leaves for those after it.
    fn artifacts(&self, job: &str) -> Vec<String> {
        let job = self.job(job);
        let paths: Vec<&str> = match self.on {
            On::GitHub => {
                let uploads = step_using(job, "actions/upload-artifact");
                uploads["with"]["path"].as_str().unwrap().lines().collect()
            }
            On::GitLab => texts(&job["artifacts"]["paths"]),
        };
        paths.into_iter().map(with_run).collect()
    }

    /// The jobs that a job waits for.
    fn needs(&self, job: &str) -> Vec<&str> {
        let needs = &self.job(job)["needs"];
        needs.as_str().map_or_else(|| texts(needs), |one| vec![one])
    }

    /// The variables of every job, with `store` for the folder that outlives a run.
    fn variables(&self, store: &str) -> BTreeMap<String, String> {
        let named = if self.on == On::GitHub { "env" } else { "variables" };
        let all = self.document[named].as_object().unwrap().iter();
        let value = |value: &Value| with_run(value.as_str().unwrap()).replace(STORE, store);
        let mut all: BTreeMap<_, _> = all.map(|(name, text)| (name.clone(), value(text))).collect();
        if self.on == On::GitHub {
            all.insert("GITHUB_ACTIONS".into(), "true".into());
        }
        all
    }
}

fn with_run(text: &str) -> String {
    RUN.iter().fold(text.to_owned(), |text, (name, number)| text.replace(name, number))
}

fn texts(list: &Value) -> Vec<&str> {
    list.as_array().into_iter().flatten().map(|one| one.as_str().unwrap()).collect()
}

/// The last step of a job that uses this action.
fn step_using<'a>(job: &'a Value, action: &str) -> &'a Value {
    let uses = |step: &&Value| step["uses"].as_str().is_some_and(|uses| uses.starts_with(action));
    job["steps"].as_array().unwrap().iter().rfind(uses).unwrap_or(&Value::Null)
}

/// A runner: a folder for each job, and what outlives them.
struct Runner<'a> {
    stage: &'a Stage,
    pipeline: &'a Pipeline,
}

impl Runner<'_> {
    /// Runs a job as its service does, with what the jobs that it needs left; it ends at the first step that
    /// fails.
    fn run(&self, job: &str) -> Ran {
        let folder = self.stage.path(job);
        std::fs::create_dir_all(&folder).unwrap();
        for before in self.pipeline.needs(job) {
            for artifact in self.pipeline.artifacts(before) {
                // Folders that hold nothing are left out of artifacts.
                let copy = format!("cp -r {before}/{artifact} {job}/ && find {job} -type d -empty -delete");
                self.stage.shell(&copy).ends(0);
            }
        }
        let store = self.stage.path("store").display().to_string();
        let variables = self.pipeline.variables(&store);
        let set: String =
            variables.iter().map(|(name, value)| format!("export {name}='{value}'\n")).collect();
        let mut last = None;
        for step in self.pipeline.steps(job) {
            self.stage.write("step.sh", format!("cd {job}\n{set}{step}\n"));
            let ran = self.stage.shell("bash -e step.sh");
            let failed = ran.status != 0;
            last = Some(ran);
            if failed {
                break;
            }
        }
        last.unwrap()
    }

    /// What somebody does who signs, on a machine of their own, with the draft that was proposed and the
    /// signatures of `others`.
    fn signed_by(&self, name: &str, others: &[&str]) {
        let [proposed, folder] = [&"propose/draft-77".to_owned(), &format!("at-{name}")];
        self.stage.shell(&format!("cp -r {proposed} {folder}")).ends(0);
        let place = "--channel store/channel --root store/root.json";
        for other in others {
            let given = format!("{}/{}", "store/signatures/77", self.signature_of(other));
            self.stage.warifu(&format!("release collect {folder} {given} {place}")).ends(0);
        }
        self.stage.shell(&format!("warifu repo clone store/masters masters-of-{name}")).ends(0);
        let sign = format!("release sign {folder} --repo masters-of-{name} {place} --key {name}.key");
        self.stage.warifu(&sign).ends(0);
        let given =
            format!("mkdir -p store/signatures/77 && cp {folder}/signatures/*.json store/signatures/77/");
        self.stage.shell(&given).ends(0);
    }

    /// The file that a side's signature is in.
    fn signature_of(&self, side: &str) -> String {
        let folder = self.stage.path("store/signatures/77").read_dir().unwrap();
        let mut names = folder.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned());
        names.find(|name| name.starts_with(side)).unwrap()
    }
}

/// What both sides have before the first pipeline runs: keys, a root, a channel, a shared repository; and in
/// the project the first file and what it is called.
fn founded(stage: &Stage) {
    house(stage);
    stage.warifu("init kikin --series r06=procedure:2024-06-01,modifier:2024-06-01").ends(0);
    let store = "mkdir store && mv channel root.json store/ && cp ci.key store/publisher.key && \
                 cp passphrase store/publisher.passphrase && warifu repo push --repo kikin store/masters";
    stage.shell(store).ends(0);
    let about = "TITLE=$(touch RAN)`touch RAN`\ntouch RAN\nTITLE='令和6年6月改定'\nACCEPT_PAST=\n";
    arrives(stage, "procedure/s_ALL20240531.csv", about);
}

/// A file is pushed to the project, with what is said of the release.
fn arrives(stage: &Stage, file: &str, about: &str) {
    let data = data("").unwrap().join(file).display().to_string();
    stage
        .shell(&format!(
            "rm -rf propose/incoming && mkdir -p propose/incoming/r06 && cp {data} propose/incoming/r06/"
        ))
        .ends(0);
    stage.write("propose/incoming/release.env", about);
}

#[test]
fn a_pipeline_stops_until_both_have_signed_and_publishes_then() {
    if data("the pipelines of docs/ci.md").is_none() {
        return;
    }
    for on in [On::GitHub, On::GitLab] {
        let Some(pipeline) = Pipeline::read(on) else { return };
        let stage = Stage::new();
        founded(&stage);
        // Given out under another ending, and taken all the same.
        let modifiers = data("").unwrap().join("disease/z_20240601.txt");
        std::fs::copy(modifiers, stage.path("propose/incoming/r06/z_20240601.txt")).unwrap();
        let runner = Runner { stage: &stage, pipeline: &pipeline };
        let proposed = runner.run("propose").ends(0);
        assert!(!stage.path("propose/RAN").exists(), "what the release is called is data");
        assert!(proposed.out.contains("sent"), "{}", proposed.out);
        for artifact in pipeline.artifacts("propose") {
            assert!(stage.path("propose").join(&artifact).exists(), "{artifact}");
        }
        let page = std::fs::read_to_string(stage.path("propose/draft-77.html")).unwrap();
        assert!(page.contains("<html"), "the page of the review");
        for list in ["import-r06", "check", "draft"] {
            let list = std::fs::read_to_string(stage.path(&format!("propose/findings/{list}.xml"))).unwrap();
            assert!(list.contains("<testsuite"), "{list}");
        }

        // Nobody has signed, then one has: it stops and says whose signature is missing.
        let stops = |told: &str| {
            let ran = runner.run("signed").ends(3);
            assert!(ran.err.contains(told), "{}", ran.err);
        };
        stops("Kikin 0 of 1 signed, Kokuho 0 of 1 signed");
        runner.signed_by("aoki", &[]);
        // What somebody else puts there stops nobody, and is named.
        stage.write("store/signatures/77/junk.json", "{}");
        stops("Kikin 1 of 1 signed, Kokuho 0 of 1 signed");
        runner.signed_by("baba", &["kikin"]);
        runner.run("signed").ends(0);
        runner.run("publish").ends(0);
        let listed = stage.warifu("channel list store/channel --root store/root.json --json").ends(0).json();
        assert_eq!(listed["current"]["title"], "令和6年6月改定", "{listed:#}");
        assert!(listed.to_string().contains("modifier"), "{listed:#}");
        runner.run("refresh").ends(0);
    }
}

#[test]
fn what_a_file_holds_that_is_wrong_stops_the_pipeline_with_the_findings_kept() {
    if data("a pipeline on a wrong file").is_none() {
        return;
    }
    let Some(pipeline) = Pipeline::read(On::GitHub) else { return };
    let stage = Stage::new();
    founded(&stage);
    let cut = "cd propose/incoming/r06 && head -c 100000 s_ALL20240531.csv >cut && mv cut s_ALL20240531.csv";
    stage.shell(cut).ends(0);
    let runner = Runner { stage: &stage, pipeline: &pipeline };
    let refused = runner.run("propose").ends(1);
    assert!(refused.out.contains("::error file=incoming/r06/s_ALL20240531.csv"), "{}", refused.out);
    let list = std::fs::read_to_string(stage.path("propose/findings/import-r06.xml")).unwrap();
    assert!(list.contains("<failure"), "{list}");
    assert!(!stage.path("propose/draft-77").exists());
}

#[test]
fn both_pipelines_are_the_same_and_no_key_lies_in_them() {
    let (Some(github), Some(gitlab)) = (Pipeline::read(On::GitHub), Pipeline::read(On::GitLab)) else {
        return;
    };
    let jobs = ["propose", "signed", "publish", "refresh"];
    let names: Vec<_> = github.document["jobs"].as_object().unwrap().keys().collect();
    assert_eq!(names, jobs);
    assert_eq!(texts(&gitlab.document["stages"]), jobs);
    for job in jobs {
        assert!(!github.steps(job).is_empty());
        assert_eq!(github.steps(job), gitlab.steps(job), "{job}");
        assert_eq!(github.needs(job), gitlab.needs(job), "{job}");
    }
    for job in ["propose", "signed"] {
        assert_eq!(github.artifacts(job), gitlab.artifacts(job), "{job}");
    }
    assert_eq!((github.needs("signed"), github.needs("publish")), (vec!["propose"], vec!["signed"]));
    let [of_github, of_gitlab] = [&github, &gitlab].map(|pipeline| {
        let mut variables = pipeline.variables(STORE);
        variables.remove("GITHUB_ACTIONS");
        variables
    });
    assert_eq!(of_github, of_gitlab);

    // What a job needs is given to it, whatever came of it before.
    for job in ["signed", "publish"] {
        let given = step_using(github.job(job), "actions/download-artifact");
        let needed = step_using(github.job(github.needs(job)[0]), "actions/upload-artifact");
        assert_eq!(given["with"]["name"], needed["with"]["name"], "{job}");
    }
    // It waits for people; publishing and refreshing never meet; the timer runs once a day.
    assert_eq!(github.job("signed")["environment"], "both-signed");
    let manual = &gitlab.job("signed")["rules"][0];
    assert_eq!((&manual["when"], &manual["allow_failure"]), (&"manual".into(), &false.into()));
    for job in ["propose", "publish", "refresh"] {
        assert_eq!(github.job(job)["concurrency"], "masters", "{job}");
        assert_eq!(gitlab.job(job)["resource_group"], "masters", "{job}");
    }
    assert_eq!(github.document["on"]["schedule"].as_array().unwrap().len(), 1);
    assert!(gitlab.job("refresh")["rules"][0]["if"].as_str().unwrap().contains("schedule"));

    // A key is a path on the runner, and no secret of the service is asked for.
    for pipeline in [&github, &gitlab] {
        assert_eq!(pipeline.variables(STORE)["PUBLISHER_KEY"], "/srv/warifu/publisher.key");
        let text = pipeline.document.to_string();
        assert!(!text.contains("secrets.") && !text.contains("PRIVATE KEY"), "{text}");
    }
}
