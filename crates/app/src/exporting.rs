//! All of a scheme's data as one file (SEC-6, DOC-5): asked for, agreed to by somebody else, written while it is fetched.
use crate::{
    App,
    error::{AppError, Check},
    incidents::words::{self, is_within, tidy, too_long},
};
use async_recursion::async_recursion as boxed;
use fairwatch_blobs::BlobName;
use fairwatch_core::{
    evidence::Evidence,
    exporting::{
        AskExport, Asked, DecideExport, FetchExport, FinishExport, ListExports, OneExport, ReadExport,
        WithdrawExport, is_here,
    },
    gate::Ctx,
    ids::{EvidenceId, ExportId, OrgId, PictureId},
    pictures::Size,
    scope::InOrg,
};
use fairwatch_store::{
    StoreError, evidence, exporting as store,
    exporting::{Cursor, File, SealedFile, TABLES, Table},
    pictures,
};
use fairwatch_vault::FileOpener;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use std::{
    fmt::Write as _,
    io::Write as _,
    sync::{Arc, Mutex, PoisonError},
};
use tokio::sync::mpsc::{Receiver, Sender, channel};
use uuid::Uuid;
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

pub use fairwatch_store::exporting::{Held, Listed};

/// The exports that were asked for.
///
/// # Errors
/// [`AppError::Hidden`].
#[boxed]
pub async fn list(app: &App, ctx: &Ctx, org: OrgId) -> Result<Listed, AppError> {
    Ok(app.store.read::<ListExports, _>(ctx, InOrg(org), async |tx| store::list(tx).await).await?)
}

/// What is asked for, as it was typed.
#[derive(Clone, Debug, Default)]
pub struct Typed {
    /// Why.
    pub reason: String,
    /// Who gets it.
    pub recipient: String,
    /// In which country that is.
    pub country: String,
}

/// Asks for an export, with reason, recipient and country.
///
/// # Errors
/// [`AppError::Refused`] in words, also where the policy promises that nothing leaves the United Kingdom.
#[boxed]
pub async fn ask(app: &App, ctx: &Ctx, org: OrgId, typed: &Typed) -> Result<ExportId, AppError> {
    let [reason, recipient, country] =
        [&typed.reason, &typed.recipient, &typed.country].map(|text| tidy(text).trim().to_owned());
    let mut check = Check::default();
    for (field, text, missing, most) in [
        ("reason", &reason, "Say what the export is for.", words::REASON),
        ("recipient", &recipient, "Say who gets it: a person, a company, or the scheme itself.", words::LINE),
        ("country", &country, "Say in which country they are.", words::LINE),
    ] {
        check.want(!text.is_empty(), field, missing);
        check.want(is_within(text, most), field, format!("{}.", too_long("This", most)));
    }
    check.done()?;
    let asked = Asked { reason, recipient, country, decision: String::new() };
    let ask = app.store.write::<AskExport, _>(ctx, InOrg(org), async move |tx| {
        let outside = tx.permit().facts().policy.storage.outside_uk;
        if !outside && !is_here(&asked.country) {
            let promise = "The policy promises that nothing leaves the United Kingdom. Change the policy first, or choose a recipient here.";
            return Err(StoreError::RefusedAt("country", promise.into()));
        }
        store::ask(tx, &asked).await
    });
    Ok(ask.await?)
}

/// Takes it back.
///
/// # Errors
/// [`AppError::Hidden`] once it is over.
#[boxed]
pub async fn withdraw(app: &App, ctx: &Ctx, id: ExportId) -> Result<(), AppError> {
    let back = app.store.write::<WithdrawExport, _>(ctx, OneExport(id), async |tx| store::withdraw(tx).await);
    Ok(back.await?)
}

/// The board's decision.
///
/// # Errors
/// [`AppError::Refused`] without a reason; [`AppError::Hidden`] for whoever asked, and once its time is over.
#[boxed]
pub async fn decide(app: &App, ctx: &Ctx, id: ExportId, agrees: bool, reason: &str) -> Result<(), AppError> {
    let reason = crate::governing::given(reason)?;
    let decide = app.store.write::<DecideExport, _>(ctx, OneExport(id), async move |tx| {
        store::decide(tx, agrees, &reason).await
    });
    Ok(decide.await?)
}

/// A file that is written while it is fetched: its parts, in order.
pub type Parts = Receiver<Result<Vec<u8>, AppError>>;

/// So many parts wait for a slow line; then nothing more is read.
const AHEAD: usize = 4;

