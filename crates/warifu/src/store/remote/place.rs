//! Where another copy lies: what libgit2 may be asked to reach.

use std::fs;
use std::path::{Path, PathBuf};

use warifu_channels::Address;

use super::super::error::ExchangeError;

/// Where another copy lies, fit to be given to libgit2.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place(String);

impl Place {
    /// Of `text`: a folder, relative to the current one, or an address. `ssh` and `https` where the libgit2
    /// of this build has them; what anybody on the way could change, never.
    pub(super) fn parse(text: &str) -> Result<Place, ExchangeError> {
        let built = git2::Version::get();
        let not_built_in = |scheme: &str| ExchangeError::NotBuiltIn { scheme: scheme.to_owned() };
        match text.split_once("://").map(|(scheme, rest)| (scheme.to_ascii_lowercase(), rest)) {
            Some((scheme, _)) if scheme == "file" => Ok(Place(text.to_owned())),
            Some((scheme, _)) => match scheme.as_str() {
                "https" if built.https() => Ok(Place(text.to_owned())),
                "ssh" | "git+ssh" | "ssh+git" if built.ssh() => Ok(Place(text.to_owned())),
                "http" | "git" => Err(ExchangeError::Unprotected { scheme }),
                _ => Err(not_built_in(&scheme)),
            },
            // As git has it: `host:path` without a slash before the colon, where no such file is.
            None if is_scp(text) => match built.ssh() {
                true => Ok(Place(text.to_owned())),
                false => Err(not_built_in("ssh")),
            },
            None => match std::path::absolute(text) {
                Ok(path) => Ok(Place(path.to_string_lossy().into_owned())),
                Err(_) => Err(ExchangeError::Nothing { place: text.to_owned() }),
            },
        }
    }

    /// As libgit2 takes it.
    pub(super) fn url(&self) -> &str {
        &self.0
    }

    /// The folder, where it lies on this machine, by a path or by `file://`.
    pub(super) fn on_this_machine(&self) -> Option<PathBuf> {
        if is_scp(&self.0) { None } else { Address::on_this_machine(self.0.as_ref()) }
    }

    /// Refuses a folder with a pipe or a device in it, which libgit2 would read, or wait for, without end.
    pub(super) fn refuse_what_has_no_end(&self) -> Result<(), ExchangeError> {
        let mut folders: Vec<PathBuf> = Vec::new();
        if let Some(folder) = self.on_this_machine() {
            // Of a copy that somebody works in, git reads its own alone.
            let own = folder.join(".git");
            folders.push(if own.is_dir() { own } else { folder });
        }
        while let Some(folder) = folders.pop() {
            let Ok(entries) = fs::read_dir(&folder) else { continue };
            for entry in entries.flatten() {
                let path = entry.path();
                match entry.file_type() {
                    Ok(kind) if kind.is_dir() => folders.push(path),
                    // What is no link is not asked twice: a shared copy has many files.
                    Ok(kind) if kind.is_file() => {}
                    // A link that leads nowhere is nothing; one to a folder is not gone round in.
                    _ if fs::metadata(&path).is_ok_and(|about| !about.is_file() && !about.is_dir()) => {
                        return Err(ExchangeError::NoEnd { path });
                    }
                    _ => {}
                }
            }
        }
        Ok(())
    }

    /// The folder, where it is one of this machine that was named as such.
    pub(super) fn folder(&self) -> Option<&Path> {
        let is_address = self.0.contains("://") || is_scp(&self.0);
        (!is_address).then(|| Path::new(&self.0))
    }
}

fn is_scp(text: &str) -> bool {
    let before = text.split_once(':').map(|(before, _)| before);
    // A letter before a colon is a drive of Windows.
    before.is_some_and(|before| before.len() > 1 && !before.contains('/')) && !Path::new(text).exists()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_built_in_or_unprotected_is_refused_by_its_name() {
        for (text, expected) in [
            ("ssh://host/a", "ssh is not built into"),
            ("user@host:masters.git", "ssh is not built into"),
            ("https://host/a", "https is not built into"),
            ("http://host/a", "http:// is not used"),
            ("git://host/a", "git:// is not used"),
            ("ext::sh -c x", "ssh is not built into"),
        ] {
            let error = Place::parse(text).unwrap_err().to_string();
            assert!(error.contains(expected), "{text}: {error}");
        }
        for text in ["/srv/masters.git", "../masters", "file:///srv/masters.git", "./a:b"] {
            assert!(Place::parse(text).is_ok(), "{text}");
        }
        assert!(Place::parse("masters").unwrap().folder().unwrap().is_absolute());
        assert_eq!(Place::parse("file:///srv/m").unwrap().folder(), None);
    }
}
