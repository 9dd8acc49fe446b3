//! A mail server for one connection after another that misbehaves on command.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::eventually;

/// What the server does with one connection.
#[derive(Clone, Copy)]
pub(crate) enum Manner {
    Takes,
    /// Answers so to the addressee of this position.
    RefusesAddressee(usize, &'static str),
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
    _tasks: JoinSet<()>,
}

impl Server {
    pub(crate) async fn start(manners: &[Manner]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let record = Arc::new(Mutex::new(Record::default()));
        let mut tasks = JoinSet::new();
        let gate = Arc::new(Semaphore::new(Semaphore::MAX_PERMITS));
        tasks.spawn(accept(
            listener,
            manners.iter().copied().collect(),
            Arc::clone(&record),
            Arc::clone(&gate),
        ));
        Self { address, record, gate, _tasks: tasks }
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

    /// Waits until that many clients have been kept waiting, all in all.
    pub(crate) async fn has_kept_waiting(&self, clients: usize) {
        eventually(&format!("{clients} clients kept waiting"), async || {
            (self.record.lock().unwrap().kept_waiting >= clients).then_some(())
        })
        .await;
    }
}

async fn accept(
    listener: TcpListener,
    mut manners: VecDeque<Manner>,
    record: Arc<Mutex<Record>>,
    gate: Arc<Semaphore>,
) {
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        record.lock().unwrap().connections += 1;
        // A client that hangs up midway is no failure of the server.
        let _ = converse(stream, manners.pop_front().unwrap_or(Manner::Takes), &record, &gate).await;
        record.lock().unwrap().ended += 1;
    }
}

async fn converse(
    stream: TcpStream,
    manner: Manner,
    record: &Mutex<Record>,
    gate: &Semaphore,
) -> std::io::Result<()> {
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
        record.lock().unwrap().commands.push(line.split(':').next().unwrap_or_default().to_owned());
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
    }
    Ok(())
}
