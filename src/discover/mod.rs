//! Walks a unit's part of a site and drafts its unit file.
//!
//! [`Walker`] is the shell: one request at a time, at a polite pace. What it decides by is pure: [`address`] says
//! which addresses are the same place, an article or a file; [`Frontier`](frontier::Frontier) which links to follow;
//! [`page`] what a page is; [`Survey`] keeps what was found; [`naming`] what columns are called; [`draft()`] what to write, and where it is unsure.
//!
//! A draft is for a person to read: every doubt is a comment beside what it is about, and a page that looks like a column
//! but could not be read is written as a comment, so that it is not forgotten.

mod address;
mod draft;
mod frontier;
mod naming;
mod page;
mod survey;
mod walk;

pub(crate) use draft::draft;
pub(crate) use frontier::Limits;
pub(crate) use page::Reader;
pub(crate) use survey::Survey;
pub(crate) use walk::{Progress, Rhythm, Walker};
