use super::*;

fn load(text: &str) -> Result<Config, Problems> {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("xuncha.toml");
    std::fs::write(&path, text).unwrap();
    Config::load(&path)
}

#[test]
fn a_short_configuration_is_enough() {
    let config = load(
        "rules = \"rules\"\nstate-dir = \"state\"\n[fetch]\ncontact = \"it@b.cn\"\n[mail]\ntransport = \"file\"\n\
         directory = \"mail\"\nfrom-name = \"中心\"\nfrom-email = \"a@b.cn\"\n",
    )
    .unwrap();
    assert_eq!(config.workers, 32);
    assert_eq!(config.assess.confirm_gap, TimeDelta::hours(6));
    assert!(config.rules.ends_with("rules") && config.rules.is_absolute());
    assert_eq!((config.render.browser, config.render.contact.as_str()), (None, "it@b.cn"));
}

#[test]
fn a_browser_may_be_named_and_bounded() {
    let config = load(
        "rules = \"rules\"\nstate-dir = \"state\"\n[fetch]\ncontact = \"it@b.cn\"\n[mail]\ntransport = \"file\"\n\
         directory = \"mail\"\nfrom-name = \"中心\"\nfrom-email = \"a@b.cn\"\n[render]\n\
         browser = \"/usr/bin/chromium\"\nmost-pages = 1\npage-timeout-seconds = 45\n",
    )
    .unwrap();
    assert_eq!(config.render.browser.as_deref(), Some(Path::new("/usr/bin/chromium")));
    assert_eq!((config.render.most_pages, config.render.page_timeout.as_secs()), (1, 45));
}

const SHORT: &str = "rules = \"rules\"\nstate-dir = \"state\"\n[fetch]\ncontact = \"it@b.cn\"\n[mail]\n\
    from-name = \"中心\"\nfrom-email = \"a@b.cn\"\n";

/// The configuration with `further` lines, beside a file `secret` that holds a secret.
fn load_beside_a_secret(further: &str) -> Result<Config, Problems> {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("secret"), "https://robot.example/send?key=k3y\n").unwrap();
    std::fs::write(directory.path().join("empty"), "\n").unwrap();
    let path = directory.path().join("xuncha.toml");
    std::fs::write(&path, format!("{SHORT}{further}")).unwrap();
    Config::load(&path)
}

#[test]
fn a_robot_is_named_by_a_secret_address_and_gets_warnings_and_recoveries_unless_told_otherwise() {
    let further = "transport = \"file\"\ndirectory = \"mail\"\ngive-up-after = \"10d\"\n[[channel]]\nname = \"group\"\n\
        platform = \"dingtalk\"\naddress-file = \"secret\"\nsecret-env = \"PATH\"\nunits = [\"fagaiwei\"]\n";
    let mail = load_beside_a_secret(further).unwrap().mail;
    assert_eq!(mail.give_up_after, TimeDelta::days(10));
    let [channel] = &mail.channels[..] else { panic!("one channel") };
    assert!(channel.settings.secret.is_some() && channel.settings.has_usable_address());
    assert_eq!((channel.choice.kinds.len(), channel.choice.instead_of_mail), (2, false));
    assert!(!format!("{channel:?}").contains("k3y"));
}

#[test]
fn every_mistake_about_secrets_and_robots_is_named() {
    let further = "transport = \"smtp\"\nhost = \"mail.example\"\nuser = \"u\"\npassword-file = \"empty\"\n\
        ca-file = \"secret\"\ngive-up-after = \"1h\"\n[[channel]]\nname = \"a\"\nplatform = \"icq\"\n\
        address-file = \"secret\"\naddress-env = \"PATH\"\n[[channel]]\nname = \"b\"\nplatform = \"wecom\"\n\
        kinds = [\"gossip\"]\naddress-credential = \"robot\"\n[bounces]\nmaildir = \"m\"\nevery = \"0s\"\n";
    let said = load_beside_a_secret(further).unwrap_err().to_string();
    for expected in [
        "empty` holds nothing",
        "ca-file: `secret`: it holds no certificate",
        "give-up-after: must be a day at least",
        "platform: `icq` is not known, allowed: wecom, dingtalk, feishu, json",
        "only one of address-file, address-env and address-credential may be given",
        "kinds: `gossip` is not known",
        "there is no credential `robot`: systemd has handed none over",
        "every: must be a second at least",
    ] {
        assert!(said.contains(expected), "{expected}\nnot in\n{said}");
    }
    assert!(!said.contains("k3y"), "{said}");
}

