//! A mail server for one connection after another that misbehaves on command.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, Semaphore};
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::{PATIENCE, eventually};

/// What the server does with one connection.
#[derive(Clone, Copy)]
pub(crate) enum Manner {
    Takes,
    /// Answers so to the addressee of this position.
    RefusesAddressee(usize, &'static str),
    /// Answers so to every addressee.
    RefusesEverybody(&'static str),
    /// Answers so to the end of the message.
    EndsWith(&'static str),
    DropsInData,
    /// Records the message, then vanishes without an answer.
    DropsAfterData,
    /// Records the message, then never says another word.
    IsSilentAfterData,
    /// Takes one message, then vanishes.
    TakesOne,
    GreetsWith(&'static str),
    /// Never says a word.
    IsSilent,
}

#[derive(Default)]
struct Record {
    connections: usize,
    farewells: usize,
    kept_waiting: usize,
    ended: usize,
    commands: Vec<String>,
    messages: Vec<Message>,
    is_good: bool,
    silent_at: Option<(usize, bool)>,
}

#[derive(Clone)]
pub(crate) struct Message {
    pub(crate) to: Vec<String>,
    pub(crate) data: String,
}

impl Message {
    pub(crate) fn id(&self) -> &str {
        self.data.lines().find_map(|line| line.strip_prefix("Message-ID: ")).unwrap()
    }
}

/// A server for one connection after another, each treated in the next of `manners`, and well after they are used up.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    record: Arc<Mutex<Record>>,
    gate: Arc<Semaphore>,
    silent: Arc<Notify>,
    _tasks: JoinSet<()>,
}

impl Server {
    pub(crate) async fn start(manners: &[Manner]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let record = Arc::new(Mutex::new(Record::default()));
        let mut tasks = JoinSet::new();
        let gate = Arc::new(Semaphore::new(Semaphore::MAX_PERMITS));
        let silent = Arc::new(Notify::new());
        let house =
            House { record: Arc::clone(&record), gate: Arc::clone(&gate), silent: Arc::clone(&silent) };
        tasks.spawn(accept(listener, manners.iter().copied().collect(), house));
        Self { address, record, gate, silent, _tasks: tasks }
    }

    pub(crate) fn messages(&self) -> Vec<Message> {
        self.record.lock().unwrap().messages.clone()
    }

    pub(crate) fn connections(&self) -> usize {
        self.record.lock().unwrap().connections
    }

    pub(crate) fn commands(&self) -> Vec<String> {
        self.record.lock().unwrap().commands.clone()
    }

    pub(crate) fn farewells(&self) -> usize {
        self.record.lock().unwrap().farewells
    }

    /// From now on takes only that many messages; whoever brings another is kept waiting at its beginning.
    pub(crate) fn take_only(&self, messages: usize) {
        self.gate.forget_permits(Semaphore::MAX_PERMITS);
        self.gate.add_permits(messages);
    }

    /// Takes everything again.
    pub(crate) fn take_all(&self) {
        self.gate.add_permits(Semaphore::MAX_PERMITS - self.gate.available_permits());
    }

    /// Waits until nobody is connected.
    pub(crate) async fn is_left_alone(&self) {
        eventually("the clients hang up", async || {
            let record = self.record.lock().unwrap();
            (record.ended == record.connections).then_some(())
        })
        .await;
    }

    /// From now on treats everybody well.
    pub(crate) fn behave(&self) {
        self.record.lock().unwrap().is_good = true;
    }

    /// Falls silent at the command of this number, counted from now, once, with or without an answer to it; the end of a
    /// message counts as one. Returns when it has.
    pub(crate) async fn falls_silent_at(&self, command: usize, answers: bool) {
        {
            let mut record = self.record.lock().unwrap();
            record.silent_at = Some((record.commands.len() + command, answers));
        }
        timeout(PATIENCE, self.silent.notified()).await.expect("it is told that many commands");
    }

    /// Waits until that many clients have been kept waiting, all in all.
    pub(crate) async fn has_kept_waiting(&self, clients: usize) {
        eventually(&format!("{clients} clients kept waiting"), async || {
            (self.record.lock().unwrap().kept_waiting >= clients).then_some(())
        })
        .await;
    }
}

/// What all conversations share.
struct House {
    record: Arc<Mutex<Record>>,
    gate: Arc<Semaphore>,
    silent: Arc<Notify>,
}

impl House {
    /// Writes a command down; says whether the server falls silent at it, and whether it answers it first.
    fn is_told(&self, command: &str) -> Option<bool> {
        let mut record = self.record.lock().unwrap();
        record.commands.push(command.to_owned());
        let is_reached = record.silent_at.is_some_and(|(at, _)| record.commands.len() >= at);
        if is_reached { record.silent_at.take().map(|(_, answers)| answers) } else { None }
    }
}

async fn accept(listener: TcpListener, mut manners: VecDeque<Manner>, house: House) {
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        let manner = {
            let mut record = house.record.lock().unwrap();
            record.connections += 1;
            manners.pop_front().filter(|_| !record.is_good).unwrap_or(Manner::Takes)
        };
        // A client that hangs up midway is no failure of the server.
        let _ = converse(stream, manner, &house).await;
        house.record.lock().unwrap().ended += 1;
    }
}

async fn converse(stream: TcpStream, manner: Manner, house: &House) -> std::io::Result<()> {
    let House { record, gate, silent } = house;
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    match manner {
        Manner::GreetsWith(greeting) => return write.write_all(format!("{greeting}\r\n").as_bytes()).await,
        // Ends when the client gives up.
        Manner::IsSilent => return lines.next_line().await.map(drop),
        _ => write.write_all(b"220 mail.test ready\r\n").await?,
    }
    let mut to = Vec::new();
    while let Some(line) = lines.next_line().await? {
        let mut falls_silent = house.is_told(line.split(':').next().unwrap_or_default());
        if falls_silent == Some(false) {
            silent.notify_one();
            return lines.next_line().await.map(drop);
        }
        let answer = match line.split([' ', ':']).next().unwrap_or_default() {
            "EHLO" => "250 mail.test",
            "MAIL" => {
                if gate.available_permits() == 0 {
                    record.lock().unwrap().kept_waiting += 1;
                }
                tokio::select! {
                    permit = gate.acquire() => permit.unwrap().forget(),
                    // The client says nothing before it has its answer, so it has hung up.
                    _gone = lines.next_line() => return Ok(()),
                }
                to.clear();
                "250 ok"
            }
            "RCPT" => {
                to.push(line);
                match manner {
                    Manner::RefusesAddressee(position, answer) if position == to.len() => answer,
                    Manner::RefusesEverybody(answer) => answer,
                    _ => "250 ok",
                }
            }
            "DATA" => {
                write.write_all(b"354 go on\r\n").await?;
                if matches!(manner, Manner::DropsInData) {
                    lines.next_line().await?;
                    return Ok(());
                }
                let mut data = String::new();
                while let Some(line) = lines.next_line().await?.filter(|line| line != ".") {
                    data.push_str(&line);
                    data.push('\n');
                }
                record.lock().unwrap().messages.push(Message { to: to.clone(), data });
                falls_silent = falls_silent.or(house.is_told("."));
                if falls_silent == Some(false) {
                    silent.notify_one();
                    return lines.next_line().await.map(drop);
                }
                match manner {
                    Manner::DropsAfterData => return Ok(()),
                    Manner::IsSilentAfterData => return lines.next_line().await.map(drop),
                    Manner::TakesOne => return write.write_all(b"250 taken\r\n").await,
                    Manner::EndsWith(answer) => answer,
                    _ => "250 taken",
                }
            }
            "QUIT" => {
                record.lock().unwrap().farewells += 1;
                return write.write_all(b"221 bye\r\n").await;
            }
            _ => "250 ok",
        };
        write.write_all(format!("{answer}\r\n").as_bytes()).await?;
        if falls_silent.is_some() {
            silent.notify_one();
            return lines.next_line().await.map(drop);
        }
    }
    Ok(())
}
