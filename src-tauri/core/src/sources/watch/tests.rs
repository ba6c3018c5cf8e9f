use std::fs;

use tokio::time::timeout;

use super::*;

/// Timeout for events of the file system, which may be slow on a busy machine.
const TIMEOUT: Duration = Duration::from_secs(20);

/// A folder without its thread: the test says when it is looked at, so that a second is ten looks however slow the
/// machine is.
struct Looked {
    folder: Folder,
    heard: mpsc::Receiver<Heard>,
    marks: u32,
}

impl Looked {
    fn at(path: &Path) -> Self {
        let (tell, heard) = mpsc::channel();
        let mut folder = Folder::new(path, tell);
        folder.listen().unwrap();
        Self { folder, heard, marks: 0 }
    }

    fn hear(&mut self) -> (Vec<PathBuf>, Vec<Seen>) {
        let Heard::Told(by, told) = self.heard.recv_timeout(TIMEOUT).unwrap() else { panic!("nobody asked") };
        (told.as_ref().unwrap().paths.clone(), self.folder.hear(by, told))
    }

    /// Hears all that happened so far, and looks so many times.
    fn look(&mut self, times: u32) -> Vec<Seen> {
        let mut seen = Vec::new();
        for _ in 0..times {
            self.marks += 1;
            let mark = format!(".mark-{}", self.marks);
            fs::write(self.folder.path.join(&mark), "").unwrap();
            // By another path where the system knows the folder by another one.
            while !self.hear().0.iter().any(|path| path.ends_with(&mark)) {}
            seen.append(&mut self.folder.look());
        }
        seen
    }

    /// Hears until something is seen.
    #[cfg(target_os = "linux")]
    fn hear_of_it(&mut self) -> Vec<Seen> {
        loop {
            let seen = self.hear().1;
            if !seen.is_empty() {
                return seen;
            }
        }
    }
}

/// Polls that take less than a second.
const POLLS_BELOW_A_SECOND: u32 = 9;
/// Polls that take one second.
const POLLS_PER_SECOND: u32 = 10;

#[test]
fn files_are_handed_over_within_a_second() {
    let folder = tempfile::tempdir().unwrap();
    let old = folder.path().join("old.md");
    fs::write(&old, "# T").unwrap();
    fs::create_dir(folder.path().join("below")).unwrap();
    let mut watch = Looked::at(folder.path());
    assert_eq!(
        watch.look(POLLS_BELOW_A_SECOND),
        [Seen::File(old.clone())],
        "what was there before counts as well"
    );
    let new = folder.path().join("new.md");
    fs::write(&new, "# T").unwrap();
    assert_eq!(watch.look(POLLS_BELOW_A_SECOND), [Seen::File(new.clone())]);
    fs::write(&old, "# U").unwrap();
    assert_eq!(watch.look(POLLS_BELOW_A_SECOND), [Seen::File(old)], "so does one that changes");
    fs::read(&new).unwrap();
    assert_eq!(watch.look(POLLS_PER_SECOND), [], "reading is no news");
    assert_eq!(
        watch.folder.pause(),
        FOLDER_POLL_INTERVAL,
        "and only the folder is looked at while nothing happens"
    );
    assert_eq!(
        (POLL_INTERVAL * POLLS_PER_SECOND, POLL_INTERVAL * POLLS_PER_FOLDER_POLL),
        (Duration::from_secs(1), FOLDER_POLL_INTERVAL)
    );
}

#[test]
fn it_is_looked_at_however_much_is_heard() {
    let ((tell, heard), mut pace, started) = (mpsc::channel(), Pace::default(), Instant::now());
    loop {
        tell.send(Heard::Told(1, Ok(Event::new(EventKind::Other)))).unwrap();
        if pace.next(&heard, Duration::from_millis(5)).is_none() {
            break;
        }
        assert!(started.elapsed() < TIMEOUT, "there is always something to hear, and never time to look");
    }
    assert!(started.elapsed() >= Duration::from_millis(5), "and not before it is time");
}

#[test]
fn a_file_that_comes_while_only_the_folder_is_looked_at_is_looked_at_soon() {
    let ((tell, heard), mut pace) = (mpsc::channel(), Pace::default());
    tell.send(Heard::Again(PathBuf::new(), 1)).unwrap();
    assert!(pace.next(&heard, TIMEOUT).is_some());
    let started = Instant::now();
    assert!(pace.next(&heard, Duration::from_millis(5)).is_none());
    assert!(started.elapsed() < TIMEOUT, "the longer pause is over");
}

