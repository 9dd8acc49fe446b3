use super::super::document::Document;
use super::super::problem::Collector;
use super::*;

fn read(platform: Option<Platform>, text: &str) -> (Vec<Way>, Vec<String>) {
    let problems = Collector::default();
    let ways = Document::from_text("yiju.toml", text).with_root(&problems, |feed| read_ways(feed, platform));
    let said = problems.into_result(()).map_or_else(|all| all.0, |()| Vec::new());
    (ways, said.iter().map(ToString::to_string).collect())
}

fn only(platform: Platform, keys: &str) -> Way {
    let (mut ways, said) = read(Some(platform), &format!("[[via]]\n{keys}"));
    assert_eq!(said, [""; 0], "{keys}");
    ways.pop().unwrap()
}

fn mistake(platform: Platform, keys: &str) -> String {
    let (ways, said) = read(Some(platform), &format!("[[via]]\n{keys}"));
    assert!(ways.is_empty(), "{ways:?}");
    said.join("\n")
}

fn at(url: &str) -> Url {
    url.parse().unwrap()
}

#[test]
fn a_platform_is_asked_at_its_own_address_unless_the_rule_gives_another() {
    let ways = [
        (
            Platform::Weibo,
            "kind = \"weibo-openapi\"\nuid = \"10\"\nsecret = \"yiju-weibo\"",
            "https://api.weibo.com/",
        ),
        (Platform::Wechat, "kind = \"wechat-api\"\nsecret = \"yiju-weixin\"", "https://api.weixin.qq.com/"),
        (
            Platform::Douyin,
            "kind = \"douyin-openapi\"\nopen-id = \"aaaa-bbbb\"\nsecret = \"yiju-douyin\"",
            "https://open.douyin.com/",
        ),
        (Platform::App, "kind = \"itunes\"\napp-id = \"1303221657\"", "https://itunes.apple.com/"),
        (Platform::App, "kind = \"yyb\"\npackage = \"com.example.gov\"", "https://upage.html5.qq.com/"),
        (
            Platform::App,
            "kind = \"huawei-appdl\"\napp-id = \"C100000000\"",
            "https://appgallery.cloud.huawei.com/",
        ),
    ];
    for (platform, keys, usual) in ways {
        assert_eq!(only(platform, keys).kind.address(), Some(at(usual)), "{keys}");
        let elsewhere = only(platform, &format!("{keys}\nbase = \"http://127.0.0.1:4000/weibo\""));
        assert_eq!(elsewhere.kind.address(), Some(at("http://127.0.0.1:4000/weibo/")), "{keys}");
    }
}

#[test]
fn every_kind_of_way_is_read_where_its_platform_has_it_and_nowhere_else() {
    let platforms = [Platform::Wechat, Platform::Weibo, Platform::Douyin, Platform::App];
    let ways = [
        ("kind = \"rss\"\nurl = \"http://rss.example/1\"", &platforms[..]),
        ("kind = \"weibo-openapi\"\nuid = \"10\"\nsecret = \"s\"", &[Platform::Weibo]),
        ("kind = \"wechat-api\"\nsecret = \"s\"", &[Platform::Wechat]),
        ("kind = \"wechat-backend\"\nfile = \"yiju/weixin.json\"", &[Platform::Wechat]),
        ("kind = \"wechat-article\"\nurl = \"http://weixin.example/s/1\"", &[Platform::Wechat]),
        ("kind = \"douyin-openapi\"\nopen-id = \"a\"\nsecret = \"s\"", &[Platform::Douyin]),
        ("kind = \"itunes\"\napp-id = \"com.example.gov\"", &[Platform::App]),
        ("kind = \"yyb\"\npackage = \"com.example.gov\"", &[Platform::App]),
        ("kind = \"huawei-appdl\"\napp-id = \"C1\"", &[Platform::App]),
        ("kind = \"record\"", &platforms[..]),
    ];
    for (keys, fitting) in ways {
        for platform in platforms {
            let (read, said) = read(Some(platform), &format!("[[via]]\n{keys}"));
            assert_eq!(read.len(), usize::from(fitting.contains(&platform)), "{keys}: {said:?}");
            for way in read {
                assert_eq!(way.name.as_str(), way.kind.word());
                assert!(keys.contains(way.kind.word()), "{keys}");
            }
        }
    }
}

