//! How accounts are looked at over real sockets: tokens, refusals, and what no host ever gets to see.

use chrono_tz::Asia::Shanghai;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use url::Url;
use xuncha::extract::{Posts, Refusal};
use xuncha::fetch::{AccountLook, Failure, Fetcher, Next, Settings, Tokens, open_import, refusal_of};
use xuncha::fetch::{Request, answer_of};
use xuncha::rules::{HostException, SecretName, Security, WayKind};
use xuncha::secrets::Secret;

use crate::support::county::{County, Unit};
use crate::support::daemon::{Daemon, Said, xuncha};
use crate::support::now;
use crate::support::web::{Answer, Web};

const GRANT: &str = "/cgi-bin/stable_token";
const POSTS: &str = r#"{"total_count":1,"item_count":1,"item":[{"article_id":"a","update_time":1669500000,
    "content":{"news_item":[{"title":"秋收","url":"http://mp.weixin.qq.com/s?a","is_deleted":false}]}}]}"#;
const EXPIRED: &str = "{\"errcode\":42001,\"errmsg\":\"access_token expired\"}";

fn json(body: &str) -> Answer {
    Answer::page(body)
}

fn grant(token: &str) -> Answer {
    json(&format!("{{\"access_token\":\"{token}\",\"expires_in\":7200}}"))
}

fn list(token: &str) -> String {
    format!("/cgi-bin/freepublish/batchget?access_token={token}")
}

fn base(web: &Web) -> Url {
    web.url("/").parse().unwrap()
}

fn wechat(web: &Web) -> WayKind {
    WayKind::WechatApi { base: base(web), secret: SecretName::new("yiju") }
}

fn weibo(web: &Web) -> WayKind {
    WayKind::WeiboOpenapi { base: base(web), uid: "10".to_owned(), secret: SecretName::new("erju") }
}

/// Whoever looks: fetcher and tokens, as the daemon has them.
struct Looker {
    fetcher: Fetcher,
    tokens: Tokens,
}

impl Looker {
    fn new(exceptions: Vec<HostException>) -> Self {
        let _already_installed = rustls::crypto::ring::default_provider().install_default();
        let settings = Settings { exceptions, ..Settings::new("centre@county.example") };
        Self { fetcher: Fetcher::new(settings).unwrap(), tokens: Tokens::default() }
    }

    async fn look(&mut self, way: &WayKind, secret: &str) -> Result<Posts, Refusal> {
        let secret = Secret::of(secret).map(Ok);
        let (mut look, mut next) = AccountLook::begin(way, secret, &self.tokens, now(), Shanghai);
        loop {
            let came = match next {
                Next::Done(read) => return read,
                Next::Call(call) => {
                    self.fetcher.call(&call, now()).await.answer.map_err(|failure| refusal_of(&failure))
                }
                Next::Fetch(url) => {
                    answer_of(self.fetcher.fetch(Request::in_full(&url), now()).await.outcome)
                }
                Next::Open(_) | Next::Recall => panic!("nobody is asked for this"),
            };
            next = look.go_on(came, &mut self.tokens, now());
        }
    }
}

#[tokio::test]
async fn one_token_serves_all_accounts_of_a_secret_until_it_is_refused() {
    let web = Web::start().await;
    web.tell(GRANT, grant("one"));
    web.tell(&list("one"), json(POSTS));
    let mut looker = Looker::new(Vec::new());
    for _account in 0..3 {
        assert!(looker.look(&wechat(&web), "wx1 hush").await.is_ok());
    }
    assert_eq!(web.asked_for(GRANT).len(), 1);
    web.tell(&list("one"), json(EXPIRED));
    web.tell(GRANT, grant("two"));
    web.tell(&list("two"), json(POSTS));
    for _account in 0..3 {
        assert!(looker.look(&wechat(&web), "wx1 hush").await.is_ok());
    }
    assert_eq!(web.asked_for(GRANT).len(), 2, "renewed once, for all of them");
    let first = web.asked().remove(0);
    assert_eq!((first.method.as_str(), first.header("content-type")), ("POST", Some("application/json")));
}

