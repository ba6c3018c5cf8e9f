//! Files that are too large, or expand to it. Parsed in a child process with limited memory and computing time, so that a
//! parser that needs too much of either fails the test.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use sally_core::domain::reading::Refusal;
use sally_core::sources::files::{self, Links};

/// Of address space, in KiB: the test itself, one file at the limit, and what is read from it.
const MEMORY_KIB: u64 = 700 * 1024;
/// Of computing time, in seconds, whatever else the machine does: what is not linear needs hours.
const CPU_SECONDS: u32 = 60;
const MIB: usize = 1024 * 1024;
const FILE: &str = "SALLY_TEST_FILE";

/// Reads the file that the test below names; alone it has nothing to read.
#[test]
fn reads_one_file() {
    let Some(path) = std::env::var_os(FILE).map(PathBuf::from) else { return };
    let read = files::read(&path, Links::Follow).and_then(|bytes| files::parse("x", &bytes));
    let mut out = std::io::stdout();
    match read {
        Ok(meetings) => writeln!(out, "read: {} meetings", meetings.len()).unwrap(),
        Err(refused) => writeln!(out, "refused: {:?}", refused.reason).unwrap(),
    }
}

fn read_within_limits(path: &Path) -> String {
    let test = std::env::current_exe().unwrap();
    let output = Command::new("sh")
        .args(["-c", &format!("ulimit -v {MEMORY_KIB}; ulimit -t {CPU_SECONDS}; exec \"$0\" \"$@\"")])
        .arg(test)
        .args(["--exact", "meetings::limits::reads_one_file", "--nocapture", "--test-threads=1"])
        .env(FILE, path)
        .env("MALLOC_ARENA_MAX", "1")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let (name, stderr) = (path.display(), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{name} is read to its end ({}): {said}{stderr}", output.status);
    said
}

/// A ZIP archive of one part that unfolds to this many MiB.
fn bomb(path: &Path, mib: usize) {
    let script = "import sys, zipfile\n\
        with zipfile.ZipFile(sys.argv[1], 'w', zipfile.ZIP_DEFLATED) as archive:\n\
        \x20   with archive.open('word/document.xml', 'w') as part:\n\
        \x20       for _ in range(int(sys.argv[2])): part.write(b'<w:p>' * 209715)\n";
    let made = Command::new("python3").args(["-c", script]).arg(path).arg(mib.to_string()).status().unwrap();
    assert!(made.success(), "the archive is made");
}

/// A document with one tag of very many attributes, most of them the same.
fn attributes(path: &Path) {
    let script = "import sys, zipfile\n\
        distinct = ''.join(' a%06d=\"\"' % number for number in range(100_000))\n\
        with zipfile.ZipFile(sys.argv[1], 'w', zipfile.ZIP_DEFLATED) as archive:\n\
        \x20   archive.writestr('word/document.xml', '<w:document><w:body><w:p><w:r><w:rPr><w:b' + distinct\n\
        \x20       + ' a099999=\"\"' * 400_000 + '/></w:rPr><w:t>Decisions</w:t></w:r></w:p></w:body></w:document>')\n";
    let made = Command::new("python3").args(["-c", script]).arg(path).status().unwrap();
    assert!(made.success(), "the archive is made");
}

#[test]
fn what_is_too_large_is_refused_soon_and_with_little_memory() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name);
    let large = std::fs::File::create(file("large.vtt")).unwrap();
    large.set_len(200 * 1024 * 1024).unwrap();
    bomb(&file("bomb.docx"), 1024);
    attributes(&file("attributes.docx"));
    std::fs::write(file("brackets.json"), format!("{{\"tasks\": {}", "[".repeat(60 * 1024 * 1024))).unwrap();
    std::fs::write(file("values.json"), format!("{{\"tasks\": [{}0]}}", "0,".repeat(30 * 1024 * 1024)))
        .unwrap();
    std::fs::write(
        file("cues.vtt"),
        format!("WEBVTT\n\n{}", "00:01.000 --> 00:02.000\na\n\n".repeat(2_200_000)),
    )
    .unwrap();
    std::fs::write(file("tags.html"), format!("<html>{}", "<b>".repeat(2 * 1024 * 1024))).unwrap();
    std::fs::write(file("notes.md"), format!("# T\n{}", "- x\n".repeat(15 * 1024 * 1024))).unwrap();
    let refused = |why: Refusal| format!("refused: {why:?}");
    let too_large = Refusal::TooLarge { size: 200 * MIB as u64, max: 64 * MIB as u64 };
    let long_notes = Refusal::LongNotes { size: 4 + 4 * 15 * MIB, max: 8 * MIB };
    for (name, says) in [
        ("large.vtt", refused(too_large)),
        ("bomb.docx", refused(Refusal::TooLargeUnpacked { max: 32 * MIB as u64 })),
        ("attributes.docx", "read: 1 meetings".to_owned()),
        ("brackets.json", refused(Refusal::JsonDepth)),
        ("values.json", refused(Refusal::JsonValues { max: 4_000_000 })),
        ("cues.vtt", "read: 1 meetings".to_owned()),
        ("tags.html", "refused: ".to_owned()),
        ("notes.md", refused(long_notes)),
    ] {
        let said = read_within_limits(&file(name));
        assert!(said.contains(&says), "{name} is named as what it is: {said}");
    }
}