#[test]
fn a_mistake_is_named_with_its_line_and_what_is_allowed() {
    let cases = [
        (
            "kind = \"itunes\"\napp-id = \"1\"",
            "yiju.toml:2: via.kind: `itunes` is not known for weibo, allowed: record, rss, weibo-openapi",
        ),
        ("url = \"http://rss.example/1\"", "yiju.toml:1: via.kind: is missing"),
        ("kind = \"rss\"", "yiju.toml:1: via.url: is missing"),
        (
            "kind = \"rss\"\nurl = \"http://rss.example/1\"\nuid = \"1\"",
            "yiju.toml:4: via.uid: unknown key, allowed here: kind, name, url, bridge",
        ),
        (
            "kind = \"weibo-openapi\"\nuid = \"a\"\nsecret = \"2.00AbC\"",
            "yiju.toml:3: via.uid: `a` is not an account's number, wanted: digits\n\
             yiju.toml:4: via.secret: `2.00AbC` is no such name, allowed: lower-case letters, digits and single hyphens",
        ),
        (
            "kind = \"weibo-openapi\"\nuid = \"1\"\nsecret = \"s\"\nbase = \"http://api.weibo.com\"",
            "yiju.toml:5: via.base: `http://api.weibo.com/` must begin with https:// because a secret is sent there",
        ),
        (
            "kind = \"rss\"\nurl = \"http://rss.example/1\"\nbridge = \"My Bridge\"",
            "yiju.toml:4: via.bridge: `My Bridge` is no such name, allowed: lower-case letters, digits and single hyphens",
        ),
    ];
    for (keys, expected) in cases {
        let (_, said) = read(Some(Platform::Weibo), &format!("[[via]]\n{keys}"));
        assert_eq!(said.join("\n"), expected);
    }
    assert_eq!(
        mistake(Platform::Wechat, "kind = \"wechat-backend\"\nfile = \"../../etc/passwd\""),
        "yiju.toml:3: via.file: `../../etc/passwd` must name a file below the import directory, such as \"weixin.json\""
    );
    assert_eq!(
        mistake(Platform::App, "kind = \"huawei-appdl\"\napp-id = \"100\""),
        "yiju.toml:3: via.app-id: `100` is not an app's number, wanted: C and digits, such as \"C100000000\""
    );
    for nothing in ["", "via = []"] {
        assert_eq!(
            read(None, nothing).1,
            [
                "yiju.toml:1: via: is missing: at least one [[feed.via]] is wanted, the way this account is read"
            ]
        );
    }
}

#[test]
fn no_readers_session_gets_into_a_rule() {
    let article = |query: &str| {
        format!(
            "kind = \"wechat-article\"\nurl = \"https://mp.weixin.qq.com/s?__biz=M&mid=1&idx=1&sn=a{query}\""
        )
    };
    only(Platform::Wechat, &article("&chksm=c#rd"));
    for (query, key) in [("&key=1", "key"), ("&scene=1&UIN=1", "UIN"), ("&pass_ticket=", "pass_ticket")] {
        assert_eq!(
            mistake(Platform::Wechat, &article(query)),
            format!(
                "yiju.toml:3: via.url: must not hold `{key}`, which belongs to one reader; \
                 wanted: the article's permanent link"
            )
        );
    }
}

#[test]
fn two_ways_of_an_account_have_two_names() {
    let feed = "[[via]]\nkind = \"rss\"\nurl = \"http://a.example/1\"\n\n\
                [[via]]\nkind = \"rss\"\nurl = \"http://b.example/1\"\n";
    let (ways, said) = read(Some(Platform::Weibo), feed);
    assert_eq!(ways.len(), 1);
    assert_eq!(said, ["yiju.toml:5: via.name: `rss`: a way of this account is called so on line 1"]);
    let (ways, said) = read(Some(Platform::Weibo), &format!("{feed}name = \"rss-b\"\n"));
    assert_eq!((ways.len(), said.len()), (2, 0), "{said:?}");
    assert_eq!(ways[1].name, WayName::new("rss-b"));
}

#[test]
fn what_one_bridge_reads_is_asked_politely_as_one() {
    let rss = |rest: &str| only(Platform::Weibo, &format!("kind = \"rss\"\n{rest}")).upstream();
    assert_eq!(rss("url = \"http://RSS.example:8080/1\""), Some("rss.example:8080".to_owned()));
    let bridged = Some("bridge:rsshub".to_owned());
    assert_eq!(rss("url = \"http://a.example/1\"\nbridge = \"rsshub\""), bridged);
    assert_eq!(rss("url = \"http://b.example/1\"\nbridge = \"rsshub\""), bridged);
    assert_eq!(only(Platform::Weibo, "kind = \"record\"").upstream(), None);
}

#[test]
fn every_key_of_every_way_has_its_place_in_files_and_ledgers() {
    use super::super::keys::Kind;
    let platforms = [Platform::Wechat, Platform::Weibo, Platform::Douyin, Platform::App];
    for platform in platforms {
        for kind in kinds_for(platform) {
            let (_, said) = read(Some(platform), &format!("[[via]]\nkind = \"{kind}\"\nzzz = 1"));
            let allowed = said
                .iter()
                .find_map(|said| said.split_once("via.zzz: unknown key, allowed here: "))
                .unwrap()
                .1;
            let unplaced: Vec<&str> =
                allowed.split(", ").filter(|key| Kind::Way.key(key).is_none()).collect();
            assert_eq!(unplaced, [""; 0], "{kind} needs a place in rules/keys.rs");
        }
    }
}
