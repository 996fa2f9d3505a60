//! Reads documents back with the programs of poppler.

use std::io::Write as _;
use std::process::{Command, Stdio};

/// Runs one of poppler's programs on a document.
fn poppler(program: &str, arguments: &[&str], pdf: &[u8]) -> String {
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("no {program}: install Debian's poppler-utils ({error})"));
    let mut input = child.stdin.take().expect("it has an input");
    let output = std::thread::scope(|scope| {
        scope.spawn(move || input.write_all(pdf));
        child.wait_with_output().expect("it ends")
    });
    let complaints: String = String::from_utf8_lossy(&output.stderr)
        .lines()
        // Poppler takes the flag for broken whenever it is false.
        .filter(|line| !line.contains("Suspects object is wrong type (boolean)"))
        .collect();
    assert!(
        output.status.success() && complaints.is_empty(),
        "{program}: {complaints}"
    );
    String::from_utf8(output.stdout).expect("it writes UTF-8")
}

/// The text of a document as it stands on the pages.
pub(super) fn text(pdf: &[u8]) -> String {
    // Right-to-left text is put between marks of its direction.
    poppler("pdftotext", &["-layout", "-enc", "UTF-8", "-", "-"], pdf)
        .replace(['\u{202a}', '\u{202b}', '\u{202c}'], "")
}

/// The text of each page.
pub(super) fn pages(pdf: &[u8]) -> Vec<String> {
    let text = text(pdf);
    let pages = text.split_terminator('\u{c}');
    pages.map(str::to_owned).collect()
}

/// A word and the box that it is in.
#[derive(Debug)]
pub(super) struct Word {
    pub(super) page: usize,
    pub(super) text: String,
    pub(super) left: f32,
    pub(super) top: f32,
    pub(super) right: f32,
    pub(super) bottom: f32,
}

/// The words of a document and where they are.
pub(super) fn words(pdf: &[u8]) -> Vec<Word> {
    let mut words = Vec::new();
    let mut page = 0;
    for line in poppler("pdftotext", &["-bbox", "-enc", "UTF-8", "-", "-"], pdf).lines() {
        let line = line.trim();
        if line.starts_with("<page ") {
            page += 1;
        }
        let Some((place, text)) = line.strip_prefix("<word ").and_then(|l| l.split_once('>'))
        else {
            continue;
        };
        let numbers: Vec<f32> = place
            .split('"')
            .filter_map(|part| part.parse().ok())
            .collect();
        let [left, top, right, bottom] = numbers[..] else {
            panic!("four numbers in {line}");
        };
        words.push(Word {
            page,
            text: text.trim_end_matches("</word>").to_owned(),
            left,
            top,
            right,
            bottom,
        });
    }
    words
}

/// What `pdfinfo` says under this name.
pub(super) fn info(pdf: &[u8], name: &str) -> String {
    poppler("pdfinfo", &["-isodates", "-"], pdf)
        .lines()
        .find_map(|line| line.strip_prefix(&format!("{name}:")))
        .unwrap_or_default()
        .trim()
        .to_owned()
}
