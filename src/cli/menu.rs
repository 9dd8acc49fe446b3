//! What the menu of an account leads to, as text for people.

use std::fmt::{self, Write as _};

use super::table::harmless;
use super::wording::{Lang, Phrase, local};
use crate::assess::menu::{Fault, Leads, LinkLook, MenuFault, MenuRecord, Width};

/// The menu as it was last checked, link by link.
pub(super) fn menu_text(menu: &MenuRecord, faults: &[MenuFault], lang: Lang) -> Result<String, fmt::Error> {
    let checked_at = local(menu.seen_at);
    if let Some(refusal) = &menu.unknown {
        let unread = lang.say(Phrase::MenuUnread, &[&checked_at, &harmless(&refusal.chinese())]);
        return Ok(lang.line(Phrase::Menu, &unread));
    }
    let counts = lang.say(Phrase::MenuChecked, &[&checked_at, &menu.links.len(), &faults.len()]);
    let mut text = lang.line(Phrase::Menu, &counts);
    let head = [
        Phrase::Menu,
        Phrase::LeadsTo,
        Phrase::PageTitle,
        Phrase::NewestItem,
        Phrase::OnPhone,
        Phrase::Remark,
    ];
    let mut links = lang.table(head);
    for link in &menu.links {
        let look = &link.look;
        let on_record = faults.iter().find(|fault| fault.url == look.url);
        links.add_row([
            harmless(&look.path),
            leads_in_words(&look.leads, lang),
            harmless(look.title.as_deref().unwrap_or("—")),
            look.newest.map_or_else(|| "—".to_owned(), |day| day.to_string()),
            width_in_words(&look.width, lang),
            remark(look, link.fault, on_record, lang),
        ]);
    }
    write!(text, "{links}")?;
    Ok(text)
}

fn leads_in_words(leads: &Leads, lang: Lang) -> String {
    match leads {
        Leads::Page => lang.word(Phrase::Page).to_owned(),
        Leads::Nothing { status } => lang.say(Phrase::LeadsNowhere, &[status]),
        Leads::Home { url } => lang.say(Phrase::LeadsHome, &[&harmless(url)]),
        Leads::Unknown { why } => lang.say(Phrase::LeadsUnknown, &[&harmless(why)]),
    }
}

fn width_in_words(width: &Width, lang: Lang) -> String {
    match width {
        Width::Fits => lang.word(Phrase::Fits).to_owned(),
        Width::Overflows { page } => lang.say(Phrase::Overflows, &[page]),
        Width::NotForPhones { laid_out } => lang.say(Phrase::NotForPhones, &[laid_out]),
        Width::Unmeasured { .. } => lang.word(Phrase::Unmeasured).to_owned(),
    }
}

fn remark(look: &LinkLook, fault: Option<Fault>, on_record: Option<&MenuFault>, lang: Lang) -> String {
    let fault = match (on_record, fault) {
        (Some(fault), _) => {
            Some(lang.say(Phrase::MenuFault, &[&lang.fault(fault.kind), &local(fault.since)]))
        }
        (None, Some(fault)) => {
            Some(lang.say(Phrase::MenuFaultOnce, &[&lang.fault(fault.kind), &local(fault.since)]))
        }
        (None, None) => None,
    };
    let title = look.is_called_otherwise().then(|| lang.word(Phrase::CalledOtherwise).to_owned());
    fault.into_iter().chain(title).collect::<Vec<_>>().join(lang.word(Phrase::And))
}