/// Begins to fetch an export. It is noted as fetched once all of it was handed over, so that a broken line takes nothing away; each
/// beginning is noted and shown, and there are few.
///
/// # Errors
/// [`AppError::Hidden`] for everybody but who asked, before the board agreed, and when it is over; [`AppError::Refused`] while it is
/// being fetched already, or people are worked out by a new policy.
#[boxed]
pub async fn fetch(app: &App, ctx: &Ctx, id: ExportId) -> Result<Parts, AppError> {
    let begin = app.store.write::<FetchExport, _>(ctx, OneExport(id), async |tx| store::begin(tx).await);
    let lease = begin.await?;
    let (send, parts) = channel(AHEAD);
    let said = Mutex::new(ctx.real_now());
    let writing = Writing { app: app.clone(), ctx: ctx.clone(), id, send, lease, said };
    tokio::spawn(async move {
        let (app, ctx, send) = (writing.app.clone(), writing.ctx.clone(), writing.send.clone());
        let written = writing.all().await;
        if let Err(error) = store::is_over(&app.store, &ctx, lease).await {
            tracing::warn!(%error, "a download was not noted as over; it will be by itself");
        }
        if let Err(error) = written {
            // The file stays without its end, and no program takes it for whole.
            let _ = send.send(Err(error)).await;
        }
    });
    Ok(parts)
}

/// What was written and not yet sent.
#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl Written {
    fn take(&self) -> Vec<u8> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl std::io::Write for Written {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

struct Writing {
    app: App,
    ctx: Ctx,
    id: ExportId,
    send: Sender<Result<Vec<u8>, AppError>>,
    lease: Uuid,
    /// When it said the last time that it goes on.
    said: Mutex<Timestamp>,
}

/// So often a download says that it goes on.
const SAYS: SignedDuration = SignedDuration::from_secs(30);

type Zip = ZipWriter<zip::write::StreamWriter<Written>>;

impl Writing {
    async fn all(self) -> Result<(), AppError> {
        let written = Written::default();
        let mut zip: Zip = ZipWriter::new_stream(written.clone());
        let text = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        zip.start_file("README.txt", text).map_err(AppError::internal)?;
        zip.write_all(read_me().as_bytes()).map_err(AppError::internal)?;
        for table in TABLES {
            zip.start_file(format!("data/{}.jsonl", table.name), text).map_err(AppError::internal)?;
            let mut from = Some(Cursor::default());
            while let Some(at) = from {
                let part = self.part(table, at).await?;
                for row in &part.rows {
                    serde_json::to_writer(&mut zip, row).map_err(AppError::internal)?;
                    zip.write_all(b"\n").map_err(AppError::internal)?;
                }
                self.hand_over(&written).await?;
                from = part.next;
            }
        }
        for table in TABLES.iter().filter(|table| !table.csv.is_empty()) {
            zip.start_file(format!("tables/{}.csv", table.name), text).map_err(AppError::internal)?;
            let head: Vec<&str> = table.csv.iter().map(|(name, _)| *name).collect();
            zip.write_all(&line(head)?).map_err(AppError::internal)?;
            let mut from = Some(Cursor::default());
            while let Some(at) = from {
                let part = self.part(table, at).await?;
                for row in &part.rows {
                    let cells = table.csv.iter().map(|(_, at)| cell(row.pointer(at)));
                    zip.write_all(&line(cells)?).map_err(AppError::internal)?;
                }
                self.hand_over(&written).await?;
                from = part.next;
            }
        }
        for table in TABLES {
            let mut from = Some(Cursor::default());
            while let Some(at) = from.filter(|_| has_files(table)) {
                let part = self.part(table, at).await?;
                for file in part.files {
                    self.file(&mut zip, &written, file).await?;
                }
                from = part.next;
            }
        }
        zip.finish().map_err(AppError::internal)?;
        self.hand_over(&written).await?;
        let done = OneExport(self.id);
        Ok(self
            .app
            .store
            .write::<FinishExport, _>(&self.ctx, done, async |tx| store::finish(tx).await)
            .await?)
    }

    async fn part(&self, table: &'static Table, at: Cursor) -> Result<store::Part, AppError> {
        let one = OneExport(self.id);
        let read = async move |tx: &mut _| store::read(tx, table, at).await;
        Ok(self.app.store.read::<ReadExport, _>(&self.ctx, one, read).await?)
    }

    /// Hands over what was written, and waits while the line is slow.
    async fn hand_over(&self, written: &Written) -> Result<(), AppError> {
        self.goes_on().await?;
        let bytes = written.take();
        if bytes.is_empty() {
            return Ok(());
        }
        self.send.send(Ok(bytes)).await.map_err(|_| AppError::refused("Nobody fetches it any more."))
    }

    /// Ends it where it has been silent for so long that another has begun.
    async fn goes_on(&self) -> Result<(), AppError> {
        let now = self.ctx.real_now();
        let is_due = {
            let mut said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
            let is_due = now.duration_since(*said) >= SAYS;
            if is_due {
                *said = now;
            }
            is_due
        };
        if is_due && !store::goes_on(&self.app.store, &self.ctx, self.lease).await? {
            return Err(AppError::refused("It was begun again meanwhile."));
        }
        Ok(())
    }

    /// A picture or a piece of evidence, a chunk at a time.
    async fn file(&self, zip: &mut Zip, written: &Written, file: SealedFile) -> Result<(), AppError> {
        let plain =
            SimpleFileOptions::default().compression_method(CompressionMethod::Stored).large_file(true);
        let blobs = Arc::clone(&self.app.blobs);
        let Ok(name) = file.name.parse::<BlobName>() else { return Ok(()) };
        match file.kind {
            File::Picture => {
                let place = pictures::place(PictureId(file.id), Size::Large);
                // Gone between the two: it was deleted meanwhile.
                let Ok(sealed) = crate::blocking(move || Ok(blobs.get(name)?)).await else { return Ok(()) };
                let bytes = file.key.open(place, &sealed).map_err(StoreError::from)?;
                zip.start_file(format!("files/pictures/{}.jpg", file.id), plain)
                    .map_err(AppError::internal)?;
                zip.write_all(&bytes).map_err(AppError::internal)?;
                self.hand_over(written).await
            }
            File::Evidence => {
                let said = file.about.get("sealed").cloned().unwrap_or_default();
                let Ok(said) = serde_json::from_value::<Evidence>(said) else { return Ok(()) };
                let Ok(reader) = crate::blocking(move || Ok(blobs.reader(name)?)).await else {
                    return Ok(());
                };
                let reader = Arc::new(reader);
                let header = reader.read(0, FileOpener::HEADER)?;
                let place = evidence::place(EvidenceId(file.id));
                let opener =
                    FileOpener::new(file.key, place, &header, said.length).map_err(StoreError::from)?;
                zip.start_file(format!("files/evidence/{}", file.id), plain).map_err(AppError::internal)?;
                let mut at = 0;
                while at < said.length {
                    let index = opener.chunk_of(at);
                    let (from, length) = opener.span(index);
                    let reader = Arc::clone(&reader);
                    let sealed = crate::blocking(move || Ok(reader.read(from, length)?)).await?;
                    let bytes = opener.open(index, &sealed).map_err(StoreError::from)?;
                    if bytes.is_empty() {
                        break;
                    }
                    zip.write_all(&bytes).map_err(AppError::internal)?;
                    at += bytes.len() as u64;
                    self.hand_over(written).await?;
                }
                Ok(())
            }
        }
    }
}

fn has_files(table: &Table) -> bool {
    ["pictures", "evidence"].contains(&table.name)
}

fn cell(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => harmless(text),
        Some(other) => other.to_string(),
    }
}

