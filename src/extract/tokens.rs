//! Walks the tags of a page as its text stands, without building anything.
//!
//! Passes over comments and over elements whose content is text (scripts, styles), as a parser does. Where following
//! what a parser would do takes a parser, the walk is [`Lost`].

use memchr::{memchr, memmem};

/// A tag of a page, at its place in the text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tag<'t> {
    /// Where its `<` stands.
    pub(super) from: usize,
    /// Where the text after its `>` begins.
    pub(super) to: usize,
    /// Its name.
    pub(super) name: &'t str,
    /// Its `id`, as written.
    pub(super) id: Option<&'t str>,
    /// Its `class`, as written.
    pub(super) class: Option<&'t str>,
    attributes: &'t str,
}

/// What the walk meets.
#[derive(Debug, Clone, Copy)]
pub(super) enum Token<'t> {
    /// `<!DOCTYPE …>` as written, and where.
    Doctype {
        from: usize,
        text: &'t str,
    },
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

/// Whether an element's content is text up to its own end tag.
fn holds_text(name: &str) -> bool {
    matches!(
        name.as_bytes(),
        b"script" | b"style" | b"textarea" | b"title" | b"iframe" | b"noframes" | b"noscript"
    )
}

impl<'t> Tokens<'t> {
    pub(super) fn of(text: &'t str) -> Self {
        Self::after(text, 0)
    }

    /// The walk through what follows a tag that ends at `at`.
    pub(super) fn after(text: &'t str, at: usize) -> Self {
        Self { text, at }
    }

    /// Passes over what `token` begins and returns it.
    #[inline(always)]
    fn pass(&mut self, token: Token<'t>, to: Option<usize>) -> Result<Token<'t>, Lost> {
        self.at = to.ok_or(Lost)?;
        Ok(token)
    }

    #[inline(always)]
    fn start(&mut self, from: usize) -> Result<Token<'t>, Lost> {
        let tag = Tag::at(self.text, from, from + 1).ok_or(Lost)?;
        let to = if holds_text(tag.name) { end_of_text(self.text, &tag) } else { Some(tag.to) };
        self.pass(Token::Start(tag), to)
    }

    #[inline(always)]
    fn end(&mut self, from: usize) -> Result<Token<'t>, Lost> {
        let tag = Tag::at(self.text, from, from + 2).ok_or(Lost)?;
        self.pass(Token::End(tag), Some(tag.to))
    }
}

impl<'t> Iterator for Tokens<'t> {
    type Item = Result<Token<'t>, Lost>;

