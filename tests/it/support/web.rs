//! A web server that answers each path as it is told, and remembers what it was asked.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use chrono::{DateTime, NaiveDate, Utc};
use encoding_rs::GB18030;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use xuncha::clock::Clock;

use super::eventually;

/// What the server says to one path.
#[derive(Clone)]
pub(crate) struct Answer {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
    /// Bytes announced beyond those that are sent.
    withheld: usize,
}

impl Answer {
    pub(crate) fn page(html: impl Into<Vec<u8>>) -> Self {
        Self { status: 200, headers: Vec::new(), body: html.into(), withheld: 0 }
            .with("Content-Type", "text/html")
    }

    /// A picture in SVG.
    pub(crate) fn picture(svg: &str) -> Self {
        Self { status: 200, headers: Vec::new(), body: svg.into(), withheld: 0 }
            .with("Content-Type", "image/svg+xml")
    }

    /// The page in the old national encoding, which neither header nor page names rightly.
    pub(crate) fn page_in_gb18030(html: &str) -> Self {
        let html = html.replace("charset=\"utf-8\"", "charset=\"gb2312\"");
        Self::page(GB18030.encode(&html).0.into_owned())
    }

    /// The same answer, under this status.
    pub(crate) fn under(self, status: u16) -> Self {
        Self { status, ..self }
    }

    pub(crate) fn status(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: b"no".to_vec(), withheld: 0 }
    }

    /// The same status with another body.
    pub(crate) fn saying(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    pub(crate) fn redirect(to: &str) -> Self {
        Self::status(302).with("Location", to)
    }

    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// Announces the whole body and breaks off in the middle of it.
    pub(crate) fn cut_short(mut self) -> Self {
        self.withheld = self.body.len() / 2;
        self.body.truncate(self.body.len() - self.withheld);
        self
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// As servers do: the tag decides where it is given, else the date.
    fn is_known_to(&self, asked: &Asked) -> bool {
        match asked.header("if-none-match") {
            Some(tag) => self.header("etag") == Some(tag),
            None => asked
                .header("if-modified-since")
                .is_some_and(|date| self.header("last-modified") == Some(date)),
        }
    }

    fn bytes(&self, asked: &Asked) -> Vec<u8> {
        let (status, body): (u16, &[u8]) =
            if self.is_known_to(asked) { (304, b"") } else { (self.status, &self.body) };
        let mut head = format!("HTTP/1.1 {status} As told\r\nConnection: close\r\n");
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        if status != 304 {
            head.push_str(&format!("Content-Length: {}\r\n", body.len() + self.withheld));
        }
        head.push_str("\r\n");
        [head.as_bytes(), body].concat()
    }
}

/// One request.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) method: String,
    pub(crate) path: String,
    /// What was posted.
    pub(crate) form: String,
    /// When, by the server's clock.
    pub(crate) at: DateTime<Utc>,
    headers: BTreeMap<String, String>,
    /// The status of the answer; 0 while it is held back.
    pub(crate) answered: u16,
}

impl Asked {
    /// A header by its lower-case name.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }

    pub(crate) fn is_conditional(&self) -> bool {
        self.header("if-none-match").is_some() || self.header("if-modified-since").is_some()
    }
}

#[derive(Default)]
struct Told {
    answers: BTreeMap<String, Answer>,
    asked: Vec<Asked>,
    kept_waiting: usize,
}

pub(crate) struct Web {
    pub(crate) address: SocketAddr,
    told: Arc<Mutex<Told>>,
    gate: Arc<Semaphore>,
    _tasks: JoinSet<()>,
}

impl Web {
    pub(crate) async fn start() -> Self {
        Self::start_by(Clock::System).await
    }