#[tokio::test]
async fn a_token_that_is_never_taken_is_renewed_exactly_once_and_then_given_up() {
    let web = Web::start().await;
    web.tell(GRANT, grant("one"));
    web.tell(&list("one"), json("{\"errcode\":40001,\"errmsg\":\"invalid credential\"}"));
    let refusal = Looker::new(Vec::new()).look(&wechat(&web), "wx1 hush").await.unwrap_err();
    assert_eq!(refusal, Refusal::TokenRejected("40001 invalid credential".to_owned()));
    assert_eq!((web.asked_for(GRANT).len(), web.asked_for(&list("one")).len()), (2, 2));
}

#[tokio::test]
async fn a_refusal_is_read_out_of_its_body_whatever_its_status() {
    let web = Web::start().await;
    let path = "/2/statuses/user_timeline.json?uid=10&count=100";
    let said = "{\"error\":\"User requests out of rate limit!\",\"error_code\":10023}";
    let cases = [
        (
            Answer::status(403).saying(said),
            Refusal::QuotaSpent("10023 User requests out of rate limit!".to_owned()),
        ),
        (Answer::status(432), Refusal::TurnedAway(432)),
        (Answer::page(""), Refusal::EmptyBody),
        (json("{\"ok\":-100}"), Refusal::LoginWanted("ok: -100".to_owned())),
        (Answer::status(502), Refusal::PlatformFailed("HTTP 502".to_owned())),
        (json("{\"statuses\":[]}"), Refusal::NoPosts),
    ];
    let mut looker = Looker::new(Vec::new());
    for (answer, expected) in cases {
        web.tell(path, answer);
        assert_eq!(looker.look(&weibo(&web), "2.00hush").await, Err(expected));
    }
    assert_eq!(web.asked().remove(0).header("authorization"), Some("OAuth2 2.00hush"));
}

#[tokio::test]
async fn a_call_follows_no_redirect_not_even_on_its_own_host() {
    let web = Web::start().await;
    let way = WayKind::HuaweiAppdl { base: base(&web), app_id: "C1".to_owned() };
    web.tell("/appdl/C1", Answer::redirect("/dl/com.example.gov.2211301530.apk?maple=0"));
    let posts = Looker::new(Vec::new()).look(&way, "").await.unwrap();
    assert_eq!(posts.newest().unwrap().sighting.raw_date, "2022-11-30 15:30");
    assert_eq!(web.asked().len(), 1);
    // A secret would go along.
    web.tell("/2/statuses/user_timeline.json?uid=10&count=100", Answer::redirect("/elsewhere"));
    let refusal = Looker::new(Vec::new()).look(&weibo(&web), "2.00hush").await.unwrap_err();
    assert_eq!(refusal, Refusal::Refused("HTTP 302".to_owned()));
    assert!(web.asked_for("/elsewhere").is_empty());
}

#[tokio::test]
async fn no_secret_is_sent_to_a_host_that_could_be_another() {
    let web = Web::start().await;
    for security in [Security::Unverified, Security::PlainHttp] {
        let exception = HostException {
            name: web.address.to_string(),
            security,
            proxy: None,
            ignores_robots: false,
            reason: "a test".to_owned(),
        };
        let refusal = Looker::new(vec![exception]).look(&wechat(&web), "wx1 hush").await.unwrap_err();
        assert!(refusal.to_string().contains("no secret is sent that way"), "{refusal}");
    }
    assert!(web.asked().is_empty());
}

