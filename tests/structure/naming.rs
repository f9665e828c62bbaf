//! What a path means: the file that defines what it names, through imports, doors and globs.

use std::collections::BTreeSet;

use crate::modules::{Crate, ModuleId, ROOT};

/// What a path stands for inside its crate. What comes from outside has no meaning here.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Meaning {
    Module(ModuleId),
    /// Something that this module defines.
    Item {
        module: ModuleId,
        name: String,
    },
}

impl Crate {
    /// What `path` means where it stands in `module`.
    pub(crate) fn meanings(&self, module: ModuleId, path: &[String]) -> BTreeSet<Meaning> {
        self.follow(module, path, &mut BTreeSet::new())
    }

    /// `asked` holds the names being looked up, so that imports that lead to themselves come to an end.
    fn follow(
        &self,
        module: ModuleId,
        path: &[String],
        asked: &mut BTreeSet<(ModuleId, String)>,
    ) -> BTreeSet<Meaning> {
        let Some((first, mut rest)) = path.split_first() else { return BTreeSet::new() };
        let mut meanings = match first.as_str() {
            "crate" => BTreeSet::from([Meaning::Module(ROOT)]),
            "self" => BTreeSet::from([Meaning::Module(module)]),
            "super" => {
                let mut above = self.modules[module].parent;
                while let Some((next, after)) = rest.split_first()
                    && next == "super"
                {
                    above = above.and_then(|module| self.modules[module].parent);
                    rest = after;
                }
                above.map(Meaning::Module).into_iter().collect()
            }
            name => self.look_up(module, name, asked),
        };
        for name in rest {
            meanings = meanings
                .into_iter()
                .flat_map(|meaning| match meaning {
                    Meaning::Module(inside) => {
                        let found = self.look_up(inside, name, asked);
                        if !found.is_empty() || self.comes_from_outside(inside, name) {
                            return found;
                        }
                        // The compiler found it there: a macro has written it.
                        BTreeSet::from([Meaning::Item { module: inside, name: name.clone() }])
                    }
                    // A variant or an associated item: what was named is the type.
                    item @ Meaning::Item { .. } => BTreeSet::from([item]),
                })
                .collect();
        }
        meanings
    }

    fn look_up(
        &self,
        module: ModuleId,
        name: &str,
        asked: &mut BTreeSet<(ModuleId, String)>,
    ) -> BTreeSet<Meaning> {
        let here = &self.modules[module];
        let mut found: BTreeSet<Meaning> =
            here.children.get(name).map(|child| Meaning::Module(*child)).into_iter().collect();
        if here.defined.contains(name) {
            found.insert(Meaning::Item { module, name: name.to_owned() });
        }
        let question = (module, name.to_owned());
        if !asked.insert(question.clone()) {
            return found;
        }
        for path in here.imported.get(name).into_iter().flatten() {
            found.extend(self.follow(module, path, asked));
        }
        if found.is_empty() && !here.imported.contains_key(name) {
            for glob in &here.globs {
                for meaning in self.follow(module, glob, asked) {
                    if let Meaning::Module(inside) = meaning {
                        found.extend(self.look_up(inside, name, asked));
                    }
                }
            }
        }
        if found.is_empty() && module == ROOT {
            // An exported macro is reached at the root of the crate.
            let macros = self.macros.get(name).into_iter().flatten();
            found.extend(macros.map(|module| Meaning::Item { module: *module, name: name.to_owned() }));
        }
        asked.remove(&question);
        found
    }

    /// Whether `module` imports `name` from another crate: known, but with no meaning here.
    fn comes_from_outside(&self, module: ModuleId, name: &str) -> bool {
        self.modules[module].imported.contains_key(name)
    }

    /// Whether `module` is `room` or lies inside it.
    pub(crate) fn is_inside(&self, module: ModuleId, room: ModuleId) -> bool {
        let mut at = Some(module);
        while let Some(module) = at {
            if module == room {
                return true;
            }
            at = self.modules[module].parent;
        }
        false
    }
}
