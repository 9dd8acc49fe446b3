use super::*;
use crate::deliver::notice::samples::day;

fn refused(step: Step, code: u16) -> DeliverError {
    DeliverError::Refused { server: "mail.example:25".into(), step, code, reply: "no".into() }
}

fn io_error() -> io::Error {
    io::Error::other("disk on fire")
}

#[test]
fn only_a_fault_of_the_mail_itself_is_permanent() {
    let addressee = Step::NameAddressee { position: 1, of: 1 };
    let server = || "mail.example:25".to_owned();
    let id = || NoticeId::digest(&UnitId::new("a"), day(11, 27));
    let after = Duration::from_secs(60);
    let table = [
        (refused(addressee, 550), true),
        (refused(addressee, 553), true),
        (refused(addressee, 450), false),
        (refused(addressee, 451), false),
        (refused(addressee, 552), false),
        (refused(Step::NameSender, 550), true),
        (refused(Step::NameSender, 530), false),
        (refused(Step::Announce, 421), false),
        (refused(Step::Message, 554), true),
        (refused(Step::Message, 354), false),
        (refused(Step::LogIn, 535), false),
        (refused(Step::Greet, 554), false),
        (refused(Step::StartTls, 502), false),
        (DeliverError::Unreachable { server: server(), reason: io_error() }, false),
        (DeliverError::Broken { server: server(), step: Step::Message, reason: "reset".into() }, false),
        (DeliverError::TimedOut { server: server(), step: Step::Greet, after }, false),
        (DeliverError::File { path: "/mail/a.eml".into(), reason: io_error() }, false),
        (DeliverError::NoAddressee { unit: UnitId::new("a") }, true),
        (DeliverError::InvalidAddress { id: id(), whose: Whose::Sender, reason: "no @".into() }, true),
        (DeliverError::Compose { id: id(), reason: "template".into() }, true),
    ];
    for (error, permanent) in table {
        assert_eq!(error.is_permanent(), permanent, "{error}");
    }
}

#[test]
fn whoever_does_not_answer_is_not_asked_again_in_the_same_turn() {
    let server = || "mail.example:25".to_owned();
    let after = Duration::from_secs(60);
    let channel = |fault| DeliverError::Channel { channel: ChannelName::new("a"), fault };
    let table = [
        (DeliverError::TimedOut { server: server(), step: Step::NameSender, after }, true),
        (DeliverError::TimedOut { server: server(), step: Step::Message, after }, true),
        (DeliverError::Broken { server: server(), step: Step::Message, reason: "reset".into() }, false),
        (DeliverError::Broken { server: server(), step: Step::Greet, reason: "reset".into() }, true),
        (refused(Step::NameSender, 451), false),
        (channel(ChannelFault::Unreachable("timed out".into())), true),
        (channel(ChannelFault::Status(503)), false),
    ];
    for (error, shuts) in table {
        assert_eq!(error.shuts_the_way(), shuts, "{error}");
    }
}

#[test]
fn the_text_says_what_was_tried_where_and_why() {
    let table = [
        (
            refused(Step::NameAddressee { position: 2, of: 3 }, 550),
            "cannot name addressee 2 of 3 to mail server mail.example:25: it answered 550 no",
        ),
        (
            DeliverError::TimedOut {
                server: "mail.example:25".into(),
                step: Step::Greet,
                after: Duration::from_secs(60),
            },
            "cannot greet mail server mail.example:25: no answer within 60 s",
        ),
        (
            DeliverError::File { path: "/mail/a.eml".into(), reason: io_error() },
            "cannot write mail file `/mail/a.eml`: disk on fire",
        ),
    ];
    for (error, text) in table {
        assert_eq!(error.to_string(), text);
    }
}