#[tokio::test]
async fn nothing_that_is_kept_of_a_call_holds_its_token() {
    let web = Web::start().await;
    web.tell(GRANT, grant("tok-hush"));
    web.tell(&list("tok-hush"), json(POSTS).cut_short());
    let mut looker = Looker::new(Vec::new());
    let refusal = looker.look(&wechat(&web), "wx1 hush").await.unwrap_err();
    assert!(matches!(refusal, Refusal::Unreachable(_)), "{refusal}");
    assert!(!format!("{refusal:?}{refusal}").contains("hush"), "{refusal:?}");
    let (_, next) =
        AccountLook::begin(&wechat(&web), Secret::of("wx1 hush").map(Ok), &looker.tokens, now(), Shanghai);
    let Next::Call(call) = &next else { panic!("a call") };
    assert!(!format!("{next:?} {}", call.address()).contains("hush"), "{next:?}");
    web.tell(&list("tok-hush"), json(POSTS));
    let answer = looker.fetcher.call(call, now()).await.answer.unwrap();
    assert!(!answer.page.url.as_str().contains("hush"), "{}", answer.page.url);
}

#[tokio::test]
async fn a_platform_that_nobody_answers_for_is_unreachable_and_no_more() {
    let web = Web::start().await;
    let way = weibo(&web);
    drop(web);
    let refusal = Looker::new(Vec::new()).look(&way, "2.00hush").await.unwrap_err();
    assert!(matches!(&refusal, Refusal::Unreachable(_)), "{refusal}");
    assert!(!refusal.to_string().contains("hush"), "{refusal}");
    assert_eq!(
        refusal_of(&Failure::TimedOut(30)),
        Refusal::Unreachable("no complete answer within 30 s".to_owned())
    );
}

#[test]
fn an_exported_list_is_read_from_the_import_directory_with_its_age() {
    let directory = TempDir::new().unwrap();
    let path = directory.path().join("weixin.json");
    let info = "{\\\"appmsgex\\\":[{\\\"title\\\":\\\"秋收\\\",\\\"link\\\":\\\"https://mp.weixin.qq.com/s/a\\\",\\\"update_time\\\":1669500000}]}";
    std::fs::write(
        &path,
        format!("{{\"publish_page\":{{\"publish_list\":[{{\"publish_info\":\"{info}\"}}]}}}}"),
    )
    .unwrap();
    let saved = std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_669_600_000);
    std::fs::File::options().write(true).open(&path).unwrap().set_modified(saved).unwrap();
    let way = WayKind::WechatBackend { file: "weixin.json".into() };
    let mut tokens = Tokens::default();
    let (mut look, next) = AccountLook::begin(&way, None, &tokens, now(), Shanghai);
    let Next::Open(file) = next else { panic!("a file is to be opened") };
    let length = std::fs::metadata(&path).unwrap().len();
    let import = open_import(directory.path(), &file, length).unwrap();
    assert_eq!(import.saved_at.timestamp(), 1_669_600_000);
    let Next::Done(Ok(posts)) = look.go_on(Ok(import.answer), &mut tokens, now()) else { panic!("posts") };
    assert_eq!(posts.newest().unwrap().sighting.title, "秋收");
    let refused = |file: &str, longest| match open_import(directory.path(), file.as_ref(), longest) {
        Err(Refusal::NoFile(said)) => said,
        other => panic!("{other:?}"),
    };
    assert!(refused("other.json", length).contains("other.json"));
    let cut = refused("weixin.json", length - 1);
    assert!(cut.ends_with(&format!("it is longer than {} bytes", length - 1)), "{cut}");
}

