//! Our pages and answers, and what a person makes of them.

use xuncha::extract::DateKind;

/// A page or an answer with its preset, an address, its newest day and the kind of that.
pub(super) struct Case {
    pub(super) file: &'static str,
    pub(super) preset: &'static str,
    pub(super) address: &'static str,
    pub(super) newest: &'static str,
    pub(super) kind: DateKind,
}

const fn published(
    file: &'static str,
    preset: &'static str,
    address: &'static str,
    newest: &'static str,
) -> Case {
    Case { file, preset, address, newest, kind: DateKind::Published }
}

const fn signed(
    file: &'static str,
    preset: &'static str,
    address: &'static str,
    newest: &'static str,
) -> Case {
    Case { file, preset, address, newest, kind: DateKind::Signed }
}

const fn created(
    file: &'static str,
    preset: &'static str,
    address: &'static str,
    newest: &'static str,
) -> Case {
    Case { file, preset, address, newest, kind: DateKind::Created }
}

/// Lists of families.
pub(super) const LISTS: [Case; 35] = [
    published(
        "openness-1.html",
        "openness",
        "http://www.example.gov.cn/OpennessContent/showList/18/305/page_1.html",
        "2026-09-23",
    ),
    published(
        "openness-2.html",
        "openness",
        "http://www.example.gov.cn/News/showList/12/page_1.html",
        "2026-08-30",
    ),
    published(
        "lonsun-column-1.html",
        "lonsun-column",
        "https://www.example.gov.cn/zwzx/bmdt/index.html",
        "2026-09-30",
    ),
    published(
        "lonsun-column-2.html",
        "lonsun-column",
        "https://www.example.gov.cn/public/column/71?type=4",
        "2026-09-18",
    ),
    published(
        "lonsun-column-3.html",
        "lonsun-column",
        "https://www.example.gov.cn/site/label/8888?labelName=a",
        "2026-10-03",
    ),
    published("trs-1.html", "trs", "https://www.example.gov.cn/zfxxgk/gfxwj/", "2026-09-22"),
    published("trs-2.html", "trs", "https://www.example.gov.cn/zfxxgk/zcfg/", "2026-09-09"),
    published("n-cms-1.html", "n-cms", "http://www.example.gov.cn/n100/n210/n321/index.html", "2026-09-11"),
    published(
        "n-cms-2.html",
        "n-cms",
        "http://www.example.gov.cn/n100/n210/n321/index_880_1.html",
        "2019-09-11",
    ),
    published("hebei-cms-1.html", "hebei-cms", "https://www.example.gov.cn/xian/xinwen/dt/", "2026-09-16"),
    published("hebei-cms-2.html", "hebei-cms", "https://www.example.gov.cn/xian/gg/", "2026-09-14"),
    published("vsb-1.html", "vsb", "https://www.example.edu.cn/tzgg.htm", "2026-09-19"),
    published("vsb-2.html", "vsb", "https://www.example.edu.cn/xw.htm", "2026-08-27"),
    published(
        "xxgk-table-1.html",
        "xxgk-table",
        "https://www.example.gov.cn/xxgk/zfwj/index.html",
        "2026-09-04",
    ),
    signed(
        "xxgk-table-2.html",
        "xxgk-table",
        "https://www.example.gov.cn/xxgk/ghjh/index.html",
        "2026-09-06",
    ),
    published("nfra-1.json", "nfra", "https://www.example.gov.cn/cbircweb/solr/openGovSerch", "2026-09-17"),
    signed("nfra-2.json", "nfra", "https://www.example.gov.cn/cbircweb/solr/openGovSerch", "2026-08-19"),
    published(
        "nea-json-1.json",
        "nea-json",
        "https://www.example.gov.cn/xwzx/ds_0123456789abcdef0123456789abcdef.json",
        "2026-09-21",
    ),
    published(
        "nea-json-2.json",
        "nea-json",
        "https://www.example.gov.cn/tz/ds_89abcdef0123456789abcdef01234567.json",
        "2026-07-15",
    ),
    published(
        "govcn-library-1.json",
        "govcn-library",
        "https://www.example.gov.cn/search-gov/data?t=zhengcelibrary_gw&p=1&n=5",
        "2026-09-15",
    ),
    published(
        "govcn-library-2.json",
        "govcn-library",
        "https://www.example.gov.cn/search-gov/data?t=zhengcelibrary_bm&p=1&n=5",
        "2026-08-01",
    ),
    published(
        "govcn-latest-1.json",
        "govcn-latest",
        "https://www.example.gov.cn/zhengce/zuixin/ZUIXINZHENGCE.json",
        "2026-09-27",
    ),
    published(
        "govcn-latest-2.json",
        "govcn-latest",
        "https://www.example.gov.cn/yaowen/liebiao/YAOWENLIEBIAO.json",
        "2026-10-05",
    ),
    published(
        "hubei-json-1.json",
        "hubei-json",
        "https://www.example.gov.cn/zfwj/wj/gfxwj.json",
        "2026-09-10",
    ),
    published("hubei-json-2.json", "hubei-json", "https://www.example.gov.cn/xxgk/gfxwj.json", "2026-07-01"),
    published("fujian-json-1.json", "fujian-json", "https://www.example.gov.cn/fjdzapp/search", "2026-09-12"),
    published("fujian-json-2.json", "fujian-json", "https://www.example.gov.cn/fjdzapp/search", "2026-08-05"),
    published(
        "gkmlpt-1.json",
        "gkmlpt",
        "https://www.example.gov.cn/xxswj/gkmlpt/api/all/30011?page=1&sid=660019",
        "2026-09-14",
    ),
    created(
        "gkmlpt-2.json",
        "gkmlpt",
        "https://www.example.gov.cn/xxlyj/gkmlpt/api/all/30011?page=1&sid=660020",
        "2026-07-09",
    ),
    published(
        "jcms-dataproxy-1.html",
        "jcms-dataproxy",
        "https://www.example.gov.cn/col/col7010/index.html",
        "2026-09-13",
    ),
    published(
        "jcms-dataproxy-2.xml",
        "jcms-dataproxy",
        "https://www.example.gov.cn/module/web/jpage/dataproxy.jsp?perpage=25",
        "2026-08-20",
    ),
    published(
        "jpaas-1.json",
        "jpaas",
        "https://www.example.gov.cn/api-gateway/jpaas-publish-server/front/page/build/unit?pageType=column",
        "2026-09-18",
    ),
    published("jpaas-2.json", "jpaas", "https://www.example.gov.cn/queryList", "2026-09-04"),
    published("ucap-1.html", "ucap", "https://www.example.gov.cn/xx/c100120/common_list.shtml", "2026-09-19"),
    published(
        "ucap-2.json",
        "ucap",
        "https://www.example.gov.cn/common/search/0123456789abcdef0123456789abcdef?page=1",
        "2026-08-25",
    ),
];

