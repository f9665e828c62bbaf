//! Which file names what of which other file: the arrows of a crate.
//!
//! Seen are `use`, paths in types, expressions and patterns, `Type::function` and `self.method()` also
//! where the `impl` lies in another file than the type, paths in attributes, and by best effort what stands
//! inside macros. Not seen are methods called on anything but `self`, and what a macro of another crate
//! writes.
//! A module that passes on what lies inside it is a door: it gives no arrow, and names lead through it.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{Attribute, Block, Expr, ImplItem, Item, ItemImpl, ItemUse, Meta, Pat, Type, Visibility};

use crate::modules::{Crate, Leaf, ModuleId, Segments, attributes, bare, is_for_tests, leaves};
use crate::naming::Meaning;

/// For each file the files that it names something of, and what.
pub(crate) type Arrows = BTreeMap<String, BTreeMap<String, BTreeSet<String>>>;

/// The files of the inherent functions of a type, by the type and the function's name.
type Functions = BTreeMap<(Meaning, String), BTreeSet<String>>;

/// The arrows between the files of one crate.
pub(crate) fn arrows(of: &Crate) -> Arrows {
    let functions = functions(of);
    let mut arrows = Arrows::new();
    for module in 0..of.modules.len() {
        let mut reader = Reader {
            of,
            functions: &functions,
            module,
            own_type: Vec::new(),
            bound: BTreeSet::new(),
            arrows,
        };
        for item in &of.modules[module].items {
            reader.visit_item(item);
        }
        arrows = reader.arrows;
    }
    arrows
}

fn functions(of: &Crate) -> Functions {
    let mut functions = Functions::new();
    for (id, module) in of.modules.iter().enumerate() {
        for item in &module.items {
            let Item::Impl(block) = item else { continue };
            if block.trait_.is_some() {
                continue;
            }
            for meaning in of.meanings(id, &path_of_type(&block.self_ty)) {
                for item in &block.items {
                    if let ImplItem::Fn(function) = item {
                        let name = bare(&function.sig.ident);
                        functions.entry((meaning.clone(), name)).or_default().insert(module.file.clone());
                    }
                }
            }
        }
    }
    functions
}

/// Reads the items of one module.
struct Reader<'a> {
    of: &'a Crate,
    functions: &'a Functions,
    module: ModuleId,
    /// The path of the type that `Self` stands for.
    own_type: Segments,
    /// The names that patterns of the function around bind: they hide what the module has by that name.
    bound: BTreeSet<String>,
    arrows: Arrows,
}

impl Reader<'_> {
    fn point(&mut self, file: &str, name: &str) {
        let from = &self.of.modules[self.module].file;
        if from != file {
            let to = self.arrows.entry(from.clone()).or_default().entry(file.to_owned()).or_default();
            to.insert(name.to_owned());
        }
    }

    fn name(&mut self, path: &[String]) {
        let mut path = path.to_vec();
        if path.first().is_some_and(|first| first == "Self") {
            path.splice(..1, self.own_type.clone());
        }
        for meaning in self.of.meanings(self.module, &path) {
            let Meaning::Item { module, name } = &meaning else { continue };
            self.point(&self.of.modules[*module].file, name);
            // `Type::function`: the function may lie in another file than the type.
            if let Some(last) = path.last()
                && let Some(files) = self.functions.get(&(meaning.clone(), last.clone()))
            {
                for file in files {
                    self.point(file, &format!("{name}::{last}"));
                }
            }
        }
    }

    /// A macro without a path may be one that stands earlier in the text of another file.
    fn name_macro(&mut self, path: &[String]) {
        self.name(path);
        if let [name] = path
            && !self.of.modules[self.module].imported.contains_key(name)
            && let Some(modules) = self.of.macros.get(name)
        {
            for module in modules {
                self.point(&self.of.modules[*module].file, &format!("{name}!"));
            }
        }
    }

    /// Best effort inside a macro: every path with `::`, and single names that are types or are called.
    fn name_tokens(&mut self, tokens: TokenStream) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mark = |at: usize, wanted| tokens.get(at).is_some_and(|token| is_mark(token, wanted));
        // `::` is two marks; a lone `:` before a type is one.
        let joined = |at: usize| mark(at, ':') && mark(at + 1, ':');
        let mut at = 0;
        while at < tokens.len() {
            match &tokens[at] {
                TokenTree::Group(group) => self.name_tokens(group.stream()),
                TokenTree::Ident(first) => {
                    let is_field = at > 0 && mark(at - 1, '.') && !(at > 1 && mark(at - 2, '.'));
                    let mut path = vec![bare(first)];
                    while joined(at + 1)
                        && let Some(TokenTree::Ident(next)) = tokens.get(at + 3)
                    {
                        path.push(bare(next));
                        at += 3;
                    }
                    let called = matches!(tokens.get(at + 1), Some(TokenTree::Group(_)));
                    let named = path.len() > 1 || starts_upper(&path[0]) || called;
                    if mark(at + 1, '!') && !mark(at + 2, '=') {
                        self.name_macro(&path);
                    } else if named && !is_field && !(path.len() == 1 && self.bound.contains(&path[0])) {
                        self.name(&path);
                    }
                }
                TokenTree::Punct(_) | TokenTree::Literal(_) => {}
            }
            at += 1;
        }
    }

    /// Reads a function with the names that its patterns bind.
    fn within(&mut self, bound: BTreeSet<String>, read: impl FnOnce(&mut Self)) {
        let before = self.bound.clone();
        self.bound.extend(bound);
        read(self);
        self.bound = before;
    }
}