    /// A server that tells the time of requests by this clock.
    pub(crate) async fn start_by(clock: Clock) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let told = Arc::new(Mutex::new(Told::default()));
        let gate = Arc::new(Semaphore::new(Semaphore::MAX_PERMITS));
        let mut tasks = JoinSet::new();
        tasks.spawn(accept(listener, clock, Arc::clone(&told), Arc::clone(&gate)));
        Self { address, told, gate, _tasks: tasks }
    }

    /// From now on answers `path` like that.
    pub(crate) fn tell(&self, path: &str, answer: Answer) {
        self.told.lock().unwrap().answers.insert(path.to_owned(), answer);
    }

    /// From now on answers only that many requests; the others are kept waiting.
    pub(crate) fn answer_only(&self, requests: usize) {
        self.gate.forget_permits(Semaphore::MAX_PERMITS);
        self.gate.add_permits(requests);
    }

    /// Answers everything again.
    pub(crate) fn answer_all(&self) {
        self.gate.add_permits(Semaphore::MAX_PERMITS - self.gate.available_permits());
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.told.lock().unwrap().asked.clone()
    }

    pub(crate) fn asked_for(&self, path: &str) -> Vec<Asked> {
        self.asked().into_iter().filter(|asked| asked.path == path).collect()
    }

    /// Waits until all whose requests are held back have hung up.
    pub(crate) async fn nobody_waits(&self) {
        eventually("the clients hang up", async || {
            (self.told.lock().unwrap().kept_waiting == 0).then_some(())
        })
        .await;
    }

    /// Waits until there have been that many requests.
    pub(crate) async fn was_asked(&self, requests: usize) {
        eventually(&format!("{requests} requests"), async || {
            (self.told.lock().unwrap().asked.len() >= requests).then_some(())
        })
        .await;
    }
}

async fn accept(listener: TcpListener, clock: Clock, told: Arc<Mutex<Told>>, gate: Arc<Semaphore>) {
    let mut conversations = JoinSet::new();
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        let (clock, told, gate) = (clock.clone(), Arc::clone(&told), Arc::clone(&gate));
        conversations.spawn(async move {
            // A client that hangs up midway, as a killed daemon does, is no failure of the server.
            let _ = converse(stream, &clock, &told, &gate).await;
        });
    }
}

async fn converse(
    stream: TcpStream,
    clock: &Clock,
    told: &Mutex<Told>,
    gate: &Semaphore,
) -> std::io::Result<()> {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    let Some(first) = lines.next_line().await? else { return Ok(()) };
    let mut headers = BTreeMap::new();
    while let Some(line) = lines.next_line().await?.filter(|line| !line.is_empty()) {
        if let Some((name, value)) = line.split_once(':') {
            headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
        }
    }
    let (method, rest) = first.split_once(' ').unwrap_or_default();
    let (method, path) = (method.to_owned(), rest.split(' ').next().unwrap_or_default().to_owned());
    let mut form = vec![0; headers.get("content-length").map_or(0, |length| length.parse().unwrap())];
    lines.get_mut().read_exact(&mut form).await?;
    let form = String::from_utf8_lossy(&form).into_owned();
    if path == "/robots.txt" && !told.lock().unwrap().answers.contains_key(&path) {
        // Every site is asked for it; tests that do not speak of it should not have to count it.
        write.write_all(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n").await?;
        return write.shutdown().await;
    }
    let number = {
        let mut told = told.lock().unwrap();
        told.asked.push(Asked { method, path: path.clone(), form, at: clock.now(), headers, answered: 0 });
        told.asked.len() - 1
    };
    told.lock().unwrap().kept_waiting += 1;
    let is_there = tokio::select! {
        permit = gate.acquire() => {
            permit.unwrap().forget();
            true
        }
        // The client says no more than this, so it has hung up.
        _gone = lines.next_line() => false,
    };
    told.lock().unwrap().kept_waiting -= 1;
    if !is_there {
        return Ok(());
    }
    let answer = {
        let mut told = told.lock().unwrap();
        let answer = told.answers.get(&path).cloned().unwrap_or_else(|| Answer::status(404));
        let is_known = answer.is_known_to(&told.asked[number]);
        told.asked[number].answered = if is_known { 304 } else { answer.status };
        answer.bytes(&told.asked[number])
    };
    write.write_all(&answer).await?;
    write.shutdown().await
}

/// A column as many sites show it.
pub(crate) fn list_page(items: &[(&str, NaiveDate)]) -> String {
    let rows: String = items
        .iter()
        .zip(1..)
        .map(|((title, day), number)| {
            format!("<li><a href=\"/article/{number}.html\">{title}</a><span>{day}</span></li>\n")
        })
        .collect();
    page(&format!("<ul class=\"list\">\n{rows}</ul>"))
}

/// A column that says that it holds nothing.
pub(crate) fn empty_page() -> String {
    page("<ul class=\"list\"></ul><div class=\"nodata\">暂无信息</div>")
}

/// A column whose template has lost the dates.
pub(crate) fn page_without_dates(titles: &[&str]) -> String {
    let rows: String =
        titles.iter().map(|title| format!("<li><a href=\"/article/1.html\">{title}</a></li>\n")).collect();
    page(&format!("<ul class=\"list\">\n{rows}</ul>"))
}

fn page(main: &str) -> String {
    format!(
        "<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"><title>栏目</title></head>\n<body>\n{main}\n</body></html>\n"
    )
}
