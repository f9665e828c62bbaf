//! An expression: bounded, checked for the names it uses, and evaluated on a record.

use std::collections::BTreeSet;

use cel::common::ast::{CallExpr, EntryExpr, Expr, IdedExpr, LiteralValue};
use cel::{Context, Program, Value};

use super::row::Row;

/// The longest expression: a rule is a sentence, not a program.
const LIMIT_BYTES: usize = 2_000;
/// The most brackets that are open at once. The parser goes down one level for each.
const LIMIT_BRACKETS: usize = 24;
/// How deep the parsed expression may be: evaluating it goes down one level for each.
const LIMIT_DEPTH: usize = 100;
/// How many loops (`all`, `exists`, `map`, `filter`) may be inside another one. A loop goes over a list that is
/// written out, so one of them ends soon; three in one another do not.
const LIMIT_LOOPS: usize = 1;
/// The functions there are, besides operators.
const FUNCTIONS: [&str; 8] =
    ["size", "contains", "startsWith", "endsWith", "double", "int", "uint", "string"];
/// The operators on `old` alone.
const COMPARED: [&str; 2] = ["_==_", "_!=_"];

/// A compiled expression.
pub(super) struct Expression {
    program: Program,
    /// The fields of `new` and of `old` that it asks for.
    pub(super) new: BTreeSet<String>,
    pub(super) old: BTreeSet<String>,
}

impl std::fmt::Debug for Expression {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Expression").field("new", &self.new).field("old", &self.old).finish_non_exhaustive()
    }
}

impl Expression {
    /// Compiles `text`.
    ///
    /// # Errors
    /// What is wrong, with its place where the parser knows it.
    pub(super) fn compile(text: &str) -> Result<Expression, String> {
        if text.len() > LIMIT_BYTES {
            return Err(format!("{} bytes long; the limit is {LIMIT_BYTES}", text.len()));
        }
        let mut open = 0usize;
        for byte in text.bytes() {
            match byte {
                b'(' | b'[' | b'{' | b'?' => open += 1,
                b')' | b']' | b'}' | b':' => open = open.saturating_sub(1),
                _ => {}
            }
            if open > LIMIT_BRACKETS {
                return Err(format!("more than {LIMIT_BRACKETS} brackets are open at once"));
            }
        }
        let program = Program::compile(text).map_err(|errors| {
            let told = errors
                .errors
                .first()
                .map(|error| format!("line {}, column {}: {}", error.pos.0, error.pos.1, error.msg));
            told.unwrap_or_else(|| "cannot be parsed".to_owned())
        })?;
        let mut names = Names::default();
        names.walk(program.expression(), 0, 0)?;
        let Names { new, old, .. } = names;
        Ok(Expression { program, new, old })
    }

    /// Whether it is true of `row`.
    ///
    /// # Errors
    /// Why it is neither true nor false.
    pub(super) fn is_true(&self, row: &Row<'_>, context: &Context<'_, '_>) -> Result<bool, String> {
        let mut scope = context.new_inner_scope();
        scope.set_variable_resolver(row);
        match self.program.execute(&scope) {
            Ok(Value::Bool(holds)) => Ok(holds),
            Ok(other) => Err(format!("gives {}, which is not true or false", other.type_of())),
            Err(error) => Err(error.to_string()),
        }
    }
}

/// The names that an expression uses.
#[derive(Default)]
struct Names {
    new: BTreeSet<String>,
    old: BTreeSet<String>,
    /// What loops call their elements, as far as the walk is inside them.
    bound: Vec<String>,
}

impl Names {
    fn walk(&mut self, at: &IdedExpr, depth: usize, loops: usize) -> Result<(), String> {
        if depth > LIMIT_DEPTH {
            return Err(format!("more than {LIMIT_DEPTH} levels deep"));
        }
        let depth = depth + 1;
        match &at.expr {
            Expr::Unspecified | Expr::Literal(_) => Ok(()),
            Expr::Ident(name) => match name.as_str() {
                "key" => Ok(()),
                "new" | "old" => {
                    Err(format!("{name} stands alone; ask for a field, as in {name}.changed_on"))
                }
                _ if self.bound.contains(name) => Ok(()),
                _ => Err(format!("nothing is called {name}; there are new, old and key")),
            },
            Expr::Select(select) => match &select.operand.expr {
                Expr::Ident(name) if name == "new" || name == "old" => {
                    if select.test {
                        return Err(format!(
                            "has({name}.{}) says nothing: every column is there, and may be blank",
                            select.field
                        ));
                    }
                    let fields = if name == "new" { &mut self.new } else { &mut self.old };
                    fields.insert(select.field.clone());
                    Ok(())
                }
                _ => Err(format!("{} is asked of something that has no fields", select.field)),
            },
            Expr::Call(call) => self.call(call, depth, loops),
            Expr::List(list) => list.elements.iter().try_for_each(|element| self.walk(element, depth, loops)),
            Expr::Map(map) => map.entries.iter().try_for_each(|entry| match &entry.expr {
                EntryExpr::MapEntry(entry) => {
                    self.walk(&entry.key, depth, loops)?;
                    self.walk(&entry.value, depth, loops)
                }
                EntryExpr::StructField(field) => self.walk(&field.value, depth, loops),
            }),
            Expr::Struct(made) => Err(format!("there is no type {}", made.type_name)),
            Expr::Comprehension(inner) => {
                if loops >= LIMIT_LOOPS {
                    return Err("a loop inside a loop".to_owned());
                }
                self.walk(&inner.iter_range, depth, loops)?;
                let before = self.bound.len();
                self.bound.extend([inner.iter_var.clone(), inner.accu_var.clone()]);
                self.bound.extend(inner.iter_var2.clone());
                let parts = [&inner.accu_init, &inner.loop_cond, &inner.loop_step, &inner.result];
                let walked = parts.into_iter().try_for_each(|part| self.walk(part, depth, loops + 1));
                self.bound.truncate(before);
                walked
            }
        }
    }

    fn call(&mut self, call: &CallExpr, depth: usize, loops: usize) -> Result<(), String> {
        let name = call.func_name.as_str();
        let is_operator = name.starts_with(['_', '!', '-', '@']);
        if !is_operator && !FUNCTIONS.contains(&name) {
            return Err(format!("there is no function {name}; there are {}", FUNCTIONS.join(", ")));
        }
        if COMPARED.contains(&name) && is_old_with_null(&call.args) {
            return Ok(());
        }
        call.target.iter().try_for_each(|target| self.walk(target, depth, loops))?;
        call.args.iter().try_for_each(|argument| self.walk(argument, depth, loops))
    }
}

/// Whether these are the two sides of `old == null` or `null != old`.
fn is_old_with_null(sides: &[IdedExpr]) -> bool {
    let is_old = |side: &IdedExpr| matches!(&side.expr, Expr::Ident(name) if name == "old");
    let is_null = |side: &IdedExpr| matches!(side.expr, Expr::Literal(LiteralValue::Null));
    matches!(sides, [one, other] if is_old(one) && is_null(other) || is_null(one) && is_old(other))
}