    // Tags are large; so they are built where they are looked at.
    #[inline(always)]
    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let ahead = &self.text.as_bytes()[self.at..];
            // Most tags follow on another.
            let from = if ahead.first() == Some(&b'<') { self.at } else { self.at + memchr(b'<', ahead)? };
            let past = match &self.text.as_bytes()[from + 1..] {
                [b'!', b'-', b'-', ..] => end_of_comment(self.text, from),
                [b'/', letter, ..] if letter.is_ascii_alphabetic() => return Some(self.end(from)),
                [letter, ..] if letter.is_ascii_alphabetic() => return Some(self.start(from)),
                [b'!' | b'?' | b'/', ..] => {
                    let past = self.text[from..].find('>').map(|length| from + length + 1);
                    let declaration = &self.text[from..past.unwrap_or(from)];
                    if is_doctype(declaration) {
                        return Some(self.pass(Token::Doctype { from, text: declaration }, past));
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
    /// The tag whose `<` stands at `from` and whose name begins at `name_from`. Nothing where a quote never closes; nor for
    /// names in capitals: they are rare, and not worth a copy of every name.
    #[inline(always)]
    fn at(text: &'t str, from: usize, name_from: usize) -> Option<Self> {
        let bytes = text.as_bytes();
        let ends_name = |byte: u8| is_blank(byte) || matches!(byte, b'/' | b'>' | b'A'..=b'Z' | b'\0');
        let name_to = next(bytes, name_from, ends_name)?;
        if matches!(bytes[name_to], b'A'..=b'Z' | b'\0') {
            return None;
        }
        let (mut id, mut class) = (None, None);
        let mut at = name_to;
        loop {
            at = next(bytes, at, |byte| !is_blank(byte) && byte != b'/')?;
            if bytes[at] == b'>' {
                break;
            }
            let attribute = Attribute::at(text, at)?;
            // One that comes twice counts as it came first.
            if id.is_none() && attribute.name.eq_ignore_ascii_case("id") {
                id = Some(attribute.value);
            } else if class.is_none() && attribute.name.eq_ignore_ascii_case("class") {
                class = Some(attribute.value);
            }
            at = attribute.to;
        }
        let to = at + 1;
        Some(Self { from, to, name: &text[name_from..name_to], id, class, attributes: &text[name_to..to] })
    }

    /// Names and values of all attributes, as written.
    pub(super) fn attributes(&self) -> impl Iterator<Item = (&'t str, &'t str)> {
        let (attributes, mut at) = (self.attributes, 0);
        std::iter::from_fn(move || {
            at = next(attributes.as_bytes(), at, |byte| !is_blank(byte) && !matches!(byte, b'/' | b'>'))?;
            let attribute = Attribute::at(attributes, at)?;
            at = attribute.to;
            Some((attribute.name, attribute.value))
        })
    }
}

/// An attribute of a tag.
struct Attribute<'t> {
    name: &'t str,
    value: &'t str,
    to: usize,
}

impl<'t> Attribute<'t> {
    /// The attribute whose name begins at `from`; nothing where a quote never closes. Only bytes of ASCII are looked for, so
    /// whatever lies between two of them is whole letters.
    #[inline(always)]
    fn at(text: &'t str, from: usize) -> Option<Self> {
        let bytes = text.as_bytes();
        // A name may begin with `=`, but not hold one.
        let name_to = next(bytes, from + 1, |byte| is_blank(byte) || matches!(byte, b'/' | b'>' | b'='))?;
        let name = &text[from..name_to];
        let behind = next(bytes, name_to, |byte| !is_blank(byte));
        let Some(equals) = behind.filter(|at| bytes[*at] == b'=') else {
            return Some(Self { name, value: "", to: name_to });
        };
        let written = next(bytes, equals + 1, |byte| !is_blank(byte))?;
        let quote = Some(bytes[written]).filter(|byte| matches!(byte, b'"' | b'\''));
        let (value_from, value_to) = match quote {
            Some(quote) => (written + 1, written + 1 + position(quote, &bytes[written + 1..])?),
            None => (written, next(bytes, written, |byte| is_blank(byte) || byte == b'>')?),
        };
        Some(Self { name, value: &text[value_from..value_to], to: value_to + usize::from(quote.is_some()) })
    }
}

/// Where the next such byte stands, from `from` on.
fn next(bytes: &[u8], from: usize, is_wanted: impl Fn(u8) -> bool) -> Option<usize> {
    bytes[from..].iter().position(|byte| is_wanted(*byte)).map(|length| from + length)
}

/// Where a quote stands. Most values are too short for `memchr` to be worth its call.
fn position(quote: u8, bytes: &[u8]) -> Option<usize> {
    const SHORT: usize = 8;
    let (short, rest) = bytes.split_at(bytes.len().min(SHORT));
    let is_quote = |byte: &u8| *byte == quote;
    short.iter().position(is_quote).or_else(|| memchr(quote, rest).map(|at| at + short.len()))
}

fn is_blank(letter: u8) -> bool {
    matches!(letter, b' ' | b'\t' | b'\n' | b'\r' | b'\x0c')
}

fn is_doctype(declaration: &str) -> bool {
    declaration.get(2..9).is_some_and(|word| word.eq_ignore_ascii_case("doctype"))
}

/// Where the comment at `from` ends. Nothing for the odd ways in which a comment can end.
fn end_of_comment(text: &str, from: usize) -> Option<usize> {
    let inside = &text[from + 4..];
    let length = memmem::find(inside.as_bytes(), b"-->")?;
    let ends_oddly = inside.starts_with('>') || inside.starts_with("->") || inside[..length].contains("--!>");
    (!ends_oddly).then_some(from + 4 + length + 3)
}

/// Where the text in an element ends, which is where its end tag begins.
fn end_of_text(text: &str, tag: &Tag) -> Option<usize> {
    let mut at = tag.to;
    loop {
        at += memmem::find(&text.as_bytes()[at..], b"</")?;
        let name = text.as_bytes().get(at + 2..at + 2 + tag.name.len());
        let behind = text.as_bytes()[at + 2..].get(tag.name.len()).copied();
        if name.is_some_and(|name| name.eq_ignore_ascii_case(tag.name.as_bytes()))
            && behind.is_some_and(|behind| is_blank(behind) || matches!(behind, b'/' | b'>'))
        {
            break;
        }
        at += 2;
    }
    // Behind `<!--` a script may hold scripts, and its first end tag need not be its own.
    let may_hold_scripts = tag.name == "script" && text[tag.to..at].contains("<!--");
    (!may_hold_scripts).then_some(at)
}