#[test]
fn mail_that_leaves_for_real_wants_somebody_who_hears_that_it_does_not() {
    let smtp = "transport = \"smtp\"\nhost = \"mail.example\"\n";
    let said = load_beside_a_secret(smtp).unwrap_err().to_string();
    assert!(said.contains("xuncha.toml:1: operator: is missing: where mail leaves by SMTP"), "{said}");
    let operator = "[[operator]]\nname = \"w\"\nemail = \"ops@b.cn\"\n";
    let chat = |kind: &str| {
        format!(
            "[[channel]]\nname = \"g\"\nplatform = \"wecom\"\naddress-file = \"secret\"\nkinds = [\"{kind}\"]\n"
        )
    };
    for somebody in [operator.to_owned(), chat("operator")] {
        let config = load_beside_a_secret(&format!("{smtp}{somebody}")).unwrap();
        assert_eq!(config.remarks(), Vec::<String>::new());
    }
    assert!(load_beside_a_secret(&format!("{smtp}{}", chat("warning"))).is_err());
    let files = load_beside_a_secret("transport = \"file\"\ndirectory = \"mail\"\n").unwrap();
    assert!(files.remarks()[0].contains("only `xuncha status` shows it"), "{:?}", files.remarks());
}

const REST: &str = "rules = \"rules\"\nstate-dir = \"state\"\n[fetch]\ncontact = \"it@b.cn\"\n[mail]\n\
                    transport = \"file\"\ndirectory = \"mail\"\nfrom-name = \"中心\"\nfrom-email = \"a@b.cn\"\n";

#[test]
fn the_door_is_as_open_as_it_is_said_to_be_and_no_more() {
    let plain = load(&format!("socket = \"s.sock\"\n{REST}")).unwrap();
    assert!(plain.socket.ends_with("s.sock"));
    assert_eq!(plain.access, Access::default());
    let table = "[socket]\npath = \"t.sock\"\nmode = \"0666\"\nwrite-uids = [7]\nothers = \"nothing\"\n";
    let table = load(&format!("{REST}{table}")).unwrap();
    assert!(table.socket.ends_with("t.sock"));
    let access = Access { mode: 0o666, write_uids: vec![7], write_gids: vec![], others: May::Nothing };
    assert_eq!(table.access, access);
    let page = |keys: &str| load(&format!("{REST}[page]\n{keys}\n"));
    assert!(!page("listen = \"127.0.0.1:8420\"").unwrap().page.unwrap().open_to_network);
    assert!(page("listen = \"0.0.0.0:80\"\nopen-to-network = true").unwrap().page.unwrap().open_to_network);
    let said = page("listen = \"0.0.0.0:80\"").unwrap_err().to_string();
    assert!(said.contains("page.listen: `0.0.0.0:80` can be reached by others"), "{said}");
    let said = load(&format!("{REST}[socket]\nmode = \"0777\"\n")).unwrap_err().to_string();
    assert!(said.contains("socket.mode: `0777` is not known, allowed: 0600, 0660, 0666"), "{said}");
}

#[test]
fn every_mistake_is_named_at_once() {
    let error = load(
        "rules = \"rules\"\ncolour = 1\n[fetch]\nworkers = 0\n[assess]\nconfirm-gap = \"0s\"\n[alert]\n\
         digest-from = \"nine\"\n[mail]\ntransport = \"pigeon\"\nfrom-name = \"x\"\nfrom-email = \"nobody\"\n\
         [render]\nmost-pages = 0\nfurther-hosts = [\"*\"]\n",
    )
    .unwrap_err();
    let said = error.to_string();
    for expected in [
        "state-dir: is missing",
        ":2: colour: unknown key, allowed here: rules, county, state-dir, socket, import-dir, secrets, page, fetch, render, assess, alert, operator, oversight, breaker, anchors, disk, mail, channel, bounces",
        "fetch.contact: is missing",
        ":4: fetch.workers: must be a whole number from 1 to 1024",
        ":6: assess.confirm-gap: must be longer than nothing",
        ":8: alert.digest-from: `nine` is not a time of day",
        ":10: mail.transport: `pigeon` is not known, allowed: smtp, file",
        ":12: mail.from-email: `nobody` is not a mail address",
        ":13: render.browser: is missing",
        ":14: render.most-pages: must be a whole number from 1 to 32",
        ":15: render.further-hosts: `*` is not a host",
    ] {
        assert!(said.contains(expected), "{expected}\nnot in\n{said}");
    }
}
