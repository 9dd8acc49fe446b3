//! The samples that a column or a feed could be pointed at: each with the preset that its rule would name, and an address
//! of the shape that its family has.

/// A sample and how a rule would read it.
pub(super) struct Sample {
    pub(super) file: &'static str,
    pub(super) preset: &'static str,
    pub(super) address: &'static str,
    /// The newest day that the sample itself shows, where the index has none because all of it is made up.
    pub(super) shown: Option<&'static str>,
}

const fn sample(file: &'static str, preset: &'static str, address: &'static str) -> Sample {
    Sample { file, preset, address, shown: None }
}

const fn made_up(
    file: &'static str,
    preset: &'static str,
    address: &'static str,
    shown: &'static str,
) -> Sample {
    Sample { file, preset, address, shown: Some(shown) }
}

const MEE: &str = "https://www.example.gov.cn/ywgz/zysthjbhdc/dcgl/";
const ZRZY: &str = "https://zrzy.example.gov.cn/heb/xinwen/stdt/";
const DATAPROXY: &str = "https://gxt.example.gov.cn/module/web/jpage/dataproxy.jsp";
const NFRA: &str = "https://www.example.gov.cn/cbircweb/solr/openGovSerch";

/// Lists, answers, feeds and what says that a column is empty. One address stands for many where a family's addresses
/// differ in names only; the host is the site's own where its links name it.
pub(super) const LISTS: [Sample; 32] = [
    sample("trs/most_fgzc_list.html", "trs", "https://www.example.gov.cn/xxgk/xinxifenlei/fdzdgknr/fgzc/"),
    sample("trs/ndrc_fzggwl_list_2026-04.html", "trs", "https://www.example.gov.cn/xxgk/zcfb/fzggwl/"),
    sample("trs/mee_dcgl_list_gb18030_noheader_derived.html", "trs", MEE),
    sample(
        "n-cms/sasac_list_page1.html",
        "n-cms",
        "http://www.example.gov.cn/n2588035/n2588320/n2588335/index.html",
    ),
    sample(
        "n-cms/sasac_list_fragment_old2004.html",
        "n-cms",
        "http://www.example.gov.cn/n2588035/n2588320/n2588335/index_2603340_1.html",
    ),
    sample("hebei-cms/zrzy_stdt_list_pinned_first.html", "hebei-cms", ZRZY),
    sample("hebei-cms/zrzy_stdt_list_gb18030_derived.html", "hebei-cms", ZRZY),
    sample(
        "longxun/lonsun_content_column_list_reconstructed.html",
        "lonsun-column",
        "http://www.example.gov.cn/content/column/6790181?pageIndex=1",
    ),
    sample(
        "longxun/wuhu_gov_list_item_mmdd_excerpt.html",
        "lonsun-column",
        "https://www.wuhu.gov.cn/xwzx/zwyw/",
    ),
    sample(
        "longxun/openness_showList_reconstructed.html",
        "openness",
        "http://zw.example.gov.cn/OpennessContent/showList/10373/280000/page_1.html",
    ),
    sample(
        "longxun/wuhu_gov_rss_item_excerpt.xml",
        "feed",
        "https://www.example.gov.cn/rss/rss.xml?siteId=6787231",
    ),
    made_up(
        "feed/wewe_rss_json_reconstructed.json",
        "feed",
        "http://localhost/feeds/MP_WXS_123.json",
        "2026-09-01",
    ),
    sample("vsb/cug_list_item_excerpt.html", "vsb", "https://www.example.edu.cn/tzgg.htm"),
    sample("ucap/csrc_fg_list.html", "ucap", "http://www.example.gov.cn/csrc/c106256/fg.shtml"),
    sample(
        "ucap/gansu_jyt_c110634_list_commented_ruishu.html",
        "ucap",
        "https://jyt.example.gov.cn/jyt/c110634/zwgklist.shtml",
    ),
    made_up(
        "ucap/csrc_fetchJsonList_reconstructed.json",
        "ucap",
        "http://www.example.gov.cn/common/search/0123456789abcdef0123456789abcdef?page=1&_isJson=true",
        "2026-09-04",
    ),
    sample(
        "hanweb-jpaas/jiangxi_sthjt_col42150_list_shell.html",
        "jpaas",
        "https://sthjt.example.gov.cn/jxssthjt/col/col42150/index.html",
    ),
    made_up(
        "hanweb-jpaas/build_unit_reconstructed.json",
        "jpaas",
        "https://www.example.gov.cn/api-gateway/jpaas-publish-server/front/page/build/unit?pageType=column",
        "2026-09-01",
    ),
    made_up(
        "hanweb-jpaas/queryList_reconstructed.json",
        "jpaas",
        "https://www.example.gov.cn/queryList",
        "2026-09-02",
    ),
    sample("hanweb-jcms/jiangsu_gxt_col80179_page1.xml", "jcms-dataproxy", DATAPROXY),
    sample("hanweb-jcms/jiangsu_gxt_col80179_page2.xml", "jcms-dataproxy", DATAPROXY),
    sample("hanweb-jcms/jiangsu_gxt_col80179_page4.xml", "jcms-dataproxy", DATAPROXY),
    sample(
        "gkmlpt/zhaoqing_list_trimmed.json",
        "gkmlpt",
        "https://www.example.gov.cn/zqhjj/gkmlpt/api/all/21023?page=1",
    ),
    sample("custom-json/nfra_list_001.json", "nfra", NFRA),
    sample("custom-json/nfra_list_002.json", "nfra", NFRA),
    sample(
        "misc-gov/nea_nyyw_xinhua_cms_excerpt.json",
        "nea-json",
        "https://www.example.gov.cn/ds_0123456789abcdef0123456789abcdef.json",
    ),
    made_up(
        "govcn/zcwjk_search_reconstructed.json",
        "govcn-library",
        "https://www.example.gov.cn/search-gov/data?t=zhengcelibrary_gw&p=1&n=5",
        "2025-03-05",
    ),
    made_up(
        "trs/fujian_fjdzapp_search_reconstructed.json",
        "fujian-json",
        "https://www.example.gov.cn/fjdzapp/search",
        "2026-09-01",
    ),
    made_up(
        "trs/hubei_gfxwj_json_reconstructed.json",
        "hubei-json",
        "https://www.example.gov.cn/zfwj/wj/gfxwj.json",
        "2026-09-01",
    ),
    sample(
        "empty/longxun_label_empty_reconstructed.html",
        "lonsun-column",
        "http://www.example.gov.cn/site/label/8888",
    ),
    sample(
        "empty/gkmlpt_empty_reconstructed.json",
        "gkmlpt",
        "https://www.example.gov.cn/zqhjj/gkmlpt/api/all/1?page=1",
    ),
    sample("empty/jcms_dataproxy_empty_reconstructed.xml", "jcms-dataproxy", DATAPROXY),
];

/// What shields answer instead of a page, with the status they answer with.
pub(super) const SHIELDS: [(&str, u16); 2] =
    [("antibot/jsl_521_stage1_mps.html", 521), ("antibot/c3vk_shell_reconstructed.html", 200)];

/// Accounts and application stores: no column or feed can be pointed at these, and no reading for them exists yet.
pub(super) const ACCOUNTS: [&str; 5] = ["app", "douyin", "wechat", "wechat-sogou", "weibo"];

/// Files that are no document a server sends for a column: the request that leads to a list.
pub(super) const NO_DOCUMENTS: [&str; 1] = ["longxun/label8888_list_request.txt"];

/// A list that nobody sees who does not run the page's scripts: all of it lies in a comment, behind 瑞数, and what the
/// script would draw in its place is not in the page. That it shows an item of 2025-11-17 is no more than what the site
/// once was; taking it for the present list might accuse an office by dead rows. Unknown is right.
pub(super) const UNDRAWN: [&str; 1] = ["ucap/gansu_jyt_c110634_list_commented_ruishu.html"];