/// Pages whose lists are elsewhere: with their preset and address, the form that is to be sent if any, and the answer.
pub(super) const SHELLS: [(&str, &str, &str, Option<&str>, &str); 5] = [
    (
        "gkmlpt-shell.html",
        "gkmlpt",
        "https://www.example.gov.cn/xxswj/gkmlpt/index#30011",
        None,
        "gkmlpt-1.json",
    ),
    (
        "jcms-dataproxy-shell.html",
        "jcms-dataproxy",
        "https://www.example.gov.cn/col/col7010/index.html",
        Some("columnid=7010"),
        "jcms-dataproxy-2.xml",
    ),
    (
        "jpaas-shell-unit.html",
        "jpaas",
        "https://www.example.gov.cn/col/col42/index.html",
        None,
        "jpaas-1.json",
    ),
    (
        "jpaas-shell-query.html",
        "jpaas",
        "https://www.example.gov.cn/xxhjj/tzgg/index.html",
        Some("channelCode%5B%5D=col42"),
        "jpaas-2.json",
    ),
    ("ucap-shell.html", "ucap", "https://www.example.gov.cn/xx/c100121/fg.shtml", None, "ucap-2.json"),
];

/// Lists of no family, with their newest days.
pub(super) const LISTS_BY_SHAPE: [(&str, &str); 3] = [
    ("generic-list-1.html", "2026-09-26"),
    ("generic-list-2.html", "2026-09-25"),
    ("trap-future.html", "2026-09-08"),
];

/// Pages whose lists scripts draw.
pub(super) const UNDRAWN: [&str; 3] =
    ["trap-commented-out.html", "trap-handlebars.html", "trap-document-write.html"];

/// Pages without a list, or with one that cannot be told from what stands beside it, though some have rows and dates.
pub(super) const WITHOUT_LIST: [&str; 6] = [
    "trap-legal-dates.html",
    "trap-dates-in-addresses.html",
    "trap-long-side-block.html",
    "trap-home-page.html",
    "trap-gone.html",
    "trap-pages-only.html",
];
