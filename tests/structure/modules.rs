//! One crate as its modules: which file holds each, and what names it defines, brings in and passes on.
//!
//! Left out is what only tests see: items under `cfg(test)`, files named `tests.rs` and `testing.rs`.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{Attribute, Item, Meta, UseTree};

use crate::tree::Tree;

/// A module of a crate by its place in [`Crate::modules`].
pub(crate) type ModuleId = usize;

/// The crate's own root module.
pub(crate) const ROOT: ModuleId = 0;

/// Names from the outermost to the innermost: `crate::table::Table`.
pub(crate) type Segments = Vec<String>;

/// One program or library: the modules that its root file reaches.
#[derive(Default)]
pub(crate) struct Crate {
    pub(crate) modules: Vec<Module>,
    /// Where each `macro_rules!` stands. They are reached without a path, in the order of the text, and at
    /// the crate's root when exported.
    pub(crate) macros: BTreeMap<String, BTreeSet<ModuleId>>,
}

/// A module: a whole file, or a `mod` with a body inside one.
pub(crate) struct Module {
    pub(crate) file: String,
    pub(crate) parent: Option<ModuleId>,
    pub(crate) children: BTreeMap<String, ModuleId>,
    /// The names that items of this module define.
    pub(crate) defined: BTreeSet<String>,
    /// The names that `use` brings in, with the path as written. A name may stand for several things.
    pub(crate) imported: BTreeMap<String, Vec<Segments>>,
    /// What `use path::*` brings in everything of.
    pub(crate) globs: Vec<Segments>,
    pub(crate) items: Vec<Item>,
}

/// One leaf of a `use`: the path as written, and the name that it has afterwards.
pub(crate) enum Leaf {
    Name { path: Segments, known_as: String },
    Everything { path: Segments },
}

impl Crate {
    /// Reads what `root_file` (a `lib.rs` or `main.rs`) reaches.
    pub(crate) fn read(tree: &Tree, root_file: &str) -> Self {
        let mut read = Self::default();
        let folder = folder_of(root_file).to_owned();
        read.add_file(tree, root_file, None, &folder);
        read
    }

    /// `children_folder` is where `mod name;` of this file is looked for.
    fn add_file(
        &mut self,
        tree: &Tree,
        file: &str,
        parent: Option<ModuleId>,
        children_folder: &str,
    ) -> ModuleId {
        let text = tree.text(file).unwrap_or_else(|| panic!("{file}: declared as a module, but not there"));
        let parsed = syn::parse_file(text).unwrap_or_else(|error| panic!("{file}: {error}"));
        self.add_module(tree, file, parent, children_folder, parsed.items)
    }

    fn add_module(
        &mut self,
        tree: &Tree,
        file: &str,
        parent: Option<ModuleId>,
        children_folder: &str,
        items: Vec<Item>,
    ) -> ModuleId {
        let id = self.modules.len();
        self.modules.push(Module {
            file: file.to_owned(),
            parent,
            children: BTreeMap::new(),
            defined: BTreeSet::new(),
            imported: BTreeMap::new(),
            globs: Vec::new(),
            items: Vec::new(),
        });
        let mut kept = Vec::new();
        for item in items {
            if is_for_tests(attributes(&item)) {
                continue;
            }
            match item {
                Item::Mod(module) => {
                    let name = bare(&module.ident);
                    let below = format!("{children_folder}/{name}");
                    let child = match module.content {
                        Some((_, items)) => self.add_module(tree, file, Some(id), &below, items),
                        None => {
                            let Some((path, folder)) = file_of(tree, file, &module.attrs, &below) else {
                                continue;
                            };
                            self.add_file(tree, &path, Some(id), &folder)
                        }
                    };
                    self.modules[id].children.insert(name, child);
                }
                item => {
                    self.define(id, &item);
                    kept.push(item);
                }
            }
        }
        self.modules[id].items = kept;
        id
    }

    fn define(&mut self, id: ModuleId, item: &Item) {
        let module = &mut self.modules[id];
        Uses(module).visit_item(item);
        let name = match item {
            Item::Const(item) => &item.ident,
            Item::Enum(item) => &item.ident,
            Item::Fn(item) => &item.sig.ident,
            Item::Static(item) => &item.ident,
            Item::Struct(item) => &item.ident,
            Item::Trait(item) => &item.ident,
            Item::TraitAlias(item) => &item.ident,
            Item::Type(item) => &item.ident,
            Item::Union(item) => &item.ident,
            Item::Macro(item) if item.ident.is_some() => {
                let name = bare(item.ident.as_ref().unwrap());
                self.macros.entry(name.clone()).or_default().insert(id);
                module.defined.insert(name);
                return;
            }
            _ => return,
        };
        module.defined.insert(bare(name));
    }
}

