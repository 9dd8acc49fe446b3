//! Finds the request with which a page's script asks `queryList` for the items of a column.

use url::form_urlencoded::Serializer;

use crate::extract::onward;
use crate::extract::page::Page;
use crate::extract::script::only_value;
use crate::extract::sighting::{ExtractError, Extracted};

/// The service that answers with items.
pub(super) const SERVICE: &str = "/queryList";

/// Leads on to the items, if the page's script names one site and one column.
pub(super) fn lead(page: &Page, text: &str) -> Option<Result<Extracted, ExtractError>> {
    let site = only_value(text, "webSiteCode").filter(|site| !site.is_empty())?;
    let column = only_value(text, "channelCode").filter(|column| !column.is_empty())?;
    let form = Serializer::new(String::new())
        .append_pair("current", "1")
        .append_pair("pageSize", "15")
        .append_pair("webSiteCode[]", &site)
        .append_pair("channelCode[]", &column)
        .append_pair("sort", "sortNum")
        .append_pair("order", "desc")
        .finish();
    Some(onward::address(page, SERVICE).and_then(|url| onward::to_data(page, url, Some(form))))
}