impl<'ast> Visit<'ast> for Reader<'_> {
    fn visit_item(&mut self, item: &'ast Item) {
        if !is_for_tests(attributes(item)) {
            visit::visit_item(self, item);
        }
    }

    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        let passes_on = !matches!(item.vis, Visibility::Inherited);
        for leaf in leaves(&item.tree) {
            let (Leaf::Name { path, .. } | Leaf::Everything { path }) = leaf;
            let is_door = passes_on
                && self.of.meanings(self.module, &path).iter().all(|meaning| {
                    let (Meaning::Module(module) | Meaning::Item { module, .. }) = meaning;
                    self.of.is_inside(*module, self.module)
                });
            if !is_door {
                self.name(&path);
            }
        }
    }

    fn visit_item_impl(&mut self, block: &'ast ItemImpl) {
        let before = std::mem::replace(&mut self.own_type, path_of_type(&block.self_ty));
        visit::visit_item_impl(self, block);
        self.own_type = before;
    }

    fn visit_item_fn(&mut self, function: &'ast syn::ItemFn) {
        let mut bound = Bound::default();
        bound.visit_item_fn(function);
        self.within(bound.0, |reader| visit::visit_item_fn(reader, function));
    }

    fn visit_impl_item(&mut self, item: &'ast ImplItem) {
        let attributes: &[Attribute] = match item {
            ImplItem::Const(item) => &item.attrs,
            ImplItem::Fn(item) => &item.attrs,
            ImplItem::Type(item) => &item.attrs,
            ImplItem::Macro(item) => &item.attrs,
            _ => &[],
        };
        if is_for_tests(attributes) {
            return;
        }
        let mut bound = Bound::default();
        bound.visit_impl_item(item);
        self.within(bound.0, |reader| visit::visit_impl_item(reader, item));
    }

    fn visit_block(&mut self, block: &'ast Block) {
        for statement in &block.stmts {
            let for_tests = match statement {
                syn::Stmt::Local(local) => is_for_tests(&local.attrs),
                syn::Stmt::Macro(statement) => is_for_tests(&statement.attrs),
                _ => false,
            };
            if !for_tests {
                self.visit_stmt(statement);
            }
        }
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let names: Segments = path.segments.iter().map(|segment| bare(&segment.ident)).collect();
        let is_outside = path.leading_colon.is_some();
        let is_bound = names.len() == 1 && self.bound.contains(&names[0]);
        if !is_outside && !is_bound {
            self.name(&names);
        }
        visit::visit_path(self, path);
    }

    fn visit_pat(&mut self, pattern: &'ast Pat) {
        // A constant in a pattern looks like a name that is bound.
        if let Pat::Ident(name) = pattern
            && starts_upper(&bare(&name.ident))
        {
            self.name(&[bare(&name.ident)]);
        }
        visit::visit_pat(self, pattern);
    }

    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        if let Expr::Path(receiver) = &*call.receiver
            && receiver.path.is_ident("self")
        {
            let mut path = self.own_type.clone();
            path.push(bare(&call.method));
            self.name(&path);
        }
        visit::visit_expr_method_call(self, call);
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        let path: Segments = call.path.segments.iter().map(|segment| bare(&segment.ident)).collect();
        self.name_macro(&path);
        self.name_tokens(call.tokens.clone());
    }

    fn visit_attribute(&mut self, attribute: &'ast Attribute) {
        let Meta::List(list) = &attribute.meta else { return };
        self.name_tokens(list.tokens.clone());
        if list.path.is_ident("serde") {
            for token in list.tokens.clone() {
                if let TokenTree::Literal(text) = token
                    && let Ok(text) = syn::parse_str::<syn::LitStr>(&text.to_string())
                    && let Ok(path) = text.parse::<syn::Path>()
                {
                    self.visit_path(&path);
                }
            }
        }
    }
}

/// The names that patterns bind, wherever in the function: a constant is written in capitals and is none.
#[derive(Default)]
struct Bound(BTreeSet<String>);

impl<'ast> Visit<'ast> for Bound {
    fn visit_pat_ident(&mut self, pattern: &'ast syn::PatIdent) {
        let name = bare(&pattern.ident);
        if !starts_upper(&name) {
            self.0.insert(name);
        }
        visit::visit_pat_ident(self, pattern);
    }
}

fn path_of_type(of: &Type) -> Segments {
    match of {
        Type::Path(path) => path.path.segments.iter().map(|segment| bare(&segment.ident)).collect(),
        _ => Segments::new(),
    }
}

fn is_mark(token: &TokenTree, wanted: char) -> bool {
    matches!(token, TokenTree::Punct(mark) if mark.as_char() == wanted)
}

fn starts_upper(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_uppercase())
}