/// A text that a spreadsheet would take for a formula is kept from being one: it may be somebody's who wrote from outside.
fn harmless(text: &str) -> String {
    match text.chars().next() {
        Some('=' | '+' | '-' | '@' | '\t' | '\r') => format!("'{text}"),
        _ => text.to_owned(),
    }
}

fn line<T: AsRef<[u8]>>(cells: impl IntoIterator<Item = T>) -> Result<Vec<u8>, AppError> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(cells).map_err(AppError::internal)?;
    writer.into_inner().map_err(|error| AppError::internal(error.to_string()))
}

/// What stands beside the data: what each file is.
fn read_me() -> String {
    let mut text = "All data of a scheme, as it was when it was fetched.\n\n\
        data/NAME.jsonl    every record, one JSON object for each line, encoded in UTF-8\n\
        tables/NAME.csv    the main lists as plain tables (RFC 4180)\n\
        files/pictures     pictures, as JPEG, by the id of their record\n\
        files/evidence     evidence, byte for byte, by the id of its record\n\n\
        Ids are UUIDs and link records to each other. Days are ISO dates by the clocks of London, moments ISO instants in UTC.\n\
        `sealed` and `decision` hold what was encrypted. Texts in tables that a spreadsheet would take for a formula begin with '.\n\
        Not in here: passwords and keys; drafts that were not sent; people who are past their end or kept for a hold alone, and what may show\n\
        or name them; the PDF files of letters, governing documents, posts, minutes and old audits; the audit, which `fairwatch audit export` writes with its signatures.\n\n"
        .to_owned();
    for table in TABLES {
        let _ = writeln!(text, "{}: {}\n    {}", table.name, table.about, table.names().join(", "));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sec_6_nothing_in_a_table_is_a_formula() {
        assert_eq!(cell(Some(&Value::from("=HYPERLINK(1)"))), "'=HYPERLINK(1)");
        assert_eq!(cell(Some(&Value::from("Corner \"Shop\""))), "Corner \"Shop\"");
        assert_eq!(line(["a\"b", "c,d"]).expect("it is written"), b"\"a\"\"b\",\"c,d\"\n");
    }
}
