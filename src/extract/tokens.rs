//! Walks the tags of a page as its text stands, without building anything.
//!
//! Passes over comments and over elements whose content is text (scripts, styles), as a parser does. Where following
//! what a parser would do takes a parser, the walk is [`Lost`].

/// A tag of a page, at its place in the text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tag<'t> {
    /// Where its `<` stands.
    pub(super) from: usize,
    /// Where the text after its `>` begins.
    pub(super) to: usize,
    /// Its name.
    pub(super) name: &'t str,
    attributes: &'t str,
}

/// What the walk meets.
#[derive(Debug, Clone, Copy)]
pub(super) enum Token<'t> {
    /// `<!DOCTYPE …>` as written.
    Doctype(&'t str),
    Start(Tag<'t>),
    End(Tag<'t>),
}

/// The rest of the text cannot be followed.
#[derive(Debug)]
pub(super) struct Lost;

/// The walk.
#[derive(Debug)]
pub(super) struct Tokens<'t> {
    text: &'t str,
    at: usize,
}

/// Elements whose content is text up to their own end tag.
const HOLDS_TEXT: [&str; 7] = ["script", "style", "textarea", "title", "iframe", "noframes", "noscript"];

impl<'t> Tokens<'t> {
    pub(super) fn of(text: &'t str) -> Self {
        Self { text, at: 0 }
    }

    /// Passes over what `token` begins and returns it.
    fn pass(&mut self, token: Token<'t>, to: Option<usize>) -> Result<Token<'t>, Lost> {
        self.at = to.ok_or(Lost)?;
        Ok(token)
    }

    fn start(&mut self, from: usize) -> Result<Token<'t>, Lost> {
        let tag = Tag::at(self.text, from, from + 1).ok_or(Lost)?;
        let to = if HOLDS_TEXT.contains(&tag.name) { end_of_text(self.text, &tag) } else { Some(tag.to) };
        self.pass(Token::Start(tag), to)
    }

    fn end(&mut self, from: usize) -> Result<Token<'t>, Lost> {
        let tag = Tag::at(self.text, from, from + 2).ok_or(Lost)?;
        self.pass(Token::End(tag), Some(tag.to))
    }
}

impl<'t> Iterator for Tokens<'t> {
    type Item = Result<Token<'t>, Lost>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let from = self.at + self.text[self.at..].find('<')?;
            let past = match &self.text.as_bytes()[from + 1..] {
                [b'!', b'-', b'-', ..] => end_of_comment(self.text, from),
                [b'/', letter, ..] if letter.is_ascii_alphabetic() => return Some(self.end(from)),
                [letter, ..] if letter.is_ascii_alphabetic() => return Some(self.start(from)),
                [b'!' | b'?' | b'/', ..] => {
                    let past = self.text[from..].find('>').map(|length| from + length + 1);
                    let declaration = &self.text[from..past.unwrap_or(from)];
                    if is_doctype(declaration) {
                        return Some(self.pass(Token::Doctype(declaration), past));
                    }
                    past
                }
                _ => Some(from + 1),
            };
            match past {
                Some(past) => self.at = past,
                None => return Some(Err(Lost)),
            }
        }
    }
}

impl<'t> Tag<'t> {
    /// The tag whose `<` stands at `from` and whose name begins at `name_from`. Nothing for names in capitals: they are
    /// rare, and not worth a copy of every name.
    fn at(text: &'t str, from: usize, name_from: usize) -> Option<Self> {
        let name_to = name_from + text[name_from..].find(|c: char| is_blank(c) || matches!(c, '/' | '>'))?;
        let name = &text[name_from..name_to];
        let mut at = name_to;
        while let Some(attribute) = Attribute::after(text, at) {
            at = attribute.to;
        }
        let length = text[at..].find('>')?;
        // Anything else would be a value whose quotes never close.
        let is_whole = text[at..at + length].chars().all(|c| is_blank(c) || c == '/');
        let is_lower_case = !name.bytes().any(|byte| byte.is_ascii_uppercase() || byte == 0);
        let to = at + length + 1;
        (is_whole && is_lower_case).then_some(Self { from, to, name, attributes: &text[name_to..to] })
    }

    /// The value of an attribute as written; empty where it has none.
    pub(super) fn attribute(&self, name: &str) -> Option<&'t str> {
        let mut at = 0;
        while let Some(attribute) = Attribute::after(self.attributes, at) {
            if attribute.name.eq_ignore_ascii_case(name) {
                return Some(attribute.value);
            }
            at = attribute.to;
        }
        None
    }
}

/// An attribute of a tag.
struct Attribute<'t> {
    name: &'t str,
    value: &'t str,
    to: usize,
}

impl<'t> Attribute<'t> {
    /// The next attribute behind `at`; nothing where the tag ends, or where a quote never closes.
    fn after(text: &'t str, at: usize) -> Option<Self> {
        let from = at + text[at..].find(|c: char| !is_blank(c) && c != '/')?;
        // A name may begin with `=`, but not hold one.
        let first = text[from..].chars().next().filter(|first| *first != '>')?;
        let name_length = text[from + first.len_utf8()..]
            .find(|c: char| is_blank(c) || matches!(c, '/' | '>' | '='))
            .map(|length| length + first.len_utf8())?;
        let name_to = from + name_length;
        let name = &text[from..name_to];
        let behind = text[name_to..].trim_start_matches(is_blank);
        let Some(behind) = behind.strip_prefix('=') else {
            return Some(Self { name, value: "", to: name_to });
        };
        let written = behind.trim_start_matches(is_blank);
        let value_from = text.len() - written.len();
        let (skipped, length) = match written.chars().next()? {
            quote @ ('"' | '\'') => (1, written[1..].find(quote)?),
            _ => (0, written.find(|c: char| is_blank(c) || c == '>')?),
        };
        let value = &written[skipped..skipped + length];
        Some(Self { name, value, to: value_from + skipped + length + skipped })
    }
}

fn is_blank(letter: char) -> bool {
    matches!(letter, ' ' | '\t' | '\n' | '\r' | '\u{c}')
}

fn is_doctype(declaration: &str) -> bool {
    declaration.get(2..9).is_some_and(|word| word.eq_ignore_ascii_case("doctype"))
}

/// Where the comment at `from` ends. Nothing for the odd ways in which a comment can end.
fn end_of_comment(text: &str, from: usize) -> Option<usize> {
    let inside = &text[from + 4..];
    let length = inside.find("-->")?;
    let ends_oddly = inside.starts_with('>') || inside.starts_with("->") || inside[..length].contains("--!>");
    (!ends_oddly).then_some(from + 4 + length + 3)
}

/// Where the text in an element ends, which is where its end tag begins.
fn end_of_text(text: &str, tag: &Tag) -> Option<usize> {
    let mut at = tag.to;
    loop {
        at += text[at..].find("</")?;
        let name = text.get(at + 2..at + 2 + tag.name.len());
        let behind = text.as_bytes()[at + 2..].get(tag.name.len()).copied().map(char::from);
        if name.is_some_and(|name| name.eq_ignore_ascii_case(tag.name))
            && behind.is_some_and(|behind| is_blank(behind) || matches!(behind, '/' | '>'))
        {
            break;
        }
        at += 2;
    }
    // Behind `<!--` a script may hold scripts, and its first end tag need not be its own.
    let may_hold_scripts = tag.name == "script" && text[tag.to..at].contains("<!--");
    (!may_hold_scripts).then_some(at)
}
