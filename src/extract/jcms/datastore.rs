//! Scans the datastores in which JCMS keeps rows: nearly XML, with HTML in CDATA sections and template litter between
//! them, which no XML parser takes.

/// One datastore.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Datastore {
    /// The HTML of each record.
    pub(super) records: Vec<String>,
    /// How many records the server knows of, if it says so.
    pub(super) total: Option<u64>,
    /// Whether there is a record set in which nothing leads anywhere.
    pub(super) has_empty_set: bool,
    /// Whether its end is there.
    pub(super) is_whole: bool,
}

/// The datastores in a text.
pub(super) fn datastores(text: &str) -> Vec<Datastore> {
    let mut rest = text;
    let mut found = Vec::new();
    while let Some((_, after)) = rest.split_once("<datastore>") {
        let (body, next, is_whole) = match after.split_once("</datastore>") {
            Some((body, next)) => (body, next, true),
            None => (after, "", false),
        };
        found.push(Datastore {
            records: records(body),
            total: element(body, "totalrecord").and_then(|count| unwrapped(count).trim().parse().ok()),
            has_empty_set: element(body, "recordset").is_some_and(|set| !set.contains("href")),
            is_whole,
        });
        rest = next;
    }
    found
}

/// The content of each `record`.
fn records(body: &str) -> Vec<String> {
    let mut rest = body;
    let mut records = Vec::new();
    while let Some((_, after)) = rest.split_once("<record>") {
        let Some((content, next)) = after.split_once("</record>") else { break };
        records.push(unwrapped(content));
        rest = next;
    }
    records
}

/// What stands between the first start tag of a name and the end tag after it.
fn element<'b>(body: &'b str, name: &str) -> Option<&'b str> {
    let (_, after) = body.split_once(&format!("<{name}>"))?;
    after.split_once(&format!("</{name}>")).map(|(content, _)| content)
}

/// The text in CDATA sections, or the text with its entities replaced where there is none.
fn unwrapped(content: &str) -> String {
    let sections: String = content
        .split("<![CDATA[")
        .skip(1)
        .filter_map(|section| section.split_once("]]>").map(|(text, _)| text))
        .collect();
    if sections.is_empty() { without_entities(content) } else { sections }
}

/// The five entities of XML, and the ampersand last: what it makes must not be read as another entity.
pub(super) fn without_entities(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&apos;", "'")
        .replace("&#39;", "'")
        .replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(text: &str) -> Datastore {
        let mut found = datastores(text);
        assert_eq!(found.len(), 1, "{text}");
        found.remove(0)
    }

    #[test]
    fn records_are_taken_out_of_their_sections_and_litter_is_passed_over() {
        let store = one(
            "<?xml version='1.0'?><datastore><nextgroup><![CDATA[<a href=\"/module/web/jpage/dataproxy.jsp?page=1&amp;\
             columnid=7\"></a>]]></nextgroup><totalrecord> 2 </totalrecord><recordset><table width='95%'></table><record>\
             \n<![CDATA[<li>1</li>]]></record><br><record>&lt;li&gt;a &amp;lt; b&lt;/li&gt;</record></recordset></datastore>",
        );
        assert_eq!(store.records, ["<li>1</li>", "<li>a &lt; b</li>"]);
        assert_eq!(store.total, Some(2));
        assert!(store.is_whole);
    }

    #[test]
    fn a_datastore_that_was_cut_off_is_not_whole() {
        let store = one(
            "<datastore><totalrecord>2</totalrecord><recordset><record><![CDATA[<li>1</li>]]></record><record><!",
        );
        assert!(!store.is_whole);
        assert_eq!(store.records.len(), 1);
    }

    #[test]
    fn a_set_with_rows_outside_records_is_not_empty() {
        assert!(one("<datastore><recordset></recordset></datastore>").has_empty_set);
        assert!(one("<datastore><recordset><ul></ul></recordset></datastore>").has_empty_set);
        assert!(!one("<datastore><recordset><li><a href=1>1</a></recordset></datastore>").has_empty_set);
        assert!(!one("<datastore></datastore>").has_empty_set);
    }

    #[test]
    fn a_total_that_is_no_number_is_none() {
        assert_eq!(one("<datastore><totalrecord>-</totalrecord></datastore>").total, None);
        assert!(datastores("<data>").is_empty());
    }
}