#[test]
fn nobody_waits_for_a_pipe_in_the_import_directory() {
    let directory = TempDir::new().unwrap();
    let pipe = directory.path().join("weixin.json");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.is_ok_and(|status| status.success()), "there is no mkfifo here");
    let (tell, told) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let opened = open_import(directory.path(), "weixin.json".as_ref(), 1000);
        tell.send(opened.map_err(|refusal| refusal.to_string())).unwrap();
    });
    let opened = told.recv_timeout(std::time::Duration::from_secs(60)).expect("it waits for a writer");
    let refusal = opened.unwrap_err();
    assert!(refusal.contains("it is no regular file"), "{refusal}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_probe_says_of_each_way_whether_it_works_and_what_to_do_where_it_does_not() {
    let web = Web::start().await;
    web.tell(GRANT, grant("tok-hush"));
    web.tell(&list("tok-hush"), json(POSTS));
    web.tell("/s/1", Answer::page("<html><body>链接已过期</body></html>"));
    let county = County::new(&web, &[Unit::new("yiju", "县一局").column("tongzhi", "通知", web.url("/1/"))]);
    let feed = format!(
        "\n[[feed]]\nid = \"weixin\"\nplatform = \"wechat\"\naccount = \"一局发布\"\ncadence = \"weekly\"\n\
         [[feed.via]]\nkind = \"wechat-api\"\nsecret = \"yiju-weixin\"\nbase = \"{0}\"\n\
         [[feed.via]]\nkind = \"wechat-article\"\nurl = \"{0}s/1\"\n\
         [[feed.via]]\nname = \"other\"\nkind = \"wechat-api\"\nsecret = \"nowhere\"\nbase = \"{0}\"\n",
        base(&web)
    );
    let unit = county.path("crawl-rules/langxi/units/yiju.toml");
    std::fs::write(&unit, std::fs::read_to_string(&unit).unwrap() + &feed).unwrap();
    let rules = county.path("crawl-rules");
    let arguments =
        ["probe", "yiju/weixin", "--contact", "it@example.gov.cn", "--rules", rules.to_str().unwrap()];
    let probe = |log: &str| -> Said {
        let mut command = xuncha(&arguments);
        command.env("XUNCHA_SECRET_YIJU_WEIXIN", "wx1 hush").env("RUST_LOG", log);
        command.output().unwrap().into()
    };
    let said = probe("error");
    assert_eq!((said.code, said.err.as_str()), (0, ""));
    let lines: Vec<&str> = said.out.lines().collect();
    assert_eq!(lines[0], "yiju/weixin  一局发布");
    assert!(
        lines[1].starts_with("wechat-api       newest 2022-11-2") && lines[1].ends_with(", 秋收; 1 posts"),
        "{}",
        said.out
    );
    assert!(
        lines[2].starts_with("wechat-article   unknown: the article cannot be had any more"),
        "{}",
        said.out
    );
    assert!(lines[3].contains("or as XUNCHA_SECRET_NOWHERE"), "{}", said.out);
    assert!(!said.out.contains("hush"), "{}", said.out);
    assert_eq!(web.asked_for("/s/1").len(), 1);
    let told = probe("trace");
    assert!(!told.err.is_empty() && !told.err.contains("hush"), "{}", told.err);
}

#[tokio::test]
async fn no_key_of_a_bridge_or_of_a_reader_leaves_the_daemon() {
    let web = Web::start().await;
    let unit = Unit::new("yiju", "县一局").feed(
        "weixin",
        "一局发布",
        &format!(
            "platform = \"wechat\"\n[[feed.via]]\nkind = \"rss\"\nurl = \"{}\"\n[[feed.via]]\nkind = \"record\"\n",
            web.url("/feed?key=hush")
        ),
    );
    let county = County::new(&web, &[unit]);
    let posted = county.days_ago(1).format("%a, %d %b %Y 08:00:00 +0800");
    web.tell(
        "/feed?key=hush",
        Answer::page(format!(
            "<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>一局发布</title><item><title>秋收</title>\
             <link>http://mp.example/s?mid=1&amp;pass_ticket=hush</link><pubDate>{posted}</pubDate></item></channel></rss>"
        )),
    );
    let daemon = Daemon::start(&county).await;
    let detail = daemon.stands("yiju/weixin", "fresh").await;
    assert_eq!(detail.source.url, web.url("/feed?key="));
    assert_eq!(detail.source.last_url.as_deref(), Some("http://mp.example/s?mid=1&pass_ticket="));
    let said = serde_json::to_string(&detail).unwrap();
    assert!(!said.contains("hush"), "{said}");
    let wanted =
        ["/v1/sources", "/v1/units/yiju", "/v1/due", "/v1/alerts", "/v1/sources.csv", "/v1/deadlines.ics"];
    for address in wanted {
        let mut stream = tokio::net::UnixStream::connect(county.socket()).await.unwrap();
        let request = format!("GET {address} HTTP/1.1\r\nhost: xuncha\r\nconnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 200") && !answer.contains("hush"), "{address}: {answer}");
    }
}
