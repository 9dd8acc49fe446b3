//! Finds dates written in figures.

use super::resolve::{OffsetTime, Written};

/// One date in a text, with the byte range it takes up.
#[derive(Debug, Clone, Copy)]
pub(super) struct Candidate {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) written: Written,
}

/// All dates in a text, and whether there are figures that belong to none.
#[derive(Debug, Default)]
pub(super) struct Scanned {
    pub(super) candidates: Vec<Candidate>,
    pub(super) stray_figures: bool,
}

/// Scans text that [`super::plain::plain`] has prepared.
pub(super) fn scan(text: &str) -> Scanned {
    let mut scanned = Scanned::default();
    let mut cursor = Cursor { text, at: 0 };
    while let Some(c) = cursor.peek() {
        if !c.is_ascii_digit() {
            cursor.at += c.len_utf8();
            continue;
        }
        let start = cursor.at;
        if let Some(written) = cursor.date() {
            scanned.candidates.push(Candidate { start, end: cursor.at, written });
        } else {
            scanned.stray_figures = true;
            cursor.run();
        }
    }
    scanned
}

/// `2026-07-31` and nothing else, which is how most lists write their days.
pub(super) fn plain_day(text: &str) -> Option<Written> {
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = text.as_bytes() else { return None };
    let number = |figures: &[u8]| {
        figures.iter().try_fold(0_u32, |number, figure| {
            figure.is_ascii_digit().then(|| number * 10 + u32::from(figure - b'0'))
        })
    };
    let year = i32::try_from(number(&[*y1, *y2, *y3, *y4])?).ok()?;
    Some(Written::Full { year, month: number(&[*m1, *m2])?, day: number(&[*d1, *d2])?, time: None })
}

/// Seconds (10 figures) or milliseconds (13) since 1970.
pub(super) fn epoch(core: &str) -> Option<Written> {
    if !core.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let number: i64 = core.parse().ok()?;
    match core.len() {
        10 => Some(Written::Epoch(number)),
        13 => Some(Written::Epoch(number / 1000)),
        _ => None,
    }
}

/// A date whose parts are printed apart: a day beside its year and month, in either order (`15 2025-03`, `2025年03月
/// 15`), a year beside its month and day (`03-15 2025`), or all three from the year down (`2025 03 15`).
pub(super) fn in_parts(core: &str) -> Option<Written> {
    let parts: Vec<&str> = core.split(' ').collect();
    let (year, month, day) = match parts[..] {
        [year, month, day] if year.len() == 4 => (year, month, day),
        [left, right] => {
            let is_single = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
            let (single, pair) = if is_single(left) { (left, right) } else { (right, left) };
            match pair.split_once(['-', '/', '.', '年'])? {
                (year, month) if year.len() == 4 => (year, month, single),
                (month, day) => (single, month, day),
            }
        }
        _ => return None,
    };
    let month = month.trim_end_matches('月');
    let day = day.trim_end_matches(['日', '号']);
    let is_day = (1..=2).contains(&month.len()) && (1..=2).contains(&day.len()) && year.len() == 4;
    if !is_day {
        return None;
    }
    Some(Written::Full {
        year: small(year)?.try_into().ok()?,
        month: small(month)?,
        day: small(day)?,
        time: None,
    })
}

fn small(figures: &str) -> Option<u32> {
    let plausible = (1..=4).contains(&figures.len()) && figures.bytes().all(|b| b.is_ascii_digit());
    plausible.then(|| figures.parse().ok()).flatten()
}

