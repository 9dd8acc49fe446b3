use super::*;

fn leads_to(html: &str) -> Option<String> {
    let url = "https://www.langxi.gov.cn/tzgg/index.html".parse().unwrap();
    let page = Page { drawing: None, url, content_type: None, body: Vec::new() };
    landing(&page, html).map(|landing| match landing {
        Landing::SameSite(onward) => onward.url.into(),
        Landing::OtherSite(url) => format!("away {url}"),
    })
}

#[test]
fn refreshes_and_scripts_that_set_the_location_are_followed() {
    let cases = [
        ("<META HTTP-EQUIV=refresh CONTENT=\"3;url='a.html'\">", "https://www.langxi.gov.cn/tzgg/a.html"),
        ("<script>top.location='/b/'</script>", "https://www.langxi.gov.cn/b/"),
        ("<script>window.location.assign(\"c.html\");</script>", "https://www.langxi.gov.cn/tzgg/c.html"),
        (
            "<script>setTimeout(\"location.href='d.html'\", 3000)</script>",
            "https://www.langxi.gov.cn/tzgg/d.html",
        ),
        (
            "<script>\n//location.href='x.html';\nlocation.href='e.html';\n</script>",
            "https://www.langxi.gov.cn/tzgg/e.html",
        ),
        ("<script>location.href='http://xxgk.langxi.gov.cn/'</script>", "http://xxgk.langxi.gov.cn/"),
        ("<script>location.href='http://www.guangde.gov.cn/'</script>", "away http://www.guangde.gov.cn/"),
    ];
    for (html, target) in cases {
        assert_eq!(leads_to(html).as_deref(), Some(target), "{html}");
    }
}

#[test]
fn challenges_choices_late_refreshes_and_loops_are_not_landings() {
    for html in [
        "<script>document.cookie='__jsl_clearance=1';location.href='/a'</script>",
        "<script>$_ts=window['$_ts'];location.href='/a'</script>",
        "<script>if(isMobile()) location.href='/m/'</script>",
        "<script>location.href='/a';</script><script>location.href='/b';</script>",
        "<script>location.href='/a' + id;</script>",
        "<script>setTimeout(function(){ location.href='/a'; }, 60000)</script>",
        "<meta http-equiv=refresh content='60;url=/a'>",
        "<meta http-equiv=refresh content=0>",
        "<meta http-equiv=refresh content='0;url=index.html#top'>",
        "<script>location.href=location.pathname</script>",
        "<noscript><meta http-equiv=refresh content='0;url=/a'></noscript>",
    ] {
        assert_eq!(leads_to(html), None, "{html}");
    }
}

#[test]
fn a_site_is_a_registered_name() {
    let same = |one: &str, other: &str| is_same_site(&one.parse().unwrap(), &other.parse().unwrap());
    assert!(same("http://a.langxi.gov.cn", "https://langxi.gov.cn/x"));
    assert!(!same("http://langxi.gov.cn", "http://guangde.gov.cn"));
    assert!(same("http://www.langxi.cn", "http://x.langxi.cn"));
    assert!(!same("http://one.ah.cn", "http://two.ah.cn"));
    assert!(same("http://127.0.0.1:80/", "http://127.0.0.1:81/"));
    assert!(!same("http://127.0.0.1/", "http://127.0.0.2/"));
}