#[cfg(target_os = "linux")]
#[test]
fn a_file_is_not_handed_over_while_it_is_written() {
    use std::io::Write as _;

    let folder = tempfile::tempdir().unwrap();
    let mut watch = Looked::at(folder.path());
    let path = folder.path().join("slow.vtt");
    let mut file = fs::File::create(&path).unwrap();
    for _ in 0..3 {
        file.write_all(b"WEBVTT\n").unwrap();
        assert_eq!(watch.look(8), [], "it is not whole yet");
    }
    drop(file);
    assert_eq!(watch.look(POLLS_BELOW_A_SECOND), [Seen::File(path)], "once it is closed it is whole");
}

#[test]
fn a_file_under_another_name_is_on_its_way() {
    let folder = tempfile::tempdir().unwrap();
    let mut watch = Looked::at(folder.path());
    let (part, whole) = (folder.path().join("x.md.part"), folder.path().join("x.md"));
    fs::write(&part, "# T").unwrap();
    fs::write(folder.path().join(".hidden"), "# T").unwrap();
    assert_eq!(watch.look(POLLS_PER_SECOND), [], "nothing is whole yet");
    fs::rename(&part, &whole).unwrap();
    assert_eq!(watch.look(POLLS_BELOW_A_SECOND), [Seen::File(whole.clone())]);
}

#[cfg(unix)]
#[test]
fn a_link_leads_nowhere() {
    let (folder, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let secret = elsewhere.path().join("secret.md");
    fs::write(&secret, "# T").unwrap();
    std::os::unix::fs::symlink(&secret, folder.path().join("before.md")).unwrap();
    let mut watch = Looked::at(folder.path());
    std::os::unix::fs::symlink(&secret, folder.path().join("after.md")).unwrap();
    assert_eq!(watch.look(POLLS_PER_SECOND), [], "a file that lies elsewhere was not put into this folder");
}

/// A folder in one that is not watched.
fn in_a_parent() -> (tempfile::TempDir, PathBuf) {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("meetings");
    fs::create_dir(&folder).unwrap();
    (parent, folder)
}

#[test]
fn a_folder_that_goes_and_comes_back_is_noticed_without_a_word_of_the_system() {
    let (parent, folder) = in_a_parent();
    let mut watch = Looked::at(&folder);
    assert_eq!(watch.folder.look(), [], "it is there");
    fs::rename(&folder, parent.path().join("elsewhere")).unwrap();
    assert_eq!(watch.folder.look(), [Seen::Gone]);
    assert_eq!(watch.folder.look(), [], "once");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("a.md"), "# T").unwrap();
    assert_eq!(watch.folder.look(), [Seen::Back]);
    assert_eq!(
        watch.look(POLLS_BELOW_A_SECOND),
        [Seen::File(folder.join("a.md"))],
        "with what came meanwhile"
    );
    fs::write(folder.join("b.md"), "# T").unwrap();
    assert_eq!(watch.look(POLLS_BELOW_A_SECOND), [Seen::File(folder.join("b.md"))], "and what comes");
    // Wine keeps what is deleted as long as somebody watches it.
    if cfg!(unix) {
        fs::remove_dir_all(&folder).unwrap();
        assert_eq!(watch.folder.look(), [Seen::Gone]);
    }
}

#[test]
fn a_folder_in_the_place_of_another_is_not_taken_for_it() {
    let (parent, folder) = in_a_parent();
    let mut watch = Looked::at(&folder);
    let new = parent.path().join("new");
    fs::create_dir(&new).unwrap();
    fs::write(new.join("a.md"), "# T").unwrap();
    fs::rename(&folder, parent.path().join("elsewhere")).unwrap();
    fs::rename(&new, &folder).unwrap();
    assert_eq!(watch.folder.look(), [Seen::Gone, Seen::Back]);
    assert_eq!(
        watch.look(POLLS_BELOW_A_SECOND),
        [Seen::File(folder.join("a.md"))],
        "it is the one watched now"
    );
    fs::write(parent.path().join("elsewhere").join("b.md"), "# T").unwrap();
    assert_eq!(watch.look(POLLS_PER_SECOND), [], "and the one before is not");
}

#[test]
fn a_folder_is_looked_at_while_its_files_are() {
    let (parent, folder) = in_a_parent();
    fs::write(folder.join("empty.md"), "").unwrap();
    let mut watch = Looked::at(&folder);
    assert_eq!(watch.folder.pause(), POLL_INTERVAL, "the file is waited for");
    fs::rename(&folder, parent.path().join("elsewhere")).unwrap();
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("empty.md"), "").unwrap();
    let seen: Vec<_> = (0..POLLS_PER_FOLDER_POLL).flat_map(|_| watch.folder.look()).collect();
    assert_eq!(seen, [Seen::Gone, Seen::Back], "a file that is there all the time hides it for two seconds");
}