/// A place in a text. Copying it is how the scanner looks ahead.
#[derive(Clone, Copy)]
pub(super) struct Cursor<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Cursor<'a> {
    fn rest(self) -> &'a str {
        &self.text[self.at..]
    }

    fn peek(self) -> Option<char> {
        self.rest().chars().next()
    }

    fn eat(&mut self, c: char) -> Option<()> {
        (self.peek()? == c).then(|| self.at += c.len_utf8())
    }

    fn eat_any(&mut self, set: &[char]) -> Option<char> {
        let c = self.peek().filter(|c| set.contains(c))?;
        self.at += c.len_utf8();
        Some(c)
    }

    /// The whole run of figures here.
    fn run(&mut self) -> &'a str {
        let rest = self.rest();
        let length = rest.bytes().take_while(u8::is_ascii_digit).count();
        self.at += length;
        &rest[..length]
    }

    /// A whole run of `fewest` to `most` figures.
    fn number(&mut self, fewest: usize, most: usize) -> Option<u32> {
        let figures = self.run();
        if !(fewest..=most).contains(&figures.len()) {
            return None;
        }
        figures.parse().ok()
    }

    /// Takes what `read` reads, or stays where it is.
    fn attempt<T>(&mut self, read: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        let mut ahead = *self;
        let value = read(&mut ahead)?;
        *self = ahead;
        Some(value)
    }

    fn date(&mut self) -> Option<Written> {
        if !self.may_start() {
            return None;
        }
        self.attempt(|ahead| {
            let written = ahead
                .attempt(Self::full)
                .or_else(|| ahead.attempt(Self::compact))
                .or_else(|| ahead.attempt(Self::month_day))?;
            ahead.may_end().then_some(written)
        })
    }

    /// A date does not start in the middle of a number, a word or a chain of numbers.
    fn may_start(self) -> bool {
        let mut before = self.text[..self.at].chars().rev();
        match before.next() {
            Some('-' | '/' | '.' | ':') => !before.next().is_some_and(|c| c.is_ascii_alphanumeric()),
            Some(c) => !c.is_ascii_alphanumeric(),
            None => true,
        }
    }

    fn may_end(self) -> bool {
        let mut after = self.rest().chars();
        match after.next() {
            Some('-' | '/' | '.' | ':') => !after.next().is_some_and(|c| c.is_ascii_alphanumeric()),
            Some(c) => !c.is_ascii_alphanumeric(),
            None => true,
        }
    }

    /// `2026-07-31`, `2026/7/31`, `2026.07.31`, `2026年7月31日`, each with an optional time.
    fn full(&mut self) -> Option<Written> {
        let year = self.number(4, 4)?;
        self.eat(' ');
        let (month, day) = if self.eat('年').is_some() {
            self.eat(' ');
            self.month_and_day()?
        } else {
            let between = self.eat_any(&['-', '/', '.'])?;
            let month = self.number(1, 2)?;
            self.eat(between)?;
            (month, self.number(1, 2)?)
        };
        let time = self.attempt(Self::time).flatten();
        Some(Written::Full { year: year.try_into().ok()?, month, day, time })
    }

    /// `20260731`.
    fn compact(&mut self) -> Option<Written> {
        let number = self.number(8, 8)?;
        let time = self.attempt(Self::time).flatten();
        let year = i32::try_from(number / 10_000).ok()?;
        Some(Written::Full { year, month: number / 100 % 100, day: number % 100, time })
    }

    /// `07-31`, `07/31`, `7月31日`. Unpadded figures around a slash are a fraction or a page number, not a date.
    fn month_day(&mut self) -> Option<Written> {
        let (month, day) = self
            .attempt(Self::month_and_day)
            .or_else(|| {
                self.attempt(|ahead| {
                    let month = ahead.number(1, 2)?;
                    ahead.eat('-')?;
                    Some((month, ahead.number(1, 2)?))
                })
            })
            .or_else(|| {
                self.attempt(|ahead| {
                    let month = ahead.number(2, 2)?;
                    ahead.eat('/')?;
                    Some((month, ahead.number(2, 2)?))
                })
            })?;
        self.attempt(Self::time);
        Some(Written::MonthDay { month, day })
    }

    /// `7月31日`.
    fn month_and_day(&mut self) -> Option<(u32, u32)> {
        let month = self.number(1, 2)?;
        self.eat(' ');
        self.eat('月')?;
        self.eat(' ');
        let day = self.number(1, 2)?;
        self.attempt(|ahead| {
            ahead.eat(' ');
            ahead.eat_any(&['日', '号'])
        });
        Some((month, day))
    }

    /// A time of day, which must be possible. Its value is only kept where an offset follows: without one the day is
    /// what was written, and templates that print 12-hour clocks cannot harm it.
    fn time(&mut self) -> Option<Option<OffsetTime>> {
        let led_by = self.eat_any(&[' ', 'T', '-']);
        let hour = self.number(1, 2)?;
        let (minute, second) = match self.eat_any(&[':', '时'])? {
            ':' => self.after_colon()?,
            _ => self.after_hour_sign()?,
        };
        if hour > 24 || minute > 59 || second > 60 {
            return None;
        }
        let east = self.attempt(|ahead| ahead.offset(led_by));
        Some(east.map(|east| OffsetTime { hour, minute, second, east }))
    }

    fn after_colon(&mut self) -> Option<(u32, u32)> {
        let minute = self.number(1, 2)?;
        if self.eat(':').is_none() {
            return Some((minute, 0));
        }
        let second = self.number(1, 2)?;
        self.attempt(|ahead| {
            ahead.eat_any(&['.', ','])?;
            ahead.number(1, 9)
        });
        Some((minute, second))
    }

    fn after_hour_sign(&mut self) -> Option<(u32, u32)> {
        let minute = self.number(1, 2)?;
        self.eat('分')?;
        let second = self.attempt(|ahead| {
            let second = ahead.number(1, 2)?;
            ahead.eat('秒')?;
            Some(second)
        });
        Some((minute, second.unwrap_or(0)))
    }

    /// `Z`, `+08:00`, `+0800`, `+08`, `GMT`. West of Greenwich only in ISO 8601 proper, since elsewhere a minus after
    /// a time is the dash of `9:00-11:00`.
    fn offset(&mut self, led_by: Option<char>) -> Option<i64> {
        self.eat(' ');
        for name in ["Z", "GMT", "UTC"] {
            if self.rest().starts_with(name) {
                self.at += name.len();
                return Some(0);
            }
        }
        let sign = match self.eat_any(&['+', '-'])? {
            '+' => 1,
            _ if led_by == Some('T') => -1,
            _ => return None,
        };
        Some(sign * offset_seconds(self)?)
    }
}