impl Module {
    fn bring_in(&mut self, leaf: Leaf) {
        match leaf {
            Leaf::Name { path, known_as } => self.imported.entry(known_as).or_default().push(path),
            Leaf::Everything { path } => self.globs.push(path),
        }
    }
}

/// Gathers every `use` of an item, those in the bodies of functions too: they count for the whole module.
struct Uses<'a>(&'a mut Module);

impl<'ast> Visit<'ast> for Uses<'_> {
    fn visit_item(&mut self, item: &'ast Item) {
        if !is_for_tests(attributes(item)) {
            visit::visit_item(self, item);
        }
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        leaves(&item.tree).into_iter().for_each(|leaf| self.0.bring_in(leaf));
    }
}

/// The file of `mod name;` and the folder of its own children; none for a file of tests.
fn file_of(
    tree: &Tree,
    declared_in: &str,
    attributes: &[Attribute],
    below: &str,
) -> Option<(String, String)> {
    let (file, folder) = if let Some(named) = path_attribute(attributes) {
        let file = format!("{}/{named}", folder_of(declared_in));
        let folder = folder_of(&file).to_owned();
        (file, folder)
    } else {
        let flat = format!("{below}.rs");
        let file = if tree.text(&flat).is_some() { flat } else { format!("{below}/mod.rs") };
        (file, below.to_owned())
    };
    let of_tests = file.ends_with("/tests.rs") || file.ends_with("/testing.rs");
    (!of_tests).then_some((file, folder))
}

fn path_attribute(attributes: &[Attribute]) -> Option<String> {
    attributes.iter().find_map(|attribute| match &attribute.meta {
        Meta::NameValue(pair) if pair.path.is_ident("path") => match &pair.value {
            syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) => Some(text.value()),
            _ => None,
        },
        _ => None,
    })
}

fn folder_of(file: &str) -> &str {
    file.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// An identifier without the `r#` of a raw one.
pub(crate) fn bare(ident: &syn::Ident) -> String {
    ident.to_string().trim_start_matches("r#").to_owned()
}

/// Every leaf of a `use`. `{self}` is the path before it.
pub(crate) fn leaves(tree: &UseTree) -> Vec<Leaf> {
    fn walk(tree: &UseTree, before: &[String], found: &mut Vec<Leaf>) {
        let with = |name: &syn::Ident| {
            let name = bare(name);
            let mut path = before.to_vec();
            if name != "self" || path.is_empty() {
                path.push(name);
            }
            path
        };
        match tree {
            UseTree::Path(path) => walk(&path.tree, &with(&path.ident), found),
            UseTree::Name(name) => {
                let path = with(&name.ident);
                let known_as = path.last().cloned().unwrap_or_default();
                found.push(Leaf::Name { path, known_as });
            }
            UseTree::Rename(name) => {
                found.push(Leaf::Name { path: with(&name.ident), known_as: bare(&name.rename) });
            }
            UseTree::Glob(_) => found.push(Leaf::Everything { path: before.to_vec() }),
            UseTree::Group(group) => group.items.iter().for_each(|tree| walk(tree, before, found)),
        }
    }
    let mut found = Vec::new();
    walk(tree, &[], &mut found);
    found
}

/// Whether these attributes keep an item out of every build but that of the tests.
pub(crate) fn is_for_tests(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| match &attribute.meta {
        Meta::Path(path) => path.is_ident("test"),
        Meta::List(list) if list.path.is_ident("cfg") => only_in_tests(list.tokens.clone()),
        _ => false,
    })
}

/// Whether a `cfg` predicate holds in builds of tests only, as `test` and `all(test, ..)` do.
fn only_in_tests(predicate: TokenStream) -> bool {
    let tokens: Vec<TokenTree> = predicate.into_iter().collect();
    match tokens.as_slice() {
        [TokenTree::Ident(word)] => word == "test",
        [TokenTree::Ident(word), TokenTree::Group(group)] => {
            let tokens: Vec<TokenTree> = group.stream().into_iter().collect();
            let is_comma =
                |token: &TokenTree| matches!(token, TokenTree::Punct(mark) if mark.as_char() == ',');
            let mut parts = tokens.split(is_comma).filter(|part| !part.is_empty());
            let holds = |part: &[TokenTree]| only_in_tests(part.iter().cloned().collect());
            (word == "all" && parts.any(holds)) || (word == "any" && parts.all(holds))
        }
        _ => false,
    }
}

/// The attributes of an item, of whatever sort it is.
pub(crate) fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::ExternCrate(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::ForeignMod(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::TraitAlias(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Union(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}