/// Some file systems give the next folder the number of the last one, at the same moment by their clock.
#[cfg(target_os = "linux")]
#[test]
fn a_folder_that_is_made_anew_is_watched_even_if_it_cannot_be_told_from_the_one_before() {
    let (_parent, folder) = in_a_parent();
    let mut watch = Looked::at(&folder);
    fs::remove_dir(&folder).unwrap();
    fs::create_dir(&folder).unwrap();
    let anew = watch.folder.begun + 1;
    watch.folder.listening.as_mut().unwrap().to = Identity::of(&folder).unwrap();
    while watch.folder.begun < anew {
        assert_eq!(watch.hear().1, [], "to the person it was always there");
    }
    fs::write(folder.join("a.md"), "# T").unwrap();
    // Told of the folder before: it is passed over.
    while let Ok(Heard::Told(by, told)) = watch.heard.try_recv() {
        watch.folder.hear(by, told);
    }
    assert_eq!(watch.folder.begun, anew, "once");
    assert_eq!(watch.look(POLLS_BELOW_A_SECOND), [Seen::File(folder.join("a.md"))]);
}

#[cfg(target_os = "linux")]
#[test]
fn a_folder_that_goes_is_noticed_at_once_where_the_system_says_so() {
    let (_parent, folder) = in_a_parent();
    let mut watch = Looked::at(&folder);
    fs::remove_dir_all(&folder).unwrap();
    assert_eq!(watch.hear_of_it(), [Seen::Gone]);
}

#[test]
fn a_library_that_fails_is_asked_anew_at_the_next_look() {
    let (_parent, folder) = in_a_parent();
    let mut watch = Looked::at(&folder);
    let begun = watch.folder.begun;
    for _ in 0..3 {
        assert_eq!(watch.folder.hear(begun, Err(notify::Error::generic("for the test"))), []);
    }
    assert_eq!(watch.folder.begun, begun, "not at once: it may fail again");
    fs::write(folder.join("a.md"), "# T").unwrap();
    assert_eq!(watch.folder.look(), [], "the folder is the same");
    assert_eq!(watch.folder.begun, begun + 1);
    assert_eq!(
        watch.look(POLLS_BELOW_A_SECOND),
        [Seen::File(folder.join("a.md"))],
        "what was missed is there"
    );
}

/// macOS tells of files by the paths to which links lead, also where the folder was chosen by another one: `/tmp` and
/// `/var` are links.
#[cfg(unix)]
#[test]
fn a_folder_that_is_reached_over_a_link_is_watched_under_the_name_that_the_person_knows() {
    let (parent, folder) = in_a_parent();
    let link = parent.path().join("link");
    std::os::unix::fs::symlink(&folder, &link).unwrap();
    let mut watch = Looked::at(&link);
    fs::write(link.join("a.md"), "# T").unwrap();
    assert_eq!(watch.look(POLLS_BELOW_A_SECOND), [Seen::File(link.join("a.md"))]);

    fs::write(folder.join("b.md"), "# T").unwrap();
    while let Ok(heard) = watch.heard.recv_timeout(TIMEOUT) {
        // What Linux says of it is passed over.
        let Heard::Told(_, told) = heard else { panic!("nobody asked") };
        if told.unwrap().paths.iter().any(|path| path.ends_with("b.md")) {
            break;
        }
    }
    let canonical = folder.canonicalize().unwrap().join("b.md");
    let told = Event::new(EventKind::Create(notify::event::CreateKind::File)).add_path(canonical.clone());
    assert_eq!(watch.folder.hear(watch.folder.begun, Ok(told)), []);
    let waiting: Vec<_> = watch.folder.waiting.keys().cloned().collect();
    assert_eq!(waiting, [link.join("b.md")], "told as {}", canonical.display());

    let other = tempfile::tempdir().unwrap();
    fs::remove_file(&link).unwrap();
    std::os::unix::fs::symlink(other.path(), &link).unwrap();
    assert_eq!(watch.folder.look_at_folder(), [Seen::Gone, Seen::Back], "the link leads to another folder");
}

#[tokio::test]
async fn a_thread_of_its_own_looks_at_the_folder() {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("meetings");
    assert!(matches!(Watch::begin(&folder).await, Err(Error::Missing)), "there is nothing to watch");
    let next = async |watch: &mut Watch| timeout(TIMEOUT, watch.next()).await.unwrap();
    let mut watch = Watch::missing(&folder).unwrap();
    fs::create_dir(&folder).unwrap();
    assert_eq!(next(&mut watch).await, Seen::Back, "it is there now");
    let mut watch = Watch::begin(&folder).await.unwrap();
    let path = folder.join("a.md");
    fs::write(&path, "# T").unwrap();
    assert_eq!(next(&mut watch).await, Seen::File(path.clone()));
    watch.again(path.clone(), 0);
    assert_eq!(next(&mut watch).await, Seen::File(path), "what was not understood comes once more");
}