fn offset_seconds(cursor: &mut Cursor) -> Option<i64> {
    let figures = cursor.run();
    let (hours, minutes) = match figures.len() {
        4 => (figures[..2].parse::<i64>().ok()?, figures[2..].parse::<i64>().ok()?),
        2 if cursor.eat(':').is_some() => (figures.parse().ok()?, i64::from(cursor.number(2, 2)?)),
        2 => (figures.parse().ok()?, 0),
        _ => return None,
    };
    (hours <= 14 && minutes <= 59).then_some(hours * 3600 + minutes * 60)
}

/// `+0800` or `-05:00`, whole.
pub(super) fn numeric_offset(text: &str) -> Option<i64> {
    let (sign, figures) = match text.as_bytes().first()? {
        b'+' => (1, &text[1..]),
        b'-' => (-1, &text[1..]),
        _ => return None,
    };
    let mut cursor = Cursor { text: figures, at: 0 };
    let seconds = offset_seconds(&mut cursor)?;
    cursor.rest().is_empty().then_some(sign * seconds)
}

/// `18:39` or `18:39:37`, whole.
pub(super) fn clock(text: &str) -> Option<(u32, u32, u32)> {
    let mut cursor = Cursor { text, at: 0 };
    let hour = cursor.number(1, 2)?;
    cursor.eat(':')?;
    let (minute, second) = cursor.after_colon()?;
    (cursor.rest().is_empty() && hour <= 24 && minute <= 59 && second <= 60).then_some((hour, minute, second))
}
