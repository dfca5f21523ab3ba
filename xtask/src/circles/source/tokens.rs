//! Paths among the tokens of a macro, which nobody parses before the macro is expanded.

use proc_macro2::{Span, TokenStream, TokenTree};

/// Segments, and where the first of them stands.
type Found = (Vec<String>, Span);

fn is(token: Option<&TokenTree>, sign: char) -> bool {
    matches!(token, Some(TokenTree::Punct(it)) if it.as_char() == sign)
}

/// The segment that continues a path after `at`: `::name`.
fn continuation(tokens: &[TokenTree], at: usize) -> Option<String> {
    let is_joined = is(tokens.get(at), ':') && is(tokens.get(at + 1), ':');
    match tokens.get(at + 2) {
        Some(TokenTree::Ident(name)) if is_joined => Some(name.to_string()),
        _ => None,
    }
}

/// Whether a name may begin a path here: not a field or method, not a macro's variable, not the tail of another path.
fn begins(tokens: &[TokenTree], at: usize) -> bool {
    let before = at.checked_sub(1).and_then(|it| tokens.get(it));
    match before {
        Some(TokenTree::Punct(sign)) => match sign.as_char() {
            '\'' => false,
            // `a..b` is a range, `a.b` a field.
            '.' => at >= 2 && is(tokens.get(at - 2), '.'),
            '$' => matches!(&tokens[at], TokenTree::Ident(name) if name == "crate"),
            // `x: Type` may begin one, `<A>::Type` and `$module::Type` may not.
            ':' => !(at >= 2 && is(tokens.get(at - 2), ':')),
            _ => true,
        },
        _ => true,
    }
}

/// All paths, in all groups.
pub(super) fn paths(stream: TokenStream) -> Vec<Found> {
    let tokens: Vec<TokenTree> = stream.into_iter().collect();
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        match token {
            TokenTree::Group(group) => found.extend(paths(group.stream())),
            TokenTree::Ident(name) if begins(&tokens, at) => {
                let mut segments = vec![name.to_string()];
                while let Some(next) = continuation(&tokens, at + 1) {
                    segments.push(next);
                    at += 3;
                }
                found.push((segments, name.span()));
            }
            _ => {}
        }
        at += 1;
    }
    found
}

/// Paths of two segments or more that stand between quotes.
pub(super) fn quoted_paths(stream: TokenStream) -> Vec<Found> {
    let mut found = Vec::new();
    for token in stream {
        match token {
            TokenTree::Group(group) => found.extend(quoted_paths(group.stream())),
            TokenTree::Literal(literal) => {
                let text = literal.to_string();
                let segments: Vec<String> =
                    text.trim_matches('"').split("::").map(str::to_owned).collect();
                let is_name = |it: &String| {
                    !it.is_empty() && it.chars().all(|c| c.is_alphanumeric() || c == '_')
                };
                if segments.len() > 1 && segments.iter().all(is_name) {
                    found.push((segments, literal.span()));
                }
            }
            _ => {}
        }
    }
    found
}
