//! Markup for people's browsers: whatever is put into it is shown, and never becomes markup itself.
//!
//! [`html!`](crate::html!) is the only way to make some: its template is written in the source, and all that
//! is put in is escaped, unless it is [`Html`] already.

use std::fmt::{self, Write as _};

use crate::text::is_deceiving;

/// Markup that was made here.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Html(String);

/// What can be put into markup.
pub trait Part {
    /// Puts it there.
    ///
    /// # Errors
    /// Those of `out`.
    fn put(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result;
}

impl Html {
    /// For [`html!`](crate::html!) alone, whose templates are part of the source.
    #[doc(hidden)]
    pub fn of_template(filled: fmt::Arguments<'_>) -> Html {
        Html(filled.to_string())
    }

    /// As it is sent.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// As it is sent.
    pub fn into_string(self) -> String {
        self.0
    }

    /// Whether there is nothing to show.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromIterator<Html> for Html {
    fn from_iter<T: IntoIterator<Item = Html>>(parts: T) -> Html {
        Html(parts.into_iter().map(|part| part.0).collect())
    }
}

impl Part for Html {
    fn put(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl Part for str {
    /// As text of an element or of an attribute in quotes. What does not show as what it is stands there by
    /// its number: nobody reads a reason backwards.
    fn put(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.chars().try_for_each(|char| match char {
            '&' => out.write_str("&amp;"),
            '<' => out.write_str("&lt;"),
            '>' => out.write_str("&gt;"),
            '"' => out.write_str("&quot;"),
            '\'' => out.write_str("&#39;"),
            '\n' => out.write_char('\n'),
            char if is_deceiving(char) => write!(out, "[U+{:04X}]", u32::from(char)),
            char => out.write_char(char),
        })
    }
}

impl Part for String {
    fn put(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_str().put(out)
    }
}

impl<T: Part + ?Sized> Part for &T {
    fn put(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).put(out)
    }
}

impl<T: Part> Part for Option<T> {
    fn put(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.iter().try_for_each(|part| part.put(out))
    }
}

impl<T: Part> Part for Vec<T> {
    fn put(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.iter().try_for_each(|part| part.put(out))
    }
}

macro_rules! numbers {
    ($($number:ty)*) => {$(
        impl Part for $number {
            fn put(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(out, "{self}")
            }
        }
    )*};
}

numbers!(u8 u16 u32 u64 usize i64 f64);

/// A part as it stands in a template.
#[doc(hidden)]
#[derive(Debug)]
pub struct Put<'a, T: ?Sized>(pub &'a T);

impl<T: Part + ?Sized> fmt::Display for Put<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.put(f)
    }
}

/// `html!("<p>{}</p>", text)`: markup with these parts in it.
///
/// Nothing gets past the escaping: a name in the template does not compile.
///
/// ```compile_fail
/// let name = "<script>";
/// warifu_values::html!("<p>{name}</p>");
/// ```
#[macro_export]
macro_rules! html {
    ($template:literal $(, $part:expr)* $(,)?) => {
        // `concat!`: a template that a macro made takes no names from around it.
        $crate::html::Html::of_template(::std::format_args!(
            ::std::concat!($template) $(, $crate::html::Put(&$part))*
        ))
    };
}

#[cfg(test)]
mod tests {
    #[test]
    fn whatever_is_put_in_is_shown_as_it_is() {
        let hostile = "</p><script>alert('1')</script>\"&\u{202e}\u{0}";
        let shown = html!("<p title=\"{}\">{}</p>", hostile, hostile);
        let escaped = "&lt;/p&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&quot;&amp;[U+202E][U+0000]";
        assert_eq!(shown.as_str(), format!("<p title=\"{escaped}\">{escaped}</p>"));
        let parts = vec![html!("<b>{}</b>", 1u64), html!("<i>{}</i>", Some("<"))];
        assert_eq!(html!("{}{}", parts, None::<&str>).as_str(), "<b>1</b><i>&lt;</i>");
    }
}
